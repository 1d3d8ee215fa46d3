//! What the layers promise together.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;

use super::file::from_text;
use super::*;

/// A credential as long as the real ones; no message and no `Debug` may contain it.
const SECRET: &str =
    "w1s+cretw1s+cretw1s+cretw1s+cretw1s+cretw1s+cretw1s+cretw1s+cretw1s+cretw1s+cr==";

fn file(text: &str) -> Result<Layer, SettingsError> {
    from_text(Path::new("/etc/opndex.toml"), text)
}

fn env(vars: &[(&str, &str)]) -> Result<Layer, SettingsError> {
    Layer::from_env(vars.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
}

fn settled(text: &str) -> Result<Settings, SettingsError> {
    resolve(file(text)?)
}

/// The message and its causes, as the CLI prints them.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", told(cause)),
        None => error.to_string(),
    }
}

/// A firewall that lacks nothing; more keys can follow.
fn whole(rest: &str) -> String {
    format!("[firewall]\nurl = \"fw.example\"\napi_key = \"w1key\"\napi_secret = \"w1s\"\n{rest}")
}

#[test]
fn findings_that_may_stay_have_a_reason_each() {
    let path = Path::new("opndex.toml");
    let read = |text: &str| from_text(path, text);
    let layer = read("[lint.suppress]\n\"no_log:*\" = \"logged elsewhere\"\n").unwrap();
    assert_eq!(layer.suppress["no_log:*"], "logged elsewhere");
    for (text, why) in [
        ("[lint.suppress]\n\"a:b\" = \"\"\n", "no reason"),
        ("[lint.suppress]\n\"a:b\" = 3\n", "not a string"),
        ("[lint]\nsupress = []\n", "not a table"),
        ("[lint.supress]\n\"a:b\" = \"c\"\n", "lint.suppress"),
    ] {
        let error = read(text).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(format!("{error} {cause}").contains(why), "{text}: {error} {cause}");
    }
}

#[test]
fn nothing_said_is_enough_for_questions() {
    let settings = resolve(Layer::default()).unwrap();
    assert!(settings.firewalls.is_empty() && settings.warnings.is_empty());
    assert!(settings.database.ends_with("opndex.db"));
    let sync = SyncSettings {
        config: Cadence::Every(Duration::from_hours(1)),
        runtime: Cadence::Every(Duration::from_mins(1)),
        probe: Cadence::Every(Duration::from_secs(30)),
        on_start: true,
        extra: Vec::new(),
        extra_every: Cadence::Every(Duration::from_mins(5)),
        backfill: false,
    };
    assert_eq!(settings.sync, sync);
    let log = LogSettings { filter: "info".to_owned(), json: false, file: None };
    assert_eq!(settings.log, log);
}

#[test]
fn a_firewall_has_its_defaults() {
    let settings = settled(&whole("")).unwrap();
    let [firewall] = settings.firewalls.as_slice() else { panic!("{settings:?}") };
    assert_eq!(
        (firewall.name.as_str(), firewall.url.as_str()),
        ("fw.example", "https://fw.example")
    );
    assert_eq!((firewall.key.expose(), firewall.secret.expose()), ("w1key", "w1s"));
    assert_eq!(firewall.tls, TlsSettings::System);
    assert_eq!(firewall.request_timeout, Duration::from_secs(20));
    assert_eq!(firewall.run_timeout, Duration::from_mins(2));
    assert_eq!(firewall.in_flight, None);
}

#[test]
fn the_sample_says_the_defaults() {
    let untouched = settled(&sample()).unwrap();
    // Without the examples, which are not defaults, every key says what holds anyway.
    let active: String = sample()
        .lines()
        .scan(false, |is_default, line| {
            let text = line.strip_prefix('#').filter(|_| *is_default).unwrap_or(line).to_owned();
            *is_default = line.ends_with("default)");
            Some(text + "\n")
        })
        .collect();
    let with_default = KEYS.iter().filter(|key| key.default.is_some()).count();
    let spelled = active.lines().filter(|l| l.contains(" = ") && !l.starts_with('#')).count();
    assert_eq!(spelled, with_default);
    let spoken = settled(&active).unwrap();
    let expected = format!("{:?}", resolve(Layer::default()).unwrap());
    assert_eq!(format!("{untouched:?}"), expected);
    let warnings = spoken.warnings.clone();
    assert_eq!(format!("{:?}", Settings { warnings: Vec::new(), ..spoken }), expected);
    assert_eq!(warnings.len(), 1, "defaults for a firewall without a url: {warnings:?}");
}

