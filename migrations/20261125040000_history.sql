-- History is ordered by run, not by clock: two runs may share a second, and a clock may go backwards.
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0 /* Grows when the clock had gone backwards since the run before. */;
ALTER TABLE runs ADD COLUMN release TEXT /* OPNsense release that answered. */;
ALTER TABLE runs ADD COLUMN config_revision TEXT /* Configuration revision that answered, in the firewall's own words. */;
ALTER TABLE runs ADD COLUMN stored INTEGER NOT NULL DEFAULT 0 /* Bytes of compressed chunks that this run added. */;
-- as_of: "the newest run that began before this moment".
CREATE INDEX runs_moment ON runs (firewall_id, turn, started_at);

DROP INDEX snapshots_domain;
ALTER TABLE snapshots ADD COLUMN thinned_from INTEGER /* Run since which the state was another one that retention has dropped; absent: none was. */;
-- as_of: "the newest snapshot of this domain up to that run".
CREATE INDEX snapshots_run ON snapshots (firewall_id, domain, run_id);

-- A chunk may be stored as its difference from another; the index holds eight bytes of the hash, not all.
CREATE TABLE chunks_new (
    -- Content-addressed pieces of snapshots, shared between snapshots, domains and firewalls.
    chunk_id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL, -- BLAKE3 of the uncompressed content.
    size INTEGER NOT NULL, -- Bytes before compression.
    base INTEGER, -- Chunk whose content is the dictionary of `data`; absent: it stands alone.
    depth INTEGER NOT NULL, -- Bases below it.
    data BLOB NOT NULL -- LZ4 block. Leaves hold one JSON row per line; nodes hold the hashes of their children.
) STRICT;
INSERT INTO chunks_new SELECT chunk_id, hash, size, NULL, 0, data FROM chunks;
DROP TABLE chunks;
ALTER TABLE chunks_new RENAME TO chunks;
-- "The chunk with this hash": a prefix tells all but one in 10^19 apart, the whole hash is compared.
CREATE INDEX chunks_hash ON chunks (substr(hash, 1, 8));

CREATE TABLE source_states (
    -- How the state of each endpoint changed: one row per change, so that an answer about the past knows what it misses.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    source TEXT NOT NULL, -- Tag of the endpoint within the domain, such as kea4.
    run_id INTEGER NOT NULL, -- Run that found it so; 0: before this was recorded.
    state TEXT NOT NULL, -- fresh, absent, denied, unreachable, malformed or suspect.
    reason TEXT, -- Why it is not fresh, as a sentence.
    gap TEXT, -- What this release's API cannot tell, even when fresh.
    good_at INTEGER, -- Milliseconds since the Unix epoch: when it had last answered in full.
    rows INTEGER NOT NULL,
    PRIMARY KEY (firewall_id, domain, source, run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO source_states SELECT firewall_id, domain, source, 0, state, reason, gap, good_at, rows FROM sources;

CREATE TABLE volatile_states (
    -- Earlier values of the fields that change by themselves: one per hour, thinned to one per day.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    run_id INTEGER NOT NULL, -- Run that saw them.
    snapshot_id INTEGER NOT NULL, -- Snapshot whose rows they stand beside, in its order.
    at INTEGER NOT NULL, -- Milliseconds since the Unix epoch.
    hash BLOB NOT NULL, -- BLAKE3 of the uncompressed content.
    size INTEGER NOT NULL, -- Bytes before compression.
    data BLOB NOT NULL, -- LZ4 block of one line per row.
    PRIMARY KEY (firewall_id, domain, run_id)
) STRICT, WITHOUT ROWID;
