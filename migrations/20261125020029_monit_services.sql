CREATE TABLE monit_services (
    -- Services, hosts and files that Monit watches, and the tests applied.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of what is watched.
    duplicate INTEGER NOT NULL, -- 0; higher when a name is used twice.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    type TEXT, -- What it is, such as Remote Host or Process.
    address TEXT COLLATE NOCASE, -- Host that is watched.
    path TEXT, -- File that is watched.
    tests TEXT, -- Names of the tests.
    interval TEXT, -- How often, when not as often as the rest.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX monit_services_name ON monit_services (name);
-- locate by name; filters on description.
CREATE INDEX monit_services_description ON monit_services (description);
-- locate by name; filters on address.
CREATE INDEX monit_services_address ON monit_services (address);
