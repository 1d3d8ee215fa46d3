//! Which release answers.

use serde::Deserialize;

use super::client::Client;
use super::error::PullError;
use super::request::{Request, Spelling};
use crate::types::{Release, clean};

/// What a firewall says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    /// When not `exact`, the oldest release it can be.
    pub release: Release,
    pub exact: bool,
    pub host_name: Option<String>,
}

/// Endpoints that came with a release, newest first. Each is a plain read; a 404 means that the
/// firewall is older.
const MILESTONES: [(&str, Release); 4] = [
    ("interfaces/assignment/search_item", Release::new(26, 7, 0)),
    ("firewall/d_nat/search_rule", Release::new(26, 1, 0)),
    ("hostdiscovery/service/search", Release::new(25, 7, 11)),
    ("dnsmasq/settings/search_range", Release::new(25, 1, 6)),
];
/// No release has it. A server that has even this is something else that says yes to everything.
const NOWHERE: &str = "opndex/nowhere/search";
/// Anyone who may log in may read it.
pub(super) const LOGIN_PRIVILEGE: &str = "page-system-login-logout";
/// Longest host name in DNS.
const MAX_HOST_NAME: usize = 253;

/// The probe of the release and of the credentials.
pub(super) fn information() -> Request {
    Request::get("diagnostics/system/system_information", LOGIN_PRIVILEGE, Spelling::Snake)
}

#[derive(Deserialize)]
struct Information {
    #[serde(default)]
    name: String,
    #[serde(default)]
    versions: Vec<String>,
}

impl Client {
    pub(super) async fn firmware(&self) -> Result<Firmware, PullError> {
        self.circuit().doubt_credentials();
        let request = information();
        let firmware = match self.ask(&request).await {
            Ok(body) => match read(&body) {
                Some(firmware) => firmware,
                None => self.milestone().await?,
            },
            Err(PullError::Denied { .. }) => self.milestone().await?,
            Err(PullError::Absent { path }) => {
                return Err(self.link().protocol(path, "does not exist", None));
            }
            Err(error) => return Err(error),
        };
        self.learn(firmware.release);
        Ok(firmware)
    }

    /// The newest release whose endpoints exist.
    async fn milestone(&self) -> Result<Firmware, PullError> {
        if self.exists(NOWHERE).await? {
            return Err(self.link().protocol(NOWHERE, "exists although no firewall has it", None));
        }
        let mut release = Release::OLDEST;
        for (path, since) in MILESTONES {
            if self.exists(path).await? {
                release = since;
                break;
            }
        }
        Ok(Firmware { release, exact: false, host_name: None })
    }

    async fn exists(&self, path: &'static str) -> Result<bool, PullError> {
        let request = Request::get(path, LOGIN_PRIVILEGE, Spelling::Snake);
        match self.ask_as(&request, request.first).await {
            Ok(_) | Err(PullError::Denied { .. }) => Ok(true),
            Err(PullError::Absent { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn read(body: &[u8]) -> Option<Firmware> {
    let information: Information = serde_json::from_slice(body).ok()?;
    let release = information.versions.first()?.parse().ok()?;
    let host_name: String = clean(&information.name).trim().chars().take(MAX_HOST_NAME).collect();
    Some(Firmware {
        release,
        exact: true,
        host_name: Some(host_name).filter(|name| !name.is_empty()),
    })
}
