CREATE TABLE plugins (
    -- Plugins that are installed, or configured and missing.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the package, such as os-haproxy.
    duplicate INTEGER NOT NULL, -- 0; higher when a package is listed twice.
    installed INTEGER, -- It is there.
    configured INTEGER, -- The configuration wants it.
    version TEXT, -- Installed version.
    about TEXT, -- What it does.
    repository TEXT, -- Where it came from.
    locked INTEGER, -- May not be updated.
    tier INTEGER, -- How well it is supported: 1 best, 3 by its author.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX plugins_name ON plugins (name);
