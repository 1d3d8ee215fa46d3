CREATE TABLE dhcp_relay_destinations (
    -- Named groups of DHCP servers for the relays.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    name TEXT COLLATE NOCASE, -- Name of the group.
    servers TEXT, -- Addresses of the servers.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX dhcp_relay_destinations_name ON dhcp_relay_destinations (name);