#[test]
fn every_key_can_be_set_through_file_environment_and_flag() {
    for key in KEYS {
        let (section, line) = match key.name.split_once('.') {
            Some((section, _)) => (format!("[{section}]\n"), key.toml_example()),
            None => (String::new(), key.toml_example()),
        };
        let mut from_file = file(&format!("{section}{line}")).unwrap();
        let from_env = env(&[(&key.env(), key.example)]).unwrap();
        let mut from_flag = Layer::default();
        from_flag.set(key.name, key.example).unwrap();
        assert!(key.is_set(&mut from_file), "{} in a file", key.name);
        assert_eq!(format!("{from_file:?}"), format!("{from_env:?}"), "{}", key.name);
        assert_eq!(format!("{from_flag:?}"), format!("{from_env:?}"), "{}", key.name);
        assert_ne!(key.default, Some(key.example), "an example shows something else");
    }
}

#[test]
fn names_of_variables_and_flags_are_as_documented() {
    let named: Vec<(String, String)> = KEYS.iter().map(|key| (key.env(), key.flag())).collect();
    for (env, flag) in [
        ("OPNDEX_DATABASE", "database"),
        ("OPNDEX_API_SECRET", "api-secret"),
        ("OPNDEX_SYNC_ON_START", "sync-on-start"),
        ("OPNDEX_LOG_LEVEL", "log-level"),
    ] {
        assert!(named.contains(&(env.to_owned(), flag.to_owned())), "{env} {flag}");
    }
}

#[test]
fn a_stronger_layer_wins_key_by_key() {
    let weak = file(&whole("in_flight = 2")).unwrap();
    let strong = env(&[("OPNDEX_IN_FLIGHT", "4"), ("OPNDEX_LOG_LEVEL", "debug")]).unwrap();
    let mut flags = Layer::default();
    flags.set("log.level", "trace").unwrap();
    let settings = resolve(flags.over(strong).over(weak)).unwrap();
    assert_eq!(settings.firewalls[0].in_flight, Some(4));
    assert_eq!(settings.firewalls[0].name, "fw.example");
    assert_eq!(settings.log.filter, "trace");
}

#[test]
fn stronger_credentials_displace_weaker_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apikey.txt");
    fs::write(&path, "\u{feff}key=w2key\r\nsecret=w2secret\r\n").unwrap();
    let named = [("OPNDEX_CREDENTIALS", path.to_str().unwrap())];
    let pair = [("OPNDEX_API_KEY", "w3key"), ("OPNDEX_API_SECRET", "w3secret")];

    let settings = resolve(env(&named).unwrap().over(file(&whole("")).unwrap())).unwrap();
    assert_eq!(settings.firewalls[0].key.expose(), "w2key");
    let text = format!("[firewall]\nurl='fw.example'\ncredentials='{}'", path.display());
    let settings = resolve(env(&pair).unwrap().over(file(&text).unwrap())).unwrap();
    assert_eq!(settings.firewalls[0].secret.expose(), "w3secret");
}

#[test]
fn unknown_keys_name_their_place_and_the_nearest_one() {
    let cases = [
        ("\n[firewall]\nurll = 'x'", ["line 3", "`firewall.urll`", "`firewall.url`"]),
        ("url = 'x'", ["line 1", "`url`", "`firewall.url`"]),
        ("[sync]\n\nconfg = '1h'", ["line 3", "`sync.confg`", "`sync.config`"]),
        ("[[firewalls]]\napikey = 'x'", ["line 2", "`firewalls.apikey`", "api_key`"]),
        ("[firewal]\nurl = 'x'", ["line 1", "`firewal`", "firewall"]),
    ];
    for (text, parts) in cases {
        let message = told(&file(text).unwrap_err());
        for part in parts {
            assert!(message.contains(part), "{text}: {message}");
        }
        assert!(message.contains("/etc/opndex.toml"), "{message}");
    }
    let message = told(&env(&[("OPNDEX_APIKEY", "x")]).unwrap_err());
    assert!(message.contains("did you mean `OPNDEX_API_KEY`"), "{message}");
    let message = told(&Layer::default().set("log.levle", "info").unwrap_err());
    assert!(message.contains("`log.level`"), "{message}");
}

