CREATE TABLE dns_acls (
    -- Access lists of Unbound: which networks may ask, and which are refused.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the list.
    duplicate INTEGER NOT NULL, -- 0; higher when two lists have one name.
    action TEXT, -- allow, deny, refuse, allow_snoop, deny_non_local or refuse_non_local.
    networks TEXT, -- Networks it is about.
    enabled INTEGER, -- In use.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX dns_acls_name ON dns_acls (name);
-- locate by name; filters on description.
CREATE INDEX dns_acls_description ON dns_acls (description);
