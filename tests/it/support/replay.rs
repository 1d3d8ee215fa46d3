//! The recorded releases, when `OPNDEX_RECORDED` names the folder that holds them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The releases that were recorded.
pub(crate) const RELEASES: [&str; 5] = ["24.7.12", "25.1.12", "25.7.11", "26.1.11", "26.7.2"];

/// The folder of recordings; without it, tests over them have nothing to look at.
pub(crate) fn recorded() -> Option<PathBuf> {
    std::env::var_os("OPNDEX_RECORDED").map(PathBuf::from)
}

/// A server that answers as that release did.
pub(crate) struct Replay {
    child: Child,
    pub(crate) url: String,
    pub(crate) fingerprint: Option<String>,
}

impl Replay {
    pub(crate) fn start(release: &str, more: &[&str]) -> Self {
        let folder = recorded().expect("OPNDEX_RECORDED");
        let script = folder.join("../tools/replay.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args(["--release", release, "--port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs the replay server");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut fingerprint = None;
        let url = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            if let Some((_, print)) = line.split_once("Fingerprint=") {
                fingerprint = Some(print.to_owned());
            }
            if let Some((_, url)) = line.split_once(" on ") {
                break url.to_owned();
            }
        };
        Self { child, url, fingerprint }
    }

    /// The rows of a recorded grid answer.
    pub(crate) fn rows(release: &str, name: &str) -> Vec<serde_json::Value> {
        Self::body(release, name)["rows"].as_array().cloned().unwrap_or_default()
    }

    /// A recorded answer; `null` when there is none.
    pub(crate) fn body(release: &str, name: &str) -> serde_json::Value {
        let path = recorded().expect("OPNDEX_RECORDED").join(release).join(format!("{name}.json"));
        let Ok(text) = std::fs::read_to_string(path) else {
            return serde_json::Value::Null;
        };
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        let body = record["response"]["body_raw"].as_str().unwrap_or_default();
        serde_json::from_str(body).unwrap_or_default()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        // Whether it still ran or not, it is gone afterwards.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}