#[test]
fn wrong_values_name_their_place_and_what_is_right() {
    let cases = [
        ("[log]\njson = 'yes'", ["line 2", "`log.json`", "a string, not a boolean"]),
        ("[firewall]\nin_flight = 9", ["line 2", "`in_flight`", "from 1 to 8"]),
        ("[firewall]\nin_flight = 2.5", ["line 2", "a fraction", "`in_flight = 2`"]),
        ("database = 3", ["line 1", "`database`", "a whole number, not a string"]),
        ("sync = '1h'", ["line 1", "`sync`", "write [sync]"]),
        ("firewalls = 1", ["line 1", "`firewalls`", "write [[firewalls]]"]),
        ("firewalls = [1]", ["line 1", "`firewalls`", "write [[firewalls]]"]),
        ("[sync]\nruntime = '5s'", ["line 2", "`sync.runtime`", "10 s or more"]),
        ("[firewall]\nurl = ''", ["line 2", "`url`", "empty"]),
        ("[firewall]\nrequest_timeout = 'soon'", ["line 2", "`soon`", "20s"]),
        ("a = [", ["line 1", "is not TOML", "sample"]),
    ];
    for (text, parts) in cases {
        let message = told(&file(text).unwrap_err());
        for part in parts {
            assert!(message.contains(part), "{text}: {message}");
        }
    }
    let message = told(&env(&[("OPNDEX_INSECURE", "maybe")]).unwrap_err());
    assert!(message.contains("OPNDEX_INSECURE") && message.contains("`maybe`"), "{message}");
}

