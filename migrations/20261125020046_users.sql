CREATE TABLE users (
    -- Users of the firewall with groups and privileges. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Login name.
    duplicate INTEGER NOT NULL, -- 0; higher when a name is used twice.
    number INTEGER, -- User number.
    full_name TEXT, -- Full name.
    disabled INTEGER, -- May not log in.
    scope TEXT, -- system or user.
    administrator INTEGER, -- May do everything.
    expires TEXT, -- Last day, as the firewall writes it.
    groups TEXT, -- Groups it belongs to.
    privileges TEXT, -- Privileges of its own.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX users_name ON users (name);
