//! What is logged, what is not, and where to.

use std::io::{self, Write};
use std::sync::Arc;

use tracing::{Level, debug, error, event, info, info_span, trace, warn};

use super::*;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(filter: &str, json: bool, says: impl FnOnce()) -> String {
    let captured = Captured::default();
    let writer = captured.clone();
    let writer = BoxMakeWriter::new(move || writer.clone());
    let subscriber = subscriber(filter, json, writer, false).unwrap();
    tracing::subscriber::with_default(subscriber, says);
    let bytes = captured.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

/// What the transport crates say at each level, the worst of it at trace.
fn transport_speaks() {
    let authorization = "Basic dzFrZXk6dzFzZWNyZXQ=";
    macro_rules! speak {
        ($($target:literal),*) => {$(
            event!(target: $target, Level::TRACE, authorization, "trace of {}", $target);
            event!(target: $target, Level::DEBUG, "debug of {}", $target);
            event!(target: $target, Level::INFO, "info of {}", $target);
            event!(target: $target, Level::WARN, "warn of {}", $target);
        )*};
    }
    speak!("h2::codec", "hyper::proto", "hyper_util::client", "reqwest::connect", "rustls::conn");
    speak!("sqlx::query", "rmcp::service");
}

#[test]
fn trace_for_everything_leaves_other_crates_at_warn() {
    let log = logged("trace", false, || {
        transport_speaks();
        trace!("ours");
    });
    assert!(log.contains("ours"), "{log}");
    // All but `rmcp::service`, whose clients come and go.
    assert_eq!(log.matches("warn of").count(), 6, "{log}");
    for quiet in ["info of", "debug of", "trace of", "Basic"] {
        assert!(!log.contains(quiet), "{quiet}: {log}");
    }
}

#[test]
fn no_filter_brings_headers_into_the_log() {
    let filters = [
        "trace",
        "h2=trace,hyper=trace,hyper_util=trace,reqwest=trace,rmcp=trace",
        "trace,h2=trace",
        "h2::codec=trace,hyper::proto=trace,reqwest::connect=trace",
        "trace,[sync]=trace",
        "h2[sync]=trace,hyper[{firewall}]=trace,[{firewall}]=trace",
        "5",
    ];
    for filter in filters {
        let log = logged(filter, false, || {
            info_span!("sync", firewall = "home").in_scope(|| {
                let authorization = "Basic w1secret";
                event!(target: "h2::codec", Level::TRACE, authorization, "frame");
                event!(target: "hyper::proto", Level::TRACE, authorization, "head");
                event!(target: "hyper_util::client", Level::TRACE, authorization, "head");
                event!(target: "reqwest::connect", Level::TRACE, authorization, "bytes");
                event!(target: "rmcp::service", Level::TRACE, authorization, "message");
            });
        });
        assert_eq!(log, "", "{filter}");
    }
}

#[test]
fn a_crate_that_is_named_says_more() {
    let log = logged("warn,h2=trace,sqlx=debug,rmcp=info", false, transport_speaks);
    for loud in
        ["debug of h2::codec", "info of h2::codec", "debug of sqlx::query", "warn of rmcp::service"]
    {
        assert!(log.contains(loud), "{loud}: {log}");
    }
    for quiet in ["trace of", "info of hyper", "info of rustls"] {
        assert!(!log.contains(quiet), "{quiet}: {log}");
    }
}

#[test]
fn levels_and_modules_are_filtered() {
    let log = logged("warn,opndex::telemetry=debug", false, || {
        debug!("ours");
        trace!("too much");
        info!(target: "elsewhere", "other info");
        warn!(target: "elsewhere", "other warning");
    });
    assert!(log.contains("ours") && log.contains("other warning"), "{log}");
    assert!(!log.contains("too much") && !log.contains("other info"), "{log}");
}

#[test]
fn a_line_has_a_time_in_rfc_3339_and_no_colour_codes() {
    let log = logged("info", false, || info!(rows = 3, "synced `arp`\u{1b}[31m"));
    let time = log.split_whitespace().next().unwrap();
    assert!(time.parse::<jiff::Timestamp>().is_ok(), "{log}");
    assert!(log.contains("rows=3") && !log.contains('\u{1b}'), "{log}");
}

#[test]
fn json_is_one_object_per_line_with_its_fields_on_top() {
    let log = logged("info", true, || error!(domain.name = "arp", "denied"));
    let line: serde_json::Value = serde_json::from_str(log.trim_end()).unwrap();
    assert_eq!(line["domain.name"], "arp");
    assert_eq!(line["message"], "denied");
    assert!(line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

#[test]
fn a_filter_that_cannot_be_read_is_refused_with_an_example() {
    let cases = [
        ("inof", "`inof` in the log filter is no level"),
        ("", "write error, warn, info"),
        ("info,,debug", "write error, warn, info"),
        ("opndex=loud", "info,opndex::sync=debug"),
        ("opndex=info=debug", "info,opndex::sync=debug"),
    ];
    for (filter, expected) in cases {
        let message = parse(filter).unwrap_err().to_string();
        assert!(message.contains(expected), "{filter}: {message}");
    }
    for filter in ["info", "OFF", "info,opndex::sync=debug", "warn, [sync{name=a}]=trace"] {
        assert!(parse(filter).is_ok(), "{filter}");
    }
}

#[test]
fn a_log_file_grows_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opndex.log");
    for line in ["one\n", "two\n"] {
        append(&path).unwrap().write_all(line.as_bytes()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let message = append(&folder.path().join("no/such.log")).unwrap_err().to_string();
    assert!(message.contains("check that its folder exists"), "{message}");
}

#[test]
fn a_process_sets_logging_up_once() {
    // Whichever test is first, the second call is refused.
    let _ = init("off", false, None, false);
    assert!(matches!(init("off", false, None, false), Err(TelemetryError::Twice(_))));
}
