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

-- sync, import or backfill. The latter two bring states of the past: their started_at is the moment the state is
-- of (as is taken_at of their snapshots) and finished_at when it was read, so runs are in order of started_at and
-- not of run_id.
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'sync';
