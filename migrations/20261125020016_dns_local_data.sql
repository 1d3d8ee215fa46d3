CREATE TABLE dns_local_data (
    -- Records that Unbound serves now: overrides, reservations, leases and interface names that it registered.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name without the dot at its end.
    type TEXT NOT NULL, -- Record type, such as A, AAAA or PTR.
    value TEXT NOT NULL, -- What it is answered with.
    duplicate INTEGER NOT NULL, -- 0; higher when the server lists one record several times.
    ip TEXT, -- The value, when it is an address.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    ttl INTEGER, -- Seconds that others may keep the answer.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, type, value, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX dns_local_data_name ON dns_local_data (name);
-- locate by address; filters on ip.
CREATE INDEX dns_local_data_ip ON dns_local_data (ip_sort);
