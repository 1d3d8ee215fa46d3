CREATE TABLE services (
    -- Services of the firewall: which run now, which are locked against stopping.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier, such as dpinger/WAN_DHCP.
    name TEXT COLLATE NOCASE, -- Name of the daemon, such as unbound.
    description TEXT, -- What it is, as the web page words it.
    running INTEGER, -- Runs now.
    locked INTEGER, -- Cannot be stopped by hand.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX services_name ON services (name);
