//! What SQLite holds, and how much it may hold while a statement runs.

use std::sync::{Mutex, PoisonError};

/// How many statements run under the cap, and where it is.
static CAPPED: Mutex<(u32, i64)> = Mutex::new((0, 0));

/// SQLite allocates no more than so many bytes while this lives, in the whole process.
///
/// The handler that watches a statement is asked at jumps only, and not while it is prepared. What is known to
/// grow there is refused before; this is for what is not known. It bounds the connection that writes as well, so
/// there is no cap while no statement runs, and it is twice of what the handler allows.
#[derive(Debug)]
pub(super) struct Cap;

impl Cap {
    /// Room for `bytes` more than there are now, and for what other statements may take meanwhile.
    pub(super) fn of(bytes: i64) -> Self {
        let mut capped = CAPPED.lock().unwrap_or_else(PoisonError::into_inner);
        let (holders, at) = &mut *capped;
        *holders = holders.saturating_add(1);
        *at = (*at).max(used().saturating_add(bytes));
        cap(*at);
        Self
    }
}

impl Drop for Cap {
    fn drop(&mut self) {
        let mut capped = CAPPED.lock().unwrap_or_else(PoisonError::into_inner);
        let (holders, at) = &mut *capped;
        *holders = holders.saturating_sub(1);
        if *holders == 0 {
            *at = 0;
            cap(0);
        }
    }
}

/// Bytes that SQLite has allocated in this process, on all connections.
#[expect(
    unsafe_code,
    reason = "rusqlite does not wrap this call; it takes no pointer and may be called at any time"
)]
pub(super) fn used() -> i64 {
    // SAFETY: takes no argument, takes SQLite's own lock, and reads a counter (sqlite.org/c3ref/memory_highwater.html).
    unsafe { rusqlite::ffi::sqlite3_memory_used() }
}

/// 0 lifts it.
#[expect(
    unsafe_code,
    reason = "rusqlite does not wrap these calls; they take no pointer and may be called at any time"
)]
fn cap(bytes: i64) {
    // SAFETY: takes a number and SQLite's own lock (sqlite.org/c3ref/hard_heap_limit64.html).
    unsafe { rusqlite::ffi::sqlite3_hard_heap_limit64(bytes) };
    if bytes == 0 {
        // SAFETY: as above. Only this call makes page caches forget that memory was short.
        unsafe { rusqlite::ffi::sqlite3_soft_heap_limit64(0) };
    }
}
