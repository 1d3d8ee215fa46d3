CREATE TABLE interface_addresses (
    -- Every IPv4 and IPv6 address of every interface of the firewall, aliases and CARP addresses included.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Address, without prefix length or zone.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    device TEXT NOT NULL, -- Device name of the interface.
    key TEXT COLLATE NOCASE, -- Key of the interface (lan, opt3); absent when not assigned.
    name TEXT COLLATE NOCASE, -- Description of the interface.
    family TEXT, -- inet or inet6.
    prefix_length INTEGER, -- Bits of the network.
    network TEXT, -- The address with its prefix length; its whole network is found by it. Separated by commas.
    is_primary INTEGER, -- The interface's own address, not an alias. 0 or 1.
    scope TEXT, -- global, private (RFC 1918, fd00::/8), shared (100.64.0.0/10), link or host.
    PRIMARY KEY (firewall_id, ip_sort, device)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX interface_addresses_ip ON interface_addresses (ip_sort);
-- Filters on key.
CREATE INDEX interface_addresses_key ON interface_addresses (key);
-- locate by name; filters on name.
CREATE INDEX interface_addresses_name ON interface_addresses (name);
