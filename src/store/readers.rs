//! Connections that read, a few for everybody.
//!
//! sqlx's own pool starts a task for each connection that comes back, which sends a question to the connection's
//! thread and waits for the answer before anybody else gets it: as many messages again as a short statement takes.
//! A connection to a file needs no such question.

use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tracing::debug;

/// A connection, once it was needed.
type Slot = Arc<Mutex<Option<SqliteConnection>>>;

/// At most so many connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    options: Arc<SqliteConnectOptions>,
    slots: Arc<[Slot]>,
    /// One for each slot, given in the order in which they are asked for.
    turns: Arc<Semaphore>,
}

/// A connection of one's own until it is dropped.
#[derive(Debug)]
pub(super) struct Reader {
    connection: OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>,
    /// Behind the connection: whoever is next finds the slot free.
    _turn: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions, most: usize) -> Self {
        Self {
            options: Arc::new(options),
            slots: (0..most).map(|_| Slot::default()).collect(),
            turns: Arc::new(Semaphore::new(most)),
        }
    }

    /// Waits until one is free. The first free one: what it read last is still in its memory.
    pub(super) async fn get(&self) -> Result<Reader, sqlx::Error> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = self.slots.iter().find_map(|slot| Arc::clone(slot).try_lock_owned().ok());
        let mut slot = free.ok_or(sqlx::Error::PoolClosed)?;
        if slot.is_none() {
            *slot = Some(self.options.connect().await?);
        }
        let connection = OwnedMutexGuard::try_map(slot, Option::as_mut);
        Ok(Reader { connection: connection.map_err(|_| sqlx::Error::PoolClosed)?, _turn: turn })
    }

    /// Waits for running statements, then closes every connection; none is given after that.
    pub(super) async fn close(&self) {
        self.turns.close();
        for slot in self.slots.iter() {
            let Some(connection) = slot.lock().await.take() else { continue };
            if let Err(cause) = connection.close().await {
                debug!("a reading connection did not close in order: {cause}");
            }
        }
    }
}

impl std::ops::Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl std::ops::DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use sqlx::Executor;

    use super::*;

    fn readers(most: usize) -> Readers {
        Readers::new(SqliteConnectOptions::new().in_memory(true), most)
    }

    #[tokio::test]
    async fn who_comes_when_all_are_in_use_waits_for_the_first_that_is_free() {
        let readers = readers(2);
        let mut first = readers.get().await.unwrap();
        let second = readers.get().await.unwrap();
        first.execute("CREATE TABLE mine (a)").await.unwrap();
        let mut third = Box::pin(readers.get());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        let mut third = third.await.unwrap();
        assert!(third.execute("SELECT a FROM mine").await.is_ok(), "it is another connection");
        drop(second);
    }

    #[tokio::test]
    async fn who_leaves_while_a_statement_runs_leaves_a_connection_that_answers() {
        let readers = readers(1);
        let long =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
                    SELECT count(*) FROM n";
        let mut reader = readers.get().await.unwrap();
        assert!(reader.fetch_one(long).now_or_never().is_none());
        drop(reader);
        let mut next = readers.get().await.unwrap();
        let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *next).await.unwrap();
        assert_eq!(one, 1);
    }

    #[tokio::test]
    async fn closing_waits_for_those_in_use_and_then_none_is_given() {
        let readers = readers(1);
        let reader = readers.get().await.unwrap();
        let waiting = readers.get();
        let mut closing = Box::pin(readers.close());
        assert!(closing.as_mut().now_or_never().is_none());
        assert!(matches!(waiting.await, Err(sqlx::Error::PoolClosed)));
        drop(reader);
        closing.await;
        assert!(matches!(readers.get().await, Err(sqlx::Error::PoolClosed)));
    }
}
