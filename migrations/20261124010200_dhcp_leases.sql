CREATE TABLE dhcp_leases (
    -- DHCP leases of Kea, ISC and dnsmasq, IPv4 and IPv6, expired ones included as the backend keeps them.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Leased address, or the prefix of a delegation.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    backend TEXT NOT NULL, -- kea4, kea6, isc4, isc6 or dnsmasq.
    type TEXT NOT NULL, -- dynamic, static, IA_NA (address) or IA_PD (prefix).
    duplicate INTEGER NOT NULL, -- 0; higher when the backend lists one address several times.
    mac TEXT, -- Hardware address of the client.
    hostname TEXT COLLATE NOCASE, -- Name the client gave itself.
    interface TEXT COLLATE NOCASE, -- Interface key, such as opt2.
    interface_name TEXT COLLATE NOCASE, -- Interface description, such as IOT.
    state TEXT, -- active, declined, expired, abandoned, backup or released, as the backend says.
    expires INTEGER, -- End of the lease; absent when it has none. Seconds since the Unix epoch.
    reserved INTEGER, -- Follows a reservation; absent where the release does not say. 0 or 1.
    duid TEXT COLLATE NOCASE, -- DHCP unique identifier of an IPv6 client.
    client_id TEXT, -- Client identifier as sent.
    prefix_length INTEGER, -- Length of a delegated prefix.
    vendor TEXT, -- Manufacturer by the firewall's OUI list.
    description TEXT, -- Description of an ISC static mapping.
    PRIMARY KEY (firewall_id, ip_sort, backend, type, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX dhcp_leases_ip ON dhcp_leases (ip_sort);
-- locate by hardware address.
CREATE INDEX dhcp_leases_mac ON dhcp_leases (mac);
-- locate by name; filters on hostname.
CREATE INDEX dhcp_leases_hostname ON dhcp_leases (hostname);
-- Filters on interface.
CREATE INDEX dhcp_leases_interface ON dhcp_leases (interface);
-- Filters on interface_name.
CREATE INDEX dhcp_leases_interface_name ON dhcp_leases (interface_name);
-- Filters on duid.
CREATE INDEX dhcp_leases_duid ON dhcp_leases (duid);
