CREATE TABLE dhcp_relays (
    -- DHCP relays: from which interface to which server.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    enabled INTEGER, -- In use.
    interface TEXT COLLATE NOCASE, -- Interface keys, such as opt1.
    interface_name TEXT COLLATE NOCASE, -- Interface descriptions.
    destination TEXT COLLATE NOCASE, -- Name of the destination, as in dhcp_relay_destinations.
    agent_information INTEGER, -- Adds relay agent information (RFC 3046).
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- Filters on interface.
CREATE INDEX dhcp_relays_interface ON dhcp_relays (interface);
-- Filters on interface_name.
CREATE INDEX dhcp_relays_interface_name ON dhcp_relays (interface_name);
-- locate by name; filters on destination.
CREATE INDEX dhcp_relays_destination ON dhcp_relays (destination);
