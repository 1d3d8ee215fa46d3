CREATE TABLE vlans (
    -- VLAN devices with tag, parent device and the interface they are assigned to.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    tag INTEGER NOT NULL, -- VLAN ID, 1 to 4094.
    device TEXT NOT NULL, -- Device name, such as vlan01.
    parent TEXT COLLATE NOCASE, -- Device that carries the tag, such as igc1.
    interface_name TEXT COLLATE NOCASE, -- Description of the assigned interface; absent when not assigned.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    priority INTEGER, -- Priority code point, 0 to 7.
    protocol TEXT, -- 802.1q or 802.1ad when set by hand.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, tag, device)
) STRICT, WITHOUT ROWID;
-- Filters on parent.
CREATE INDEX vlans_parent ON vlans (parent);
-- Filters on interface_name.
CREATE INDEX vlans_interface_name ON vlans (interface_name);
-- locate by name; filters on description.
CREATE INDEX vlans_description ON vlans (description);