#[test]
fn what_makes_no_usable_firewall_is_refused() {
    let half = "[firewall]\nurl = 'fw.example'\n";
    let listed = "[[firewalls]]\nurl='a'\napi_key='k'\napi_secret='s'\n";
    let pin = "ab".repeat(32);
    let cases = [
        (half.to_owned(), "apikey.txt"),
        (format!("{half}api_key = 'k'"), "`api_secret` is not set"),
        (format!("{half}api_secret = 's'"), "`api_key` is not set"),
        (format!("{half}credentials = '/no/such'"), "cannot read credentials file `/no/such`"),
        (whole("credentials = 'x'"), "both `credentials` and `api_key`"),
        (whole(&format!("pin = '{pin}'\ninsecure = true")), "both `pin` and `insecure`"),
        (whole(&format!("pin = '{pin}'\nca_file = 'x'")), "both `ca_file` and `pin`"),
        (whole("ca_file = 'x'\ninsecure = true"), "both `ca_file` and `insecure`"),
        (whole("").replace("fw.", "http://fw."), "readable by everyone"),
        (format!("{listed}{listed}"), "two firewalls are called `a`"),
        (format!("{listed}name='Home'\n{listed}name='home'"), "two firewalls are called `home`"),
        (format!("{listed}[[firewalls]]\nname='x'"), "number 2 under [[firewalls]] has no `url`"),
    ];
    for (text, part) in cases {
        let message = told(&settled(&text).unwrap_err());
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn http_is_for_this_machine_or_for_those_who_insist() {
    let here = whole("").replace("fw.example", "http://127.0.0.1:8080");
    assert_eq!(settled(&here).unwrap().firewalls[0].tls, TlsSettings::System);
    let insisted = whole("insecure = true").replace("fw.", "http://fw.");
    let settings = settled(&insisted).unwrap();
    assert_eq!(settings.firewalls[0].tls, TlsSettings::Unverified);
    assert!(settings.warnings[0].contains("is not verified"), "{:?}", settings.warnings);
}

#[test]
fn flat_keys_refine_the_listed_firewall_they_mean() {
    let both = "[[firewalls]]\nname='a'\nurl='a.example'\napi_key='k'\napi_secret='s'\n\
                [[firewalls]]\nname='b'\nurl='b.example'\napi_key='k'\napi_secret='s'\n";
    let settle =
        |vars: &[(&str, &str)], text: &str| resolve(env(vars).unwrap().over(file(text).unwrap()));
    let refined = settle(&[("OPNDEX_NAME", "B"), ("OPNDEX_IN_FLIGHT", "1")], both).unwrap();
    let caps: Vec<_> = refined.firewalls.iter().map(|one| one.in_flight).collect();
    assert_eq!(caps, [None, Some(1)]);

    let message = told(&settle(&[("OPNDEX_IN_FLIGHT", "1")], both).unwrap_err());
    assert!(message.contains("`in_flight` is set") && message.contains("(a, b)"), "{message}");

    let own = [("OPNDEX_URL", "c.example"), ("OPNDEX_API_KEY", "k"), ("OPNDEX_API_SECRET", "s")];
    let called: Vec<_> =
        settle(&own, both).unwrap().firewalls.into_iter().map(|one| one.name).collect();
    assert_eq!(called, ["c.example", "a", "b"]);
}

#[test]
fn variables_of_other_servers_are_the_last_resort() {
    let theirs = [
        ("OPNSENSE_HOST", "host.example"),
        ("OPNSENSE_API_KEY", "w9key"),
        ("OPNSENSE_API_SECRET", "w9secret"),
    ];
    let settings = resolve(env(&theirs).unwrap()).unwrap();
    assert_eq!(settings.firewalls[0].url, "https://host.example");
    assert_eq!(settings.firewalls[0].key.expose(), "w9key");

    let with_url = [theirs.as_slice(), &[("OPNSENSE_URL", "https://url.example")]].concat();
    assert_eq!(resolve(env(&with_url).unwrap()).unwrap().firewalls[0].name, "url.example");

    let ours = [theirs.as_slice(), &[("OPNDEX_URL", "host.example"), ("OPNDEX_API_KEY", "k")]];
    let message = told(&resolve(env(&ours.concat()).unwrap()).unwrap_err());
    assert!(message.contains("`api_secret` is not set"), "no mixture: {message}");

    let other = file("[firewall]\nurl='fw.example'").unwrap();
    let message = told(&resolve(env(&theirs).unwrap().over(other)).unwrap_err());
    assert!(message.contains("`fw.example` has no credentials"), "{message}");

    // Half a set of them is nothing to complain about: it was not meant for us.
    let settings = resolve(env(&theirs[1..]).unwrap()).unwrap();
    assert!(settings.firewalls.is_empty() && settings.warnings.is_empty());
}

#[test]
fn verification_is_never_switched_off_by_another_servers_variable() {
    for text in ["false", "0", "No", "OFF"] {
        let layer = env(&[("OPNSENSE_VERIFY_SSL", text)]).unwrap().over(file(&whole("")).unwrap());
        let settings = resolve(layer).unwrap();
        assert_eq!(settings.firewalls[0].tls, TlsSettings::System);
        assert!(settings.warnings[0].contains("set `pin`"), "{:?}", settings.warnings);
    }
    assert!(env(&[("OPNSENSE_VERIFY_SSL", "true")]).unwrap().warnings.is_empty());
}

#[test]
fn variables_that_are_not_settings_are_left_alone() {
    let vars = [
        ("OPNDEX_CONFIG", "/x"),
        ("OPNDEX_RECORDED", "/x"),
        ("OPNDEX_TEST_URL", "x"),
        ("OPNDEX_URL", " "),
        ("HOME", "/root"),
    ];
    assert_eq!(format!("{:?}", env(&vars).unwrap()), format!("{:?}", Layer::default()));
}

#[test]
fn paths_in_a_file_are_relative_to_it() {
    let settings = settled(&whole("ca_file = 'ca.pem'\n[log]\nfile = '/var/x'")).unwrap();
    let expected = TlsSettings::CaFile(PathBuf::from("/etc/ca.pem"));
    assert_eq!(settings.firewalls[0].tls, expected);
    assert_eq!(settings.log.file, Some(PathBuf::from("/var/x")));
    let listed = file("[[firewalls]]\nca_file = 'ca.pem'").unwrap();
    assert_eq!(listed.firewalls[0].ca_file, Some(PathBuf::from("/etc/ca.pem")));
}

#[cfg(unix)]
#[test]
fn files_with_credentials_that_others_can_read_are_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let named = "[firewall]\nurl='fw.example'\ncredentials='apikey.txt'";
    for (mode, warnings) in [(0o600, 0), (0o640, 1), (0o604, 1)] {
        let path = write("with.toml", &whole(""), mode);
        let settings = resolve(Layer::from_file(&path).unwrap()).unwrap();
        assert_eq!(settings.warnings.len(), warnings, "{mode:o}");
        write("apikey.txt", "key=w1key\nsecret=w1secret", mode);
        let path = write("without.toml", named, 0o644);
        let settings = resolve(Layer::from_file(&path).unwrap()).unwrap();
        assert_eq!(settings.warnings.len(), warnings, "{mode:o}");
    }
}

#[test]
fn a_file_that_is_no_text_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opndex.toml");
    fs::write(&path, [0xff, 0xfe, b'k', 0]).unwrap();
    let message = told(&Layer::from_file(&path).unwrap_err());
    assert!(message.contains("opndex.toml") && message.contains("UTF-8"), "{message}");
    fs::write(&path, "\n".repeat((1 << 20) + 1)).unwrap();
    let message = told(&Layer::from_file(&path).unwrap_err());
    assert!(message.contains("larger than 1 MiB"), "{message}");
    let message = told(&Layer::from_file(&folder.path().join("none")).unwrap_err());
    assert!(message.contains("check the path"), "{message}");
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    for key in KEYS {
        if let Err(error) = env(&[(&key.env(), SECRET)]) {
            let shown = format!("{} {error:?}", told(&error));
            assert!(!shown.contains(SECRET), "{shown}");
        }
    }
    let texts = [
        format!("[firewall]\napi_secret = {SECRET}"),
        format!("[firewall]\napi_secret = '{SECRET}"),
        format!("[firewall]\n\"{SECRET}\" = 1"),
        format!("[firewall]\napi_secret = ['{SECRET}']"),
        format!("[firewall]\napi_secret = '{SECRET}'\napi_secret = '{SECRET}'"),
        format!("key={SECRET}\nsecret={SECRET}"),
        format!("[firewall]\nurl = 'https://root:{SECRET}@fw.example'"),
        SECRET.to_owned(),
    ];
    for text in texts {
        let error = file(&text).unwrap_err();
        let shown = format!("{} {error:?}", told(&error));
        assert!(!shown.contains("w1s+cret"), "{shown}");
    }
}

