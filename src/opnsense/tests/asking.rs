//! What a question looks like on the wire, and what each answer means.

use std::time::{Duration, Instant};

use super::*;
use crate::opnsense::{Firmware, PullError};

#[tokio::test]
async fn a_search_is_posted_as_json_with_credentials() {
    let server = Server::answering(|_, _| (200, "{}")).await;
    let source = RULES.with(&[("show_all", "1")]);
    let pulled = server.client().pull(&source, NEW, &never()).await.unwrap();
    assert_eq!((pulled.bodies, pulled.interfaces), (vec![b"{}".to_vec()], None));
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", RULES.path));
    assert_eq!(
        seen.body,
        r#"{"current":1,"rowCount":-1,"searchPhrase":"","sort":{},"show_all":"1"}"#
    );
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(seen.headers["authorization"], "Basic dzFrZXk6dzFzZWNyZXQ=");
    assert_eq!(seen.headers["user-agent"], concat!("opndex/", env!("CARGO_PKG_VERSION")));
    assert!(seen.headers["accept-encoding"].to_str().unwrap().contains("gzip"));
}

#[tokio::test]
async fn a_map_is_a_get_without_content_type() {
    let server = Server::answering(|_, _| (200, "")).await;
    let source =
        Source::map("export", "firewall/alias/export", "aliases.alias", "page-firewall-aliases");
    let pulled = server.client().pull(&source, NEW, &never()).await.unwrap();
    assert_eq!(pulled.bodies, [b""], "an empty body is an answer, decided on elsewhere");
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("GET", ""));
    assert!(!seen.headers.contains_key("content-type"));
}

