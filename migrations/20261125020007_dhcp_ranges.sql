CREATE TABLE dhcp_ranges (
    -- Address ranges that Kea and dnsmasq give leases from, and prefixes that Kea delegates.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    backend TEXT NOT NULL, -- kea4, kea6, kea6_prefixes (delegation) or dnsmasq.
    scope TEXT NOT NULL, -- Subnet (Kea) or interface description (dnsmasq) that it serves.
    range TEXT NOT NULL, -- First and last address, a network, or a prefix; of dnsmasq IPv6 the part after the prefix.
    duplicate INTEGER NOT NULL, -- 0; higher when the same range is configured several times.
    addresses TEXT, -- The range, searchable by address; absent when it is relative to a prefix.
    interface TEXT COLLATE NOCASE, -- Interface key, of dnsmasq ranges.
    constructor TEXT, -- Interface whose prefix completes an IPv6 range of dnsmasq.
    lease_time INTEGER, -- Lifetime of a lease in seconds; absent for the default of the server.
    domain TEXT, -- Domain of the leases.
    router_advertisements TEXT, -- Mode of router advertisements, such as slaac.
    tag TEXT, -- Tag that clients of the range get.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, backend, scope, range, duplicate)
) STRICT, WITHOUT ROWID;
-- Filters on interface.
CREATE INDEX dhcp_ranges_interface ON dhcp_ranges (interface);
-- locate by name; filters on description.
CREATE INDEX dhcp_ranges_description ON dhcp_ranges (description);