#[test]
fn settings_and_layers_print_no_secret() {
    let layer = file(&whole("").replace("w1s", SECRET)).unwrap();
    let printed = format!("{layer:?}{:?}", resolve(layer.clone()).unwrap());
    assert!(printed.contains("<redacted>") && !printed.contains("w1s+cret"), "{printed}");
}

/// Lines that look like settings, so that the walk is reached and not only the parser.
fn settings_like() -> impl Strategy<Value = String> {
    let name = prop::sample::select(
        KEYS.iter().map(|key| key.name).chain(["firewalls", "sync", "x"]).collect::<Vec<_>>(),
    );
    let value = prop_oneof![
        Just("true".to_owned()),
        Just("[{url='a'}]".to_owned()),
        Just("2026-01-01".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        "'[^'\\pC]{0,20}'",
    ];
    let line = (name, value).prop_map(|(name, value)| format!("{name} = {value}\n"));
    prop::collection::vec(line, 0..6).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_text_is_a_layer_or_a_refusal(text: String) {
        let _ = file(&text);
    }

    #[test]
    fn any_settings_are_resolved_or_refused(text in settings_like()) {
        if let Ok(layer) = file(&text) {
            let _ = resolve(layer);
        }
    }

    #[test]
    fn a_broken_file_never_shows_the_secret_in_it(cut in 0usize..120, with in "[\\[\\]='\"\\{\n#]") {
        let text = whole("").replace("w1s", SECRET);
        let cut = cut.min(text.len());
        let broken = format!("{}{with}{}", &text[..cut], &text[cut..]);
        if let Err(error) = file(&broken) {
            let shown = format!("{} {error:?}", told(&error));
            prop_assert!(!shown.contains("w1s+cretw1s"), "{}", shown);
        }
    }

    #[test]
    fn what_a_variable_says_is_what_resolves(level in "[a-z]{1,10}", requests in 1usize..=8) {
        let requests_text = requests.to_string();
        let vars = [("OPNDEX_LOG_LEVEL", level.as_str()), ("OPNDEX_IN_FLIGHT", &requests_text)];
        let settings = resolve(env(&vars).unwrap().over(file(&whole("")).unwrap())).unwrap();
        prop_assert_eq!(settings.log.filter, level);
        prop_assert_eq!(settings.firewalls[0].in_flight, Some(requests));
    }
}
