CREATE TABLE ndp (
    -- NDP table: IPv6 neighbours used recently; it has no ages.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- IPv6 address, without its zone.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    device TEXT NOT NULL, -- Device name of the interface, such as vlan01.
    mac TEXT NOT NULL, -- Hardware address that answers.
    interface_name TEXT COLLATE NOCASE, -- Description of the interface, such as IOT.
    vendor TEXT, -- Manufacturer by the firewall's OUI list.
    randomised INTEGER, -- MAC is locally administered: a private address or a virtual machine. 0 or 1.
    PRIMARY KEY (firewall_id, ip_sort, device, mac)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX ndp_ip ON ndp (ip_sort);
-- locate by hardware address.
CREATE INDEX ndp_mac ON ndp (mac);
-- Filters on interface_name.
CREATE INDEX ndp_interface_name ON ndp (interface_name);
