-- History is ordered by position: by time, as long as the clock only goes forward; where it went backwards a new turn
-- begins, so that what was seen later stands later. Imported states of the past take their place in time.
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0 /* Grows when the clock had gone backwards since the run before. */;
ALTER TABLE runs ADD COLUMN position INTEGER NOT NULL DEFAULT 0 /* Place in history: the turn times 2^48, plus started_at. */;
ALTER TABLE runs ADD COLUMN release TEXT /* OPNsense release that answered. */;
ALTER TABLE runs ADD COLUMN config_revision TEXT /* Configuration revision that answered, in the firewall's own words. */;
ALTER TABLE runs ADD COLUMN stored INTEGER NOT NULL DEFAULT 0 /* Bytes of compressed chunks that this run added. */;
UPDATE runs SET position = started_at;
CREATE TRIGGER runs_position AFTER INSERT ON runs BEGIN
    UPDATE runs SET position = (new.turn << 48) + new.started_at WHERE run_id = new.run_id;
END;
-- as_of: "the newest run that began before this moment".
CREATE INDEX runs_position ON runs (firewall_id, position);

DROP INDEX snapshots_domain;
ALTER TABLE snapshots ADD COLUMN position INTEGER NOT NULL DEFAULT 0 /* Place in history: that of its run. */;
ALTER TABLE snapshots ADD COLUMN thinned_from INTEGER /* Position since which the state was another one that retention has dropped; absent: none was. */;
UPDATE snapshots SET position = (SELECT position FROM runs r WHERE r.run_id = snapshots.run_id);
CREATE TRIGGER snapshots_position AFTER INSERT ON snapshots BEGIN
    UPDATE snapshots SET position = (SELECT position FROM runs WHERE run_id = new.run_id) WHERE snapshot_id = new.snapshot_id;
END;
-- as_of: "the newest snapshot of this domain up to that place in history".
CREATE INDEX snapshots_position ON snapshots (firewall_id, domain, position, run_id);

-- A chunk may be stored as its difference from another; the index holds eight bytes of the hash, not all.
CREATE TABLE chunks_new (
    -- Content-addressed pieces of snapshots, shared between snapshots, domains and firewalls.
    chunk_id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL, -- First 16 bytes of the BLAKE3 of the uncompressed content; the node above holds all 32.
    size INTEGER NOT NULL, -- Bytes before compression.
    base INTEGER, -- Chunk whose content is the dictionary of `data`; absent: it stands alone.
    depth INTEGER NOT NULL, -- Bases below it.
    data BLOB NOT NULL -- LZ4 block. Leaves hold one JSON row per line; nodes hold the hashes of their children.
) STRICT;
INSERT INTO chunks_new SELECT chunk_id, substr(hash, 1, 16), size, NULL, 0, data FROM chunks;
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
    position INTEGER NOT NULL, -- Place in history of the run that saw them.
    snapshot_id INTEGER NOT NULL, -- Snapshot whose rows they stand beside, in its order.
    at INTEGER NOT NULL, -- Milliseconds since the Unix epoch.
    hash BLOB NOT NULL, -- BLAKE3 of the uncompressed content.
    size INTEGER NOT NULL, -- Bytes before compression.
    data BLOB NOT NULL, -- LZ4 block of one line per row.
    PRIMARY KEY (firewall_id, domain, position)
) STRICT, WITHOUT ROWID;
