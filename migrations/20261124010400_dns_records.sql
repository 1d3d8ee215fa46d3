CREATE TABLE dns_records (
    -- Host overrides and their aliases in Unbound, host entries in dnsmasq.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Fully qualified name; `*.` is a wildcard.
    type TEXT NOT NULL, -- A, AAAA, MX, TXT, or ALIAS of another override.
    backend TEXT NOT NULL, -- unbound, unbound_alias or dnsmasq.
    uuid TEXT NOT NULL, -- Identifier in the configuration.
    item INTEGER NOT NULL, -- Position when one entry names several addresses; else 0.
    ip TEXT, -- Address of an A or AAAA record.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    target TEXT COLLATE NOCASE, -- Mail server, text, or the override an alias follows.
    enabled INTEGER, -- Answered by the resolver. 0 or 1.
    ttl INTEGER, -- Time to live in seconds, when set.
    description TEXT, -- The administrator's words.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, type, backend, uuid, item)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX dns_records_name ON dns_records (name);
-- locate by address; "what is in this network".
CREATE INDEX dns_records_ip ON dns_records (ip_sort);
-- locate by name; filters on target.
CREATE INDEX dns_records_target ON dns_records (target);
