CREATE TABLE ipsec_children (
    -- Traffic selectors of IPsec connections: the networks at both ends.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    connection TEXT COLLATE NOCASE, -- Connection it belongs to, by its description.
    mode TEXT, -- tunnel, transport, pass or drop.
    local TEXT, -- Networks at this end.
    remote TEXT, -- Networks at the other end.
    proposals TEXT, -- Algorithms offered for phase 2.
    start TEXT, -- How it begins, such as start or trap.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX ipsec_children_description ON ipsec_children (description);
-- locate by name; filters on connection.
CREATE INDEX ipsec_children_connection ON ipsec_children (connection);
