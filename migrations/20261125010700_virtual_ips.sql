CREATE TABLE virtual_ips (
    -- Virtual addresses as configured: IP aliases, CARP addresses, proxy ARP ranges.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Address, or the first of a proxy ARP network.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    uuid TEXT NOT NULL, -- Identifier in the configuration.
    mode TEXT COLLATE NOCASE, -- ipalias, carp, proxyarp or other.
    network TEXT, -- Network it stands for, with prefix length. Separated by commas.
    interface TEXT COLLATE NOCASE, -- Key of the interface.
    interface_name TEXT, -- Description of the interface.
    vhid INTEGER, -- Virtual host ID of a CARP group (1 to 255).
    advertise_base INTEGER, -- Base interval of CARP advertisements in seconds.
    advertise_skew INTEGER, -- Added to the interval in 1/256 s: the lowest is master.
    peer TEXT, -- Unicast CARP peer; absent: multicast.
    peer_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    peer6 TEXT, -- Unicast CARP peer over IPv6.
    peer6_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    gateway TEXT, -- Gateway of an IP alias on a point-to-point link.
    expand INTEGER, -- A proxy ARP network is offered address by address in NAT. 0 or 1.
    bind INTEGER, -- Services listen on it. 0 or 1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, ip_sort, uuid)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX virtual_ips_ip ON virtual_ips (ip_sort);
-- Filters on mode.
CREATE INDEX virtual_ips_mode ON virtual_ips (mode);
-- Filters on interface.
CREATE INDEX virtual_ips_interface ON virtual_ips (interface);
-- locate by address; "what is in this network".
CREATE INDEX virtual_ips_peer ON virtual_ips (peer_sort);
-- locate by address; "what is in this network".
CREATE INDEX virtual_ips_peer6 ON virtual_ips (peer6_sort);
-- locate by name; filters on description.
CREATE INDEX virtual_ips_description ON virtual_ips (description);
