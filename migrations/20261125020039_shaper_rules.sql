CREATE TABLE shaper_rules (
    -- Rules of the traffic shaper: which packets go through which pipe or queue.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    sequence INTEGER, -- Place in the order of evaluation.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    interface TEXT COLLATE NOCASE, -- Interface keys, such as opt1.
    interface_name TEXT COLLATE NOCASE, -- Interface descriptions.
    protocol TEXT, -- Protocol, such as tcp.
    direction TEXT, -- in or out; absent for both.
    source TEXT, -- Sources; a leading ! in source_inverted.
    source_inverted INTEGER, -- All sources but these.
    source_port TEXT, -- Source port.
    destination TEXT, -- Destinations.
    destination_inverted INTEGER, -- All destinations but these.
    destination_port TEXT, -- Destination port.
    target TEXT, -- Pipe or queue, by its description.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX shaper_rules_description ON shaper_rules (description);
-- Filters on interface.
CREATE INDEX shaper_rules_interface ON shaper_rules (interface);
-- Filters on interface_name.
CREATE INDEX shaper_rules_interface_name ON shaper_rules (interface_name);
