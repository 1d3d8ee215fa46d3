CREATE TABLE gateway_groups (
    -- Members of gateway groups by tier: the lowest tier that is up carries the traffic.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name that rules use in place of a gateway.
    gateway TEXT NOT NULL, -- Name of the member gateway.
    tier INTEGER, -- 1 to 5; the lowest tier that is up is used.
    trigger TEXT, -- When a member is out: down, downloss, downlatency or downlosslatency.
    pool TEXT, -- How members of one tier share connections; absent: the system's default.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, gateway)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX gateway_groups_name ON gateway_groups (name);
-- locate by name; filters on description.
CREATE INDEX gateway_groups_description ON gateway_groups (description);
