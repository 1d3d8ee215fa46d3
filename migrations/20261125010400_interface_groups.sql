CREATE TABLE interface_groups (
    -- Interface groups and their members, with the order in which their rules are evaluated.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name that rules use in place of an interface key.
    members TEXT, -- Keys of the member interfaces, separated by commas; absent for groups the system fills.
    member_names TEXT, -- Descriptions of the members.
    sequence INTEGER, -- Groups with a lower number come first; their rules come after floating ones.
    listed INTEGER, -- Interfaces are grouped by it in the menus. 0 or 1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX interface_groups_name ON interface_groups (name);
-- locate by name; filters on description.
CREATE INDEX interface_groups_description ON interface_groups (description);
