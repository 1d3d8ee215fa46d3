CREATE TABLE dhcp_subnets (
    -- DHCP subnets that Kea serves, with pools and the options it hands out.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    subnet TEXT NOT NULL, -- Network it serves, such as 192.168.1.0/24.
    backend TEXT NOT NULL, -- kea4 or kea6.
    id TEXT NOT NULL, -- Identifier in the configuration.
    network TEXT, -- The same network, searchable by address.
    pools TEXT, -- Ranges and networks that addresses are given from.
    interface TEXT COLLATE NOCASE, -- Interface key of an IPv6 subnet.
    interface_name TEXT COLLATE NOCASE, -- Interface description of an IPv6 subnet.
    routers TEXT, -- Routers it announces; absent when Kea takes the interface address.
    dns_servers TEXT, -- DNS servers it announces.
    domain TEXT, -- Domain name it announces.
    search_domains TEXT, -- Search domains it announces.
    automatic_options INTEGER, -- Router and DNS servers follow the interface.
    lease_time INTEGER, -- Lifetime of a lease in seconds; absent for the default of the server.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, subnet, backend, id)
) STRICT, WITHOUT ROWID;
-- Filters on interface.
CREATE INDEX dhcp_subnets_interface ON dhcp_subnets (interface);
-- Filters on interface_name.
CREATE INDEX dhcp_subnets_interface_name ON dhcp_subnets (interface_name);
-- locate by name; filters on description.
CREATE INDEX dhcp_subnets_description ON dhcp_subnets (description);
