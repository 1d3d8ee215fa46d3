CREATE TABLE dns_blocklists (
    -- Block lists of Unbound: which lists are used, what is allowed or blocked by hand, for whom.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Description of the list; default where the release has only one.
    duplicate INTEGER NOT NULL, -- 0; higher when two lists have one description.
    type TEXT, -- Keys of the lists that are downloaded, such as hgz003.
    type_name TEXT, -- The same in words; absent on older releases.
    urls TEXT, -- Addresses of further lists.
    allowed TEXT, -- Names and patterns that are never blocked.
    blocked TEXT, -- Names blocked by hand.
    wildcards TEXT, -- Domains blocked with all names below them.
    source_networks TEXT, -- Clients it applies to; absent for all.
    answer TEXT, -- Address that is answered for a blocked name; absent for 0.0.0.0.
    nxdomain INTEGER, -- Blocked names do not exist.
    safe_search INTEGER, -- Search engines are forced to their safe mode; absent where that is a general setting.
    cache_ttl INTEGER, -- Seconds that a downloaded list is kept.
    enabled INTEGER, -- In use.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX dns_blocklists_name ON dns_blocklists (name);
