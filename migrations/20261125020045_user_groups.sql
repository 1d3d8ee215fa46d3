CREATE TABLE user_groups (
    -- Groups of users of the firewall with their privileges. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the group.
    duplicate INTEGER NOT NULL, -- 0; higher when a name is used twice.
    number INTEGER, -- Group number.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    scope TEXT, -- system or user.
    members TEXT, -- Users in it.
    privileges TEXT, -- Its privileges.
    source_networks TEXT, -- Where its members must come from; absent for anywhere.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX user_groups_name ON user_groups (name);
-- locate by name; filters on description.
CREATE INDEX user_groups_description ON user_groups (description);