#[tokio::test]
async fn a_denied_path_is_tried_in_the_other_spelling_once() {
    let server = Server::answering(|_, _| (403, r#"{"status":403,"message":"Forbidden"}"#)).await;
    let error = server.client().pull(&RULES, OLD, &never()).await.unwrap_err();
    assert!(matches!(
        error,
        PullError::Denied { path: "firewall/filter/search_rule", privilege: "page-filter-api" }
    ));
    assert_eq!(server.paths(), ["firewall/filter/searchRule", "firewall/filter/search_rule"]);
}

#[tokio::test]
async fn the_other_spelling_answers_when_it_may() {
    let server =
        Server::answering(|seen, _| if seen.path == RULES.path { (403, "") } else { (200, "{}") })
            .await;
    server.client().pull(&RULES, NEW, &never()).await.unwrap();
    assert_eq!(server.paths(), ["firewall/filter/search_rule", "firewall/filter/searchRule"]);
}

#[tokio::test]
async fn a_missing_endpoint_is_absent_after_one_request() {
    let server = Server::answering(|_, _| (404, r#"{"errorMessage":"Endpoint not found"}"#)).await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Absent { path: "firewall/filter/search_rule" }));
    assert_eq!(server.paths().len(), 1);
}

#[tokio::test]
async fn an_internal_error_is_asked_again_once_and_quoted_clean() {
    let server = Server::answering(|_, _| (500, r#"{"errorMessage":"in \u001b[31muse"}"#)).await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(
        matches!(&error, PullError::Status { status: 500, message: Some(m), .. } if m == "in [31muse"),
        "{error:?}"
    );
    assert_eq!(server.paths().len(), 2);
}

#[tokio::test]
async fn a_gateway_that_recovers_is_asked_until_it_does() {
    let server = Server::answering(|_, before| (if before < 2 { 503 } else { 200 }, "{}")).await;
    let client = server.client();
    client.pull(&RULES, NEW, &never()).await.unwrap();
    assert_eq!(client.requests(), 3);
}

#[tokio::test]
async fn a_gateway_that_does_not_recover_is_asked_three_times() {
    let server = Server::answering(|_, _| (502, "<html>")).await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Status { status: 502, message: None, .. }));
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn a_bad_request_is_not_repeated() {
    let server =
        Server::answering(|_, _| (400, r#"{"status":400,"message":"Invalid JSON syntax"}"#)).await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(error.to_string().contains("status 400 (\"Invalid JSON syntax\")"), "{error}");
    assert!(!error.is_transient());
    assert_eq!(server.paths().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::answering(|_, _| Reply {
        status: 302,
        location: Some("/?url=/api/x"),
        ..Reply::default()
    })
    .await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Protocol { .. }));
    assert!(error.to_string().contains("redirects to `/?url=/api/x`"), "{error}");
    assert_eq!(server.paths().len(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::answering(|_, _| (200, "x".repeat(4097))).await;
    let error = server.client().pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::TooLarge { limit: 4096, .. }));
    assert_eq!(server.paths().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_not_asked_again() {
    let server =
        Server::answering(|_, _| Reply::from((200, "{}")).after(Duration::from_mins(1))).await;
    let timeout = Duration::from_millis(200);
    let client = client(Connection { request_timeout: timeout, ..connection(&server.url) });
    let error = client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::TimedOut { after, .. } if after == timeout), "{error:?}");
    assert_eq!(server.paths().len(), 1);
    assert!(
        !client.backend_answers(&never()).await.unwrap(),
        "a backend that says nothing in time does not answer"
    );
}

#[tokio::test]
async fn cancelling_returns_at_once_and_asking_afterwards_sends_nothing() {
    let server =
        Server::answering(|_, _| Reply::from((200, "{}")).after(Duration::from_mins(1))).await;
    let (client, cancel, started) = (server.client(), never(), Instant::now());
    let (pulled, ()) = tokio::join!(client.pull(&RULES, NEW, &cancel), async {
        while server.paths().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    });
    assert!(matches!(pulled, Err(PullError::Cancelled)));
    assert!(matches!(client.detect(&cancel).await, Err(PullError::Cancelled)));
    assert!(started.elapsed() < Duration::from_secs(4), "before the request's own timeout");
    assert_eq!(client.requests(), 1);
}

#[tokio::test]
async fn the_release_is_read_from_the_firewalls_own_words() {
    let server = Server::answering(|_, _| (200, INFORMATION)).await;
    let firmware = server.client().detect(&never()).await.unwrap();
    let expected = Firmware { release: NEW, exact: true, host_name: Some("fw01.home.arpa".into()) };
    assert_eq!(firmware, expected);
    assert_eq!(server.paths(), ["diagnostics/system/system_information"]);
}

#[tokio::test]
async fn a_key_that_may_not_see_the_release_learns_it_from_what_exists() {
    for (oldest, release) in [
        ("interfaces/assignment/search_item", Release::new(26, 7, 0)),
        ("firewall/d_nat/search_rule", Release::new(26, 1, 0)),
        ("hostdiscovery/service/search", Release::new(25, 7, 11)),
        ("dnsmasq/settings/search_range", Release::new(25, 1, 6)),
        ("none of them", Release::OLDEST),
    ] {
        let server = Server::answering(move |seen, _| match seen.path.as_str() {
            path if path.starts_with("diagnostics/") || path == oldest => (403, ""),
            _ => (404, ""),
        });
        let firmware = server.await.client().detect(&never()).await.unwrap();
        assert_eq!(firmware, Firmware { release, exact: false, host_name: None });
    }
}

#[tokio::test]
async fn a_server_that_is_no_firewall_has_no_release() {
    for status in [200, 404] {
        let server = Server::answering(move |_, _| (status, "<html>a printer</html>")).await;
        let error = server.client().detect(&never()).await.unwrap_err();
        assert!(matches!(error, PullError::Protocol { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn the_configuration_revision_is_handed_on_verbatim() {
    let body = r#"{"uptime":"7 days","config":"Mon Nov 23 22:30:52 UTC 2026"}"#;
    let server =
        Server::answering(move |_, before| (200, if before == 0 { body } else { "" })).await;
    let client = server.client();
    let revision = client.config_revision(&never()).await.unwrap();
    assert_eq!(revision.as_deref(), Some("Mon Nov 23 22:30:52 UTC 2026"));
    assert_eq!(client.config_revision(&never()).await.unwrap(), None);
}

#[tokio::test]
async fn a_firewall_without_services_has_a_dead_backend() {
    let alive = r#"{"total":1,"rows":[{"id":"configd"}]}"#;
    for (body, answers) in
        [(alive, true), (r#"{"total":0,"rows":[]}"#, false), ("[]", false), ("", false)]
    {
        let server = Server::answering(move |_, _| (200, body)).await;
        assert_eq!(server.client().backend_answers(&never()).await.unwrap(), answers, "{body}");
    }
}
