CREATE TABLE firewall_categories (
    -- Categories of rules and aliases, with their colour.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    uuid TEXT NOT NULL, -- Identifier in the configuration; some releases name it in rules.
    name TEXT COLLATE NOCASE, -- Name.
    automatic INTEGER, -- Removed by itself when nothing uses it any more. 0 or 1.
    colour TEXT, -- Six hexadecimal digits.
    PRIMARY KEY (firewall_id, uuid)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX firewall_categories_name ON firewall_categories (name);
