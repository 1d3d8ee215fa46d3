CREATE TABLE monit_alerts (
    -- Recipients of the mails of Monit.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    recipient TEXT NOT NULL COLLATE NOCASE, -- Mail address.
    duplicate INTEGER NOT NULL, -- 0; higher when a recipient is listed twice.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    inverted INTEGER, -- All events but these.
    events TEXT, -- Events that are told; absent for all.
    reminder INTEGER, -- Repeated after so many cycles.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, recipient COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on recipient.
CREATE INDEX monit_alerts_recipient ON monit_alerts (recipient);
-- locate by name; filters on description.
CREATE INDEX monit_alerts_description ON monit_alerts (description);
