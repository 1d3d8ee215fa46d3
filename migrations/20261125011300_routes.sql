CREATE TABLE routes (
    -- Kernel routes (IPv4 and IPv6) with next hop and device, static, learnt and connected.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    destination TEXT NOT NULL, -- default, a network, or a host.
    next_hop TEXT NOT NULL, -- Address of the next router, link#n when directly connected.
    device TEXT NOT NULL, -- Device name of the outgoing interface.
    family TEXT NOT NULL, -- inet or inet6.
    duplicate INTEGER NOT NULL, -- 0; higher for identical routes.
    network TEXT, -- The destination as a network. Separated by commas.
    gateway TEXT, -- The next hop when it is an address.
    gateway_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    interface_name TEXT COLLATE NOCASE, -- Description of the interface.
    flags TEXT, -- netstat's letters: U up, G gateway, H host, S static, B blackhole, R reject.
    mtu INTEGER, -- Maximum transmission unit in bytes.
    expires_in INTEGER, -- Seconds left when it was read; absent: it stays.
    PRIMARY KEY (firewall_id, destination, next_hop, device, family, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX routes_gateway ON routes (gateway_sort);
-- Filters on interface_name.
CREATE INDEX routes_interface_name ON routes (interface_name);
