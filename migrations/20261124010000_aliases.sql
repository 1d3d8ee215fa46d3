CREATE TABLE aliases (
    -- Firewall aliases as configured (nested names and negated entries as written), with table sizes.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name that rules use.
    type TEXT COLLATE NOCASE, -- host, network, port, url, urltable, urljson, geoip, networkgroup, mac, asn, dynipv6host, authgroup, internal or external.
    enabled INTEGER, -- A disabled alias is an empty table: it never matches. 0 or 1.
    content TEXT, -- Entries as configured; `!` negates, other names are nested aliases. Separated by commas.
    protocol TEXT, -- IPv4, IPv6 or both, for types that resolve.
    interface TEXT, -- Key of the interface a dynamic IPv6 host follows.
    update_days TEXT, -- Refresh interval of a URL table, in days.
    entries INTEGER, -- Entries in the loaded table when it was read.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX aliases_name ON aliases (name);
-- Filters on type.
CREATE INDEX aliases_type ON aliases (type);
-- locate by name; filters on description.
CREATE INDEX aliases_description ON aliases (description);
