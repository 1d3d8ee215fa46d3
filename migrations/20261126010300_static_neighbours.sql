CREATE TABLE static_neighbours (
    -- Addresses pinned to hardware addresses by the administrator: entries of ARP and NDP that never expire.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Address that is pinned.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    duplicate INTEGER NOT NULL, -- 0; higher when an entry is configured several times.
    mac TEXT NOT NULL, -- Hardware address it is pinned to.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    origin TEXT, -- manual, or the service that pins it (26.1 and later).
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, ip_sort, duplicate, mac)
) STRICT, WITHOUT ROWID;
-- locate by address; which addresses of a network are pinned.
CREATE INDEX static_neighbours_ip ON static_neighbours (ip_sort);
-- locate by hardware address: which addresses are pinned to a device.
CREATE INDEX static_neighbours_mac ON static_neighbours (mac);
-- locate by name; filters on description.
CREATE INDEX static_neighbours_description ON static_neighbours (description);
