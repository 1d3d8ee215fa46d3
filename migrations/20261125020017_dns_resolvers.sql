CREATE TABLE dns_resolvers (
    -- Name servers of the system: configured, or learned from the uplink.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    server TEXT NOT NULL, -- Address of the name server.
    server_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    family TEXT, -- inet or inet6.
    PRIMARY KEY (firewall_id, server_sort)
) STRICT, WITHOUT ROWID;
-- locate by address; filters on server.
CREATE INDEX dns_resolvers_server ON dns_resolvers (server_sort);
