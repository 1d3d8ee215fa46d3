//! One question, with as many requests as it takes: the other spelling, retries, and a second look
//! at credentials that suddenly fail.

use std::mem::replace;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use super::circuit::{Credentials, Open};
use super::client::Client;
use super::detect;
use super::error::{CircuitOpen, PullError};
use super::exchange::{Again, Failed, Stage};
use super::request::{Request, Spelling};

/// A firewall that fails three times within a second needs rest, not a fourth request.
const RETRIES: usize = 2;
/// The first pause, doubled for the second and lengthened by chance to less than twice that. The
/// web server is back from a restart in about a second.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

impl Client {
    pub(super) async fn ask(&self, request: &Request) -> Result<Vec<u8>, PullError> {
        let answer = self.ask_as(request, request.first).await;
        match (answer, request.second()) {
            (Err(PullError::Denied { .. }), Some(second)) => self.ask_as(request, second).await,
            (answer, _) => answer,
        }
    }

    pub(super) async fn ask_as(
        &self,
        request: &Request,
        spelling: Spelling,
    ) -> Result<Vec<u8>, PullError> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.pause())
            .with_max_times(RETRIES)
            .with_jitter();
        let mut tried_again = false;
        let answer = (|| self.attempt(request, spelling))
            .retry(pauses)
            .when(|failed| match failed.again {
                Again::Never => false,
                Again::Once => !replace(&mut tried_again, true),
                Again::Yes => true,
            })
            .await;
        answer.map_err(|failed| {
            let was_sent = matches!(failed.stage, Stage::Connecting | Stage::Asking);
            if was_sent && matches!(failed.error, PullError::Unreachable { .. }) {
                self.circuit().unreachable(request.path, failed.stage == Stage::Connecting);
            }
            failed.error
        })
    }

    /// The slot is held until doubts about the credentials are settled, so that at most the
    /// requests already in flight meet the same 401.
    async fn attempt(&self, request: &Request, spelling: Spelling) -> Result<Vec<u8>, Failed> {
        let slot = self.gate().enter().await;
        if slot.is_none() {
            return Err(Failed::never(PullError::Cancelled, Stage::NotSent));
        }
        if let Some(open) = self.circuit().open(request.path) {
            return Err(Failed::never(self.not_sent(request.path, open), Stage::NotSent));
        }
        let rechecks = self.circuit().rechecks();
        let answer = self.link().send(request, spelling).await;
        match &answer {
            Ok(_) | Err(Failed { error: PullError::Denied { .. }, .. }) => {
                self.circuit().answered(true);
            }
            Err(Failed { error: PullError::Unauthorized { .. }, .. }) => {
                self.circuit().answered(false);
                let everywhere = self.credentials_fail(request.path, rechecks).await;
                let error = PullError::Unauthorized { path: request.path, everywhere };
                return Err(Failed::never(error, Stage::Answered));
            }
            Err(failed) if failed.stage == Stage::Answered => self.circuit().answered(false),
            Err(_) => {}
        }
        answer
    }

    fn not_sent(&self, path: &'static str, open: Open) -> PullError {
        match open {
            Open::Credentials => PullError::Unauthorized { path, everywhere: true },
            Open::Path => PullError::Unauthorized { path, everywhere: false },
            Open::Transport { failures } => PullError::Unreachable {
                path,
                host: self.link().host(),
                cause: Box::new(CircuitOpen { failures }),
            },
        }
    }

    /// After a 401: whether the credentials fail everywhere. Credentials that worked before get one
    /// second look, shared by everybody whose request (sent at `rechecks`) met the same 401.
    async fn credentials_fail(&self, path: &'static str, rechecks: u64) -> bool {
        let _one_at_a_time = self.recheck().lock().await;
        let known = {
            let mut circuit = self.circuit();
            match circuit.credentials() {
                Credentials::Accepted if circuit.rechecks() == rechecks => None,
                Credentials::Accepted => {
                    circuit.refuse_path(path);
                    Some(false)
                }
                Credentials::Unknown | Credentials::Refused => {
                    circuit.refuse_credentials();
                    Some(true)
                }
            }
        };
        if let Some(everywhere) = known {
            return everywhere;
        }
        let probe = detect::information();
        let answer = self.link().send(&probe, probe.first).await;
        let mut circuit = self.circuit();
        match answer.map_err(|failed| failed.error) {
            Err(PullError::Unauthorized { .. }) => {
                circuit.refuse_credentials();
                true
            }
            Ok(_) | Err(PullError::Denied { .. }) => {
                circuit.rechecked();
                circuit.refuse_path(path);
                false
            }
            // Not settled, so nothing is remembered.
            Err(_) => false,
        }
    }
}
