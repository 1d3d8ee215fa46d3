CREATE TABLE static_routes (
    -- Configured static routes: network, gateway by name, enabled or not.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    uuid TEXT NOT NULL, -- Identifier in the configuration.
    network TEXT, -- Destination network. Separated by commas.
    gateway TEXT COLLATE NOCASE, -- Name of the gateway.
    enabled INTEGER, -- A disabled route is not installed. 0 or 1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, uuid)
) STRICT, WITHOUT ROWID;
-- Filters on gateway.
CREATE INDEX static_routes_gateway ON static_routes (gateway);
-- locate by name; filters on description.
CREATE INDEX static_routes_description ON static_routes (description);
