CREATE TABLE alias_tables (
    -- Loaded alias tables with their number of entries; alias_contents has the entries.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the alias; names in double underscores are the firewall's own.
    internal INTEGER, -- Kept by the firewall itself, such as the networks of an interface. 0 or 1.
    entries INTEGER, -- Entries when it was read.
    updated TEXT, -- When it was last filled, in the firewall's local time; absent: not recorded.
    matches INTEGER, -- Rule evaluations that found an entry since the table was loaded; from 25.7.
    misses INTEGER, -- Rule evaluations that found none; from 25.7.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX alias_tables_name ON alias_tables (name);
