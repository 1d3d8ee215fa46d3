CREATE TABLE ipsec_connections (
    -- IPsec connections: both ends, proposals, version.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    version TEXT, -- IKE version; both when absent.
    local TEXT, -- Addresses of this end; absent for any.
    remote TEXT, -- Addresses or names of the other end; absent for any.
    proposals TEXT, -- Algorithms offered for phase 1.
    mobike INTEGER, -- The ends may move (RFC 4555).
    dead_peer_delay INTEGER, -- Seconds between checks of the other end.
    rekey_time INTEGER, -- Seconds until new keys.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX ipsec_connections_description ON ipsec_connections (description);
