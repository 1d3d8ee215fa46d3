CREATE TABLE tunables (
    -- Kernel settings: the value in force, the default, and what it is for.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the setting, such as net.inet.ip.redirect.
    duplicate INTEGER NOT NULL, -- 0; higher when a setting is listed several times.
    value TEXT, -- Value in force: the configured one, else the default.
    default_value TEXT, -- Default of OPNsense.
    changed INTEGER, -- Configured to something else than the default.
    description TEXT, -- What it does.
    type TEXT, -- When it can be set, such as runtime or boot_time.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX tunables_name ON tunables (name);
