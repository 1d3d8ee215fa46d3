CREATE TABLE alias_contents (
    -- Entries of the loaded alias tables (after DNS, downloads and nesting), one row each, when last read.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    alias TEXT NOT NULL COLLATE NOCASE, -- Name of the alias.
    entry TEXT NOT NULL, -- Address or network; `!` excludes it from the alias.
    negated INTEGER, -- Excluded: it does not match although a larger entry does. 0 or 1.
    network TEXT, -- The entry without its sign. Separated by commas.
    PRIMARY KEY (firewall_id, alias COLLATE BINARY, entry)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on alias.
CREATE INDEX alias_contents_alias ON alias_contents (alias);
