//! What is known not to work, so that it is not tried again. Pure: no I/O, no clock.

use std::collections::BTreeSet;

/// Requests in a row that found no firewall before the rest of the run is spared. Three, because
/// one may be the web server restarting and two the same with another request in flight.
const FAILURES: u32 = 3;

/// One per client; [`Circuit::reset`] starts a new run.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    credentials: Credentials,
    /// Refused although the credentials work.
    refused: BTreeSet<&'static str>,
    /// How often the credentials were looked at again after a 401 and found good.
    rechecks: u64,
    failures: u32,
    last_failed: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Credentials {
    #[default]
    Unknown,
    Accepted,
    /// A failed login keeps a worker of the firewall busy for 2 s: never ask again in this run.
    Refused,
}

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    Credentials,
    /// Only this path refuses them.
    Path,
    Transport {
        failures: u32,
    },
}

impl Circuit {
    /// Whether a request to `path` would be in vain.
    pub(super) fn open(&self, path: &'static str) -> Option<Open> {
        if self.credentials == Credentials::Refused {
            Some(Open::Credentials)
        } else if self.refused.contains(path) {
            Some(Open::Path)
        } else {
            (self.failures >= FAILURES).then_some(Open::Transport { failures: self.failures })
        }
    }

    pub(super) fn credentials(&self) -> Credentials {
        self.credentials
    }

    pub(super) fn rechecks(&self) -> u64 {
        self.rechecks
    }

    /// Any answer proves the transport; `authenticated` ones prove the credentials too.
    pub(super) fn answered(&mut self, authenticated: bool) {
        self.failures = 0;
        self.last_failed = None;
        if authenticated && self.credentials == Credentials::Unknown {
            self.credentials = Credentials::Accepted;
        }
    }

    /// No answer. `connecting` failures say that nobody is there; a connection lost while asking
    /// may be the fault of one endpoint, so the same path counts once in a row.
    pub(super) fn unreachable(&mut self, path: &'static str, connecting: bool) {
        if connecting || self.last_failed != Some(path) {
            self.failures = self.failures.saturating_add(1);
        }
        self.last_failed = Some(path);
    }

    /// Forgets that the credentials worked: the next answer decides. A refusal stands.
    pub(super) fn doubt_credentials(&mut self) {
        if self.credentials == Credentials::Accepted {
            self.credentials = Credentials::Unknown;
        }
    }

    pub(super) fn refuse_credentials(&mut self) {
        self.credentials = Credentials::Refused;
    }

    /// The credentials were looked at again and work; `path` alone refuses them.
    pub(super) fn refuse_path(&mut self, path: &'static str) {
        self.refused.insert(path);
    }

    pub(super) fn rechecked(&mut self) {
        self.credentials = Credentials::Accepted;
        self.rechecks = self.rechecks.saturating_add(1);
    }

    /// A new run: everything deserves one more try. Credentials that worked stay known to work.
    pub(super) fn reset(&mut self) {
        if self.credentials == Credentials::Refused {
            self.credentials = Credentials::Unknown;
        }
        self.refused.clear();
        self.failures = 0;
        self.last_failed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_open_it_and_an_answer_starts_the_count_again() {
        let mut circuit = Circuit::default();
        for path in ["a", "b"] {
            circuit.unreachable(path, false);
        }
        circuit.answered(false);
        for path in ["a", "b", "c"] {
            assert_eq!(circuit.open(path), None);
            circuit.unreachable(path, false);
        }
        assert_eq!(circuit.open("d"), Some(Open::Transport { failures: 3 }));
        circuit.reset();
        assert_eq!(circuit.open("d"), None);
    }

    #[test]
    fn one_endpoint_that_drops_connections_does_not_open_it_but_nobody_listening_does() {
        let mut circuit = Circuit::default();
        for _ in 0..9 {
            circuit.unreachable("a", false);
        }
        assert_eq!(circuit.open("a"), None);
        for _ in 0..2 {
            circuit.unreachable("a", true);
        }
        assert_eq!(circuit.open("a"), Some(Open::Transport { failures: 3 }));
    }

    #[test]
    fn refused_credentials_stop_every_path_until_the_next_run() {
        let mut circuit = Circuit::default();
        circuit.refuse_credentials();
        circuit.answered(true);
        assert_eq!(circuit.open("a"), Some(Open::Credentials));
        circuit.reset();
        assert_eq!((circuit.open("a"), circuit.credentials()), (None, Credentials::Unknown));
    }

    #[test]
    fn a_path_that_refuses_good_credentials_stops_alone() {
        let mut circuit = Circuit::default();
        circuit.rechecked();
        circuit.refuse_path("a");
        assert_eq!((circuit.open("a"), circuit.open("b")), (Some(Open::Path), None));
    }
}
