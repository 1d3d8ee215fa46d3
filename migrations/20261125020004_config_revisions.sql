CREATE TABLE config_revisions (
    -- Saved configurations on the firewall: when, by whom, why. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- File name of the backup.
    duplicate INTEGER NOT NULL, -- 0; higher when a file is listed twice.
    saved INTEGER, -- When it was saved.
    user TEXT COLLATE NOCASE, -- Who saved it: user@address, or (root).
    description TEXT, -- What changed, as the firewall or the user says.
    size INTEGER, -- Size of the file in bytes.
    PRIMARY KEY (firewall_id, id, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on user.
CREATE INDEX config_revisions_user ON config_revisions (user);
