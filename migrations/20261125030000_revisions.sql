CREATE TABLE revisions (
    -- The firewall's own configuration revisions: who saved what, when, in whose words. From backfill and import.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    revised_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch: when the configuration was saved.
    backup_id TEXT NOT NULL, -- Name of the backup on the firewall (config-1795473052.25.xml); empty when imported from a file.
    user TEXT, -- Who saved it, as the firewall writes it: root@192.168.1.20, (root).
    description TEXT, -- What the firewall or the user said about it.
    run_id INTEGER REFERENCES runs (run_id), -- The run that turned it into snapshots of revised_at; absent when it could not be read.
    problem TEXT, -- Why it could not be read: gone before it was fetched, not well-formed.
    PRIMARY KEY (firewall_id, revised_at, backup_id)
) STRICT, WITHOUT ROWID;

-- What made a run: sync, import or backfill.
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'sync';
-- Milliseconds since the Unix epoch: the moment the state of an import or backfill is of; absent for a sync,
-- whose state is of its own time. Snapshots of such a run have this `taken_at`, however high their numbers are.
ALTER TABLE runs ADD COLUMN state_at INTEGER;
