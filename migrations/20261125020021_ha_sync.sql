CREATE TABLE ha_sync (
    -- High availability: synchronised states (pfsync), and synchronised configuration (XMLRPC).
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    part TEXT NOT NULL, -- states (pfsync) or configuration (XMLRPC).
    enabled INTEGER, -- In use.
    peer TEXT COLLATE NOCASE, -- The other firewall; of states absent for multicast.
    interface TEXT, -- Interface key that states travel over.
    items TEXT, -- Parts of the configuration that are synchronised.
    preempts INTEGER, -- The master takes over again after an outage.
    verifies_certificate INTEGER, -- The certificate of the other firewall is checked.
    PRIMARY KEY (firewall_id, part)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on peer.
CREATE INDEX ha_sync_peer ON ha_sync (peer);
