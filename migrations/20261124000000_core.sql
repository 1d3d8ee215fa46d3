-- "opnd" in ASCII: tells our files from other SQLite databases, which are refused untouched.
PRAGMA application_id = 1869639268;

CREATE TABLE firewalls (
    -- One row per firewall that was ever synced.
    firewall_id INTEGER PRIMARY KEY, -- Local number; every other table refers to it.
    name TEXT NOT NULL COLLATE NOCASE UNIQUE, -- Name from the settings; the host of the URL when none was given.
    url TEXT NOT NULL, -- Base URL without credentials.
    host_name TEXT, -- The firewall's own fully qualified name.
    release TEXT, -- OPNsense release at the newest contact, such as 26.7.2.
    release_exact INTEGER, -- 1 when the firewall said it, 0 when inferred from its endpoints.
    config_revision TEXT, -- Time of the last configuration change, in the firewall's own words.
    first_seen INTEGER NOT NULL -- Milliseconds since the Unix epoch.
) STRICT;

CREATE TABLE runs (
    -- One row per sync run.
    run_id INTEGER PRIMARY KEY, -- Grows with every run, whatever the clock does.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    started_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch.
    finished_at INTEGER, -- Absent while it runs, or when the process died.
    outcome TEXT NOT NULL, -- running, complete, partial, failed or cancelled.
    requests INTEGER NOT NULL DEFAULT 0, -- HTTP requests sent.
    changed INTEGER NOT NULL DEFAULT 0, -- Rows added, modified or deleted in all domains.
    reason TEXT -- Why it is not complete.
) STRICT;
-- status: "the newest run of this firewall".
CREATE INDEX runs_firewall ON runs (firewall_id);

CREATE TABLE sources (
    -- What the newest contact with each endpoint gave; the freshness and completeness of every answer.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    source TEXT NOT NULL, -- Tag of the endpoint within the domain, such as kea4.
    state TEXT NOT NULL, -- fresh, absent, denied, unreachable, malformed or suspect.
    reason TEXT, -- Why it is not fresh, as a sentence.
    gap TEXT, -- What this release's API cannot tell, even when fresh.
    checked_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch: when it was last asked.
    good_at INTEGER, -- Milliseconds since the Unix epoch: when it last answered in full.
    rows INTEGER NOT NULL DEFAULT 0, -- Rows it contributed then.
    empty_since INTEGER, -- Milliseconds: since when it answers without rows although it had some.
    empty_looks INTEGER NOT NULL DEFAULT 0, -- How often it has done so in a row.
    body_hash BLOB, -- BLAKE3 of its last good answer, to skip one that did not change.
    PRIMARY KEY (firewall_id, domain, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE domains (
    -- One row per firewall and domain that ever had an answer.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    snapshot_id INTEGER REFERENCES snapshots (snapshot_id), -- The state the table shows.
    rows INTEGER NOT NULL DEFAULT 0, -- Rows in the domain's table.
    rejects INTEGER NOT NULL DEFAULT 0, -- Rows that could not be read.
    stamp BLOB NOT NULL, -- Hash of the column list that filled the table; another one means: rebuild.
    PRIMARY KEY (firewall_id, domain)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejects (
    -- Rows that did not parse, with the reason. Nothing the firewall said is lost.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    identity BLOB NOT NULL, -- Identity of the raw row within the domain.
    source TEXT NOT NULL,
    field TEXT NOT NULL, -- Field that could not be read.
    reason TEXT NOT NULL,
    raw TEXT NOT NULL, -- The row, reduced to the allowed fields, as JSON.
    PRIMARY KEY (firewall_id, domain, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE address_ranges (
    -- Every address, network or range that a column of several addresses names, one row each.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    domain TEXT NOT NULL,
    row_key TEXT NOT NULL, -- Primary key of the row, after the firewall, as a JSON array.
    field TEXT NOT NULL, -- Column that names it.
    first BLOB NOT NULL, -- First address, 16 sortable bytes.
    last BLOB NOT NULL, -- Last address, 16 sortable bytes.
    PRIMARY KEY (firewall_id, domain, row_key, field, first, last)
) STRICT, WITHOUT ROWID;
-- locate: "which alias, rule or interface covers this address".
CREATE INDEX address_ranges_first ON address_ranges (first, last);
