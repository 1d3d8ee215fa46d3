CREATE TABLE chunks (
    -- Content-addressed pieces of snapshots, shared between snapshots, domains and firewalls.
    chunk_id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- BLAKE3 of the uncompressed content.
    size INTEGER NOT NULL, -- Bytes before compression.
    data BLOB NOT NULL -- LZ4 block. Leaves hold one JSON row per line; nodes hold the hashes of their children.
) STRICT;

CREATE TABLE snapshots (
    -- The truth: the state of one domain of one firewall at one moment. Tables are projections of it.
    snapshot_id INTEGER PRIMARY KEY,
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs (run_id), -- The run that saw it first.
    taken_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch.
    root BLOB NOT NULL, -- Hash of the root chunk.
    height INTEGER NOT NULL, -- Levels of nodes above the leaves.
    rows INTEGER NOT NULL
) STRICT;
-- "The newest snapshot of this domain before that moment".
CREATE INDEX snapshots_domain ON snapshots (firewall_id, domain, taken_at);

CREATE TABLE volatiles (
    -- Newest values of the fields that change by themselves (expiry, counters), beside the newest snapshot.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    hash BLOB NOT NULL, -- BLAKE3 of the uncompressed content.
    size INTEGER NOT NULL, -- Bytes before compression.
    data BLOB NOT NULL, -- LZ4 block of one line per row, in the snapshot's order.
    PRIMARY KEY (firewall_id, domain)
) STRICT, WITHOUT ROWID;
