//! Sessions of clients that speak an older revision over HTTP: how many, and for how long.
//!
//! rmcp's own manager has no limit. Clients rarely say goodbye, so a session that nobody used for a while
//! makes room for a new one; sessions in use do not, or whoever opens many would close everybody else's.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError,
};
use rmcp::transport::streamable_http_server::session::{
    ServerSseMessage, SessionId, SessionManager,
};
use thiserror::Error;
use tokio::time::Instant;

/// Sessions at a time; one costs about 40 KiB.
const MOST: usize = 256;

/// A session unused for this long may be closed to make room.
const SPARE_AFTER: Duration = Duration::from_mins(1);

/// A session unused for this long is closed. rmcp's five minutes are shorter than a person's lunch, and not
/// every client begins anew when its session is gone.
const IDLE: Duration = Duration::from_hours(1);

/// rmcp's manager, bounded.
#[derive(Debug)]
pub(super) struct Sessions {
    inner: LocalSessionManager,
    /// When each was last used.
    used: Mutex<BTreeMap<SessionId, Instant>>,
    most: usize,
}

#[derive(Debug, Error)]
pub(super) enum SessionsError {
    #[error("there are {0} sessions, and all are in use; end one of them")]
    Full(usize),
    #[error(transparent)]
    Session(#[from] LocalSessionManagerError),
}

impl Default for Sessions {
    fn default() -> Self {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(IDLE);
        // rmcp keeps every answer for a minute in case the client lost its connection and comes back for it: at
        // 5,000 calls a second that is 900 MB. Asking again is cheap, and every tool may be called again.
        inner.session_config.completed_cache_ttl = Duration::ZERO;
        inner.session_config.sse_retry = None;
        Self { inner, used: Mutex::default(), most: MOST }
    }
}

impl Sessions {
    /// Whether a new session would be refused.
    pub(super) fn is_full(&self) -> bool {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.len() >= self.most && used.values().all(|at| at.elapsed() < SPARE_AFTER)
    }

    fn touch(&self, id: &SessionId) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = used.get_mut(id) {
            *at = Instant::now();
        }
    }

    /// The session to close so that there is room for another; none when there is.
    fn spare(&self) -> Result<Option<SessionId>, SessionsError> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < self.most {
            return Ok(None);
        }
        let oldest = used.iter().min_by_key(|(_, at)| **at);
        match oldest {
            Some((id, at)) if at.elapsed() >= SPARE_AFTER => Ok(Some(id.clone())),
            _ => Err(SessionsError::Full(self.most)),
        }
    }
}

impl SessionManager for Sessions {
    type Error = SessionsError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), SessionsError> {
        if let Some(id) = self.spare()? {
            self.close_session(&id).await?;
        }
        let (id, transport) = self.inner.create_session().await?;
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), Instant::now());
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, SessionsError> {
        Ok(self.inner.initialize_session(id, message).await?)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, SessionsError> {
        Ok(self.inner.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), SessionsError> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(self.inner.close_session(id).await?)
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionsError> {
        self.touch(id);
        Ok(self.inner.create_stream(id, message).await?)
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), SessionsError> {
        self.touch(id);
        Ok(self.inner.accept_message(id, message).await?)
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionsError> {
        self.touch(id);
        Ok(self.inner.create_standalone_stream(id).await?)
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionsError> {
        self.touch(id);
        Ok(self.inner.resume(id, last_event_id).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn idle_sessions_make_room_and_busy_ones_do_not() {
        let sessions = Sessions { most: 2, ..Sessions::default() };
        let (first, _a) = sessions.create_session().await.unwrap();
        let (second, _b) = sessions.create_session().await.unwrap();
        assert!(sessions.is_full());
        assert!(matches!(sessions.create_session().await, Err(SessionsError::Full(2))));
        tokio::time::advance(SPARE_AFTER).await;
        sessions.touch(&first);
        assert!(!sessions.is_full());
        sessions.create_session().await.unwrap();
        assert!(sessions.has_session(&first).await.unwrap());
        assert!(!sessions.has_session(&second).await.unwrap());
        // A stranger's name opens nothing.
        assert!(!sessions.has_session(&SessionId::from("made-up")).await.unwrap());
    }
}
