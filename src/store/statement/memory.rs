//! What SQLite holds.

/// Bytes that SQLite has allocated in this process, on all connections.
///
/// `hard_heap_limit` would bound the connection that writes as well: a statement of a user could then make
/// a sync fail.
#[expect(
    unsafe_code,
    reason = "rusqlite does not wrap this call; it takes no pointer and may be called at any time"
)]
pub(super) fn used() -> i64 {
    // SAFETY: takes no argument, takes SQLite's own lock, and reads a counter (sqlite.org/c3ref/memory_highwater.html).
    unsafe { rusqlite::ffi::sqlite3_memory_used() }
}
