CREATE TABLE npt (
    -- IPv6 network prefix translation: inner prefixes and the outer ones they leave under.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
    uuid TEXT NOT NULL COLLATE NOCASE, -- Identifier in the configuration.
    enabled INTEGER, -- A disabled rule is not loaded. 0 or 1.
    interface TEXT COLLATE NOCASE, -- Key of the interface the traffic leaves by.
    internal TEXT, -- Inner prefix. Separated by commas.
    external TEXT, -- Outer prefix; absent when it follows an interface. Separated by commas.
    track_interface TEXT, -- Key of the interface whose prefix is the outer one.
    log INTEGER, -- Matches are logged. 0 or 1.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, position, uuid COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX npt_uuid ON npt (uuid);
-- Filters on interface.
CREATE INDEX npt_interface ON npt (interface);
-- locate by name; filters on description.
CREATE INDEX npt_description ON npt (description);
