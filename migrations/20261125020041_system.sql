CREATE TABLE system (
    -- The firewall: name, versions, uptime, load, memory and the state table.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name with domain.
    release TEXT, -- Release, such as OPNsense 26.7.2-amd64.
    base TEXT, -- Operating system below.
    tls TEXT, -- TLS library.
    updates TEXT, -- What the dashboard says about updates.
    booted TEXT, -- When it booted, in its own time; absent on 24.7.
    uptime INTEGER, -- Seconds since it booted.
    clock TEXT, -- Its clock when it was read.
    config_saved TEXT, -- When the configuration was last saved, in its own time.
    load_1 TEXT, -- Load average over one minute.
    load_5 TEXT, -- Over five minutes.
    load_15 TEXT, -- Over fifteen minutes.
    memory INTEGER, -- Memory in bytes.
    memory_used INTEGER, -- Bytes in use.
    memory_cache INTEGER, -- Bytes of them that the ZFS cache would give back.
    states INTEGER, -- Entries of the state table of pf.
    states_limit INTEGER, -- Most entries it may have.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX system_name ON system (name);
