//! The database file itself: whose it is, and what happens to one that is not ours.

use opndex::store::{Store, StoreError};

use super::support::index::Index;

#[tokio::test]
async fn a_database_of_another_program_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs
        .execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x');")
        .unwrap();
    drop(theirs);
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path).await, Err(StoreError::Foreign { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(
        &path,
        "not a database, but long enough to be taken for one by its size alone".repeat(20),
    )
    .unwrap();
    let refused = Store::open(&path).await.unwrap_err();
    assert!(refused.to_string().contains("notes.txt"), "{refused}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"));
}

#[tokio::test]
async fn a_database_of_a_newer_opndex_is_refused_and_named() {
    let index = Index::new().await;
    index.store.close().await;
    let path = index.folder.path().join("opndex.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99990101000000, 'later', 1, x'00', 0)";
    connection.execute(newer, []).unwrap();
    drop(connection);
    let refused = Store::open(&path).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Newer { .. }) && refused.to_string().contains("newer opndex"),
        "{refused}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.path()
        );
    }
}

/// Firewalls, sources, counts and labels are kept in memory between questions, never past a change of the file.
#[tokio::test]
async fn what_another_process_writes_is_in_the_next_answer() {
    let index = Index::new().await;
    assert!(index.store.firewalls().await.unwrap().is_empty());
    assert!(index.store.labels().await.unwrap().is_empty());
    let count = |n: u32| usize::try_from(n).unwrap();
    let other = rusqlite::Connection::open(index.store.path()).unwrap();
    for n in 1..=3_u32 {
        let sql =
            "INSERT INTO firewalls (name, url, first_seen) VALUES ('fw' || ?1, 'http://fw', 0)";
        other.execute(sql, [n]).unwrap();
        let sql = "INSERT INTO labels (client, name, changed_at) VALUES ('d' || ?1, 'n', 0)";
        other.execute(sql, [n]).unwrap();
        assert_eq!(index.store.firewalls().await.unwrap().len(), count(n));
        assert_eq!(index.store.labels().await.unwrap().len(), count(n));
    }
    // This process's own writes count as well.
    index.store.firewall("own", "http://own", index.clock.now()).await.unwrap();
    assert_eq!(index.store.firewalls().await.unwrap().len(), 4);
}
