CREATE TABLE ids_rulesets (
    -- Rule sets that intrusion detection knows, enabled or not.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    file TEXT NOT NULL, -- Name of the file.
    duplicate INTEGER NOT NULL, -- 0; higher when a file is listed twice.
    description TEXT COLLATE NOCASE, -- Name of the rule set.
    enabled INTEGER, -- Downloaded and used.
    modified TEXT, -- When the file last changed, as the firewall writes it.
    PRIMARY KEY (firewall_id, file, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX ids_rulesets_description ON ids_rulesets (description);
