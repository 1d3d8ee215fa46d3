CREATE TABLE dhcp_reservations (
    -- Fixed DHCP assignments of Kea and dnsmasq; those of ISC appear as static leases.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    backend TEXT NOT NULL, -- kea4, kea6 or dnsmasq.
    uuid TEXT NOT NULL, -- Identifier in the configuration.
    item INTEGER NOT NULL, -- Position when one entry names several addresses or MACs; else 0.
    ip TEXT, -- Reserved address; absent when the address is dynamic.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    mac TEXT, -- Hardware address it is for.
    duid TEXT, -- DHCP unique identifier (RFC 8415, 11) it is for.
    client_id TEXT, -- Client identifier (RFC 2132, 9.14) it is for.
    hostname TEXT COLLATE NOCASE, -- Name handed to the client.
    subnet TEXT, -- Subnet it belongs to (Kea).
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, backend, uuid, item)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX dhcp_reservations_ip ON dhcp_reservations (ip_sort);
-- locate by hardware address.
CREATE INDEX dhcp_reservations_mac ON dhcp_reservations (mac);
-- locate by name; filters on hostname.
CREATE INDEX dhcp_reservations_hostname ON dhcp_reservations (hostname);
-- locate by name; filters on description.
CREATE INDEX dhcp_reservations_description ON dhcp_reservations (description);
