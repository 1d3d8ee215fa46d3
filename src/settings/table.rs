//! Every setting there is.

use super::address;
use super::error::ValueError;
use super::key::{Key, Slot};

/// Every setting, in the order of the sample file.
pub static KEYS: &[Key] = &[
    Key {
        name: "database",
        about: "Where the index is kept; by default in the data folder of the platform.",
        example: "/var/lib/opndex/opndex.db",
        default: None,
        slot: Slot::Path(|l| &mut l.database),
    },
    Key {
        name: "firewall.name",
        about: "What the firewall is called in answers; by default the host of its url.",
        example: "home",
        default: None,
        slot: Slot::Text(|l| &mut l.firewall.name, address::name),
    },
    Key {
        name: "firewall.url",
        about: "Address of the firewall's web page.",
        example: "https://192.168.1.1",
        default: None,
        slot: Slot::Address(|l| &mut l.firewall.url),
    },
    Key {
        name: "firewall.api_key",
        about: "API key of a firewall user (System > Access > Users).",
        example: "paste-the-key-here",
        default: None,
        slot: Slot::Secret(|l| &mut l.firewall.api_key),
    },
    Key {
        name: "firewall.api_secret",
        about: "The secret that belongs to the API key.",
        example: "paste-the-secret-here",
        default: None,
        slot: Slot::Secret(|l| &mut l.firewall.api_secret),
    },
    Key {
        name: "firewall.credentials",
        about: "The apikey.txt that OPNsense hands out, instead of api_key and api_secret.",
        example: "~/.config/opndex/apikey.txt",
        default: None,
        slot: Slot::Path(|l| &mut l.firewall.credentials),
    },
    Key {
        name: "firewall.ca_file",
        about: "PEM file of the authority that signed the firewall's certificate.",
        example: "/etc/ssl/firewall-ca.pem",
        default: None,
        slot: Slot::Path(|l| &mut l.firewall.ca_file),
    },
    Key {
        name: "firewall.pin",
        about: "SHA-256 of the firewall's certificate, for a self-signed one.",
        example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        default: None,
        slot: Slot::Text(|l| &mut l.firewall.pin, address::pin),
    },
    Key {
        name: "firewall.insecure",
        about: "Do not verify the certificate: whoever is in between can read the credentials.",
        example: "true",
        default: Some("false"),
        slot: Slot::Switch(|l| &mut l.firewall.insecure),
    },
    Key {
        name: "firewall.request_timeout",
        about: "How long one request may take.",
        example: "30s",
        default: Some("20s"),
        slot: Slot::Timeout(|l| &mut l.firewall.request_timeout),
    },
    Key {
        name: "firewall.run_timeout",
        about: "How long one run may take in all; what was read by then is kept.",
        example: "5m",
        default: Some("2m"),
        slot: Slot::Timeout(|l| &mut l.firewall.run_timeout),
    },
    Key {
        name: "firewall.in_flight",
        about: "Requests to the firewall at a time, from 1 to 8.",
        example: "2",
        default: None,
        slot: Slot::InFlight(|l| &mut l.firewall.in_flight),
    },
    Key {
        name: "sync.config",
        about: "How often configuration is read when its revision cannot be asked for: a \
                duration, a cron expression, or off.",
        example: "0 3 * * *",
        default: Some("1h"),
        slot: Slot::Cadence(|l| &mut l.sync.config),
    },
    Key {
        name: "sync.runtime",
        about: "How often leases, neighbours, states and the like are read.",
        example: "5m",
        default: Some("60s"),
        slot: Slot::Cadence(|l| &mut l.sync.runtime),
    },
    Key {
        name: "sync.probe",
        about: "How often the revision of the configuration is asked for.",
        example: "2m",
        default: Some("30s"),
        slot: Slot::Cadence(|l| &mut l.sync.probe),
    },
    Key {
        name: "sync.on_start",
        about: "Read everything that is due as soon as the service starts.",
        example: "false",
        default: Some("true"),
        slot: Slot::Switch(|l| &mut l.sync.on_start),
    },
    Key {
        name: "sync.extra",
        about: "Domains that are read only when named here, because they are private or much: \
                config_revisions, firewall_log, pf_states, top_talkers, user_groups, users.",
        example: "pf_states,config_revisions",
        default: None,
        slot: Slot::Names(|l| &mut l.sync.extra),
    },
    Key {
        name: "sync.extra_every",
        about: "How often those domains are read.",
        example: "60s",
        default: Some("5m"),
        slot: Slot::Cadence(|l| &mut l.sync.extra_every),
    },
    Key {
        name: "sync.backfill",
        about: "Whenever the configuration was read anew, read the firewall's own history too, as \
                `opndex backfill` does: who changed what, and what only config.xml has. Its privilege, \
                Diagnostics: Configuration History, shows the whole configuration to the key.",
        example: "true",
        default: Some("false"),
        slot: Slot::Switch(|l| &mut l.sync.backfill),
    },
    Key {
        name: "history.keep_all",
        about: "Every state is kept so long.",
        example: "14d",
        default: Some("30d"),
        slot: Slot::Age(|l| &mut l.history.keep_all),
    },
    Key {
        name: "history.hourly",
        about: "After that the last state of each hour.",
        example: "60d",
        default: Some("90d"),
        slot: Slot::Age(|l| &mut l.history.hourly),
    },
    Key {
        name: "history.daily",
        about: "After that the last state of each day.",
        example: "1y",
        default: Some("400d"),
        slot: Slot::Age(|l| &mut l.history.daily),
    },
    Key {
        name: "history.weekly",
        about: "After that the last state of each week.",
        example: "2y",
        default: Some("5y"),
        slot: Slot::Age(|l| &mut l.history.weekly),
    },
    Key {
        name: "history.configuration",
        about: "Every state of the configuration is kept so long.",
        example: "forever",
        default: Some("5y"),
        slot: Slot::Age(|l| &mut l.history.configuration),
    },
    Key {
        name: "history.presence",
        about: "Who had which address when is kept so long.",
        example: "1y",
        default: Some("2y"),
        slot: Slot::Age(|l| &mut l.history.presence),
    },
    Key {
        name: "mcp.labels",
        about: "Let agents write names, owners, groups and notes of devices into the local database.",
        example: "true",
        default: Some("false"),
        slot: Slot::Switch(|l| &mut l.mcp.labels),
    },
    Key {
        name: "serve.hosts",
        about: "Names under which `serve --http` may be reached, separated by commas; addresses and \
                localhost need no naming.",
        example: "opndex.lan,nas.lan",
        default: None,
        slot: Slot::Text(|l| &mut l.serve.hosts, address::host_names),
    },
    Key {
        name: "serve.require_token",
        about: "Ask for the token on this machine too; from other machines it is always asked for.",
        example: "true",
        default: Some("false"),
        slot: Slot::Switch(|l| &mut l.serve.require_token),
    },
    Key {
        name: "serve.token_file",
        about: "Where the token of `serve --http` is kept; it is made there on first use. By default \
                beside the database.",
        example: "/etc/opndex/token",
        default: None,
        slot: Slot::Path(|l| &mut l.serve.token_file),
    },
    Key {
        name: "serve.tls_cert",
        about: "PEM file with the certificate chain of `serve --http`, to speak https.",
        example: "/etc/ssl/opndex.pem",
        default: None,
        slot: Slot::Path(|l| &mut l.serve.tls_cert),
    },
    Key {
        name: "serve.tls_key",
        about: "PEM file with the private key that belongs to the certificate.",
        example: "/etc/ssl/private/opndex.key",
        default: None,
        slot: Slot::Path(|l| &mut l.serve.tls_key),
    },
    Key {
        name: "log.level",
        about: "What is logged: a level, or a filter such as info,opndex::sync=debug.",
        example: "debug",
        default: Some("info"),
        slot: Slot::Text(|l| &mut l.log.level, any_text),
    },
    Key {
        name: "log.json",
        about: "Log one JSON object per line.",
        example: "true",
        default: Some("false"),
        slot: Slot::Switch(|l| &mut l.log.json),
    },
    Key {
        name: "log.file",
        about: "Append the log to this file instead of the standard error stream.",
        example: "/var/log/opndex.log",
        default: None,
        slot: Slot::Path(|l| &mut l.log.file),
    },
];

#[expect(clippy::unnecessary_wraps, reason = "the checks of texts have one signature")]
fn any_text(text: &str) -> Result<String, ValueError> {
    Ok(text.to_owned())
}

/// The key of that TOML name.
pub(super) fn by_name(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
