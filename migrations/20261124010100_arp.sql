CREATE TABLE arp (
    -- ARP table: IPv4 neighbours seen within about 20 minutes, and the firewall's own addresses.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- IPv4 address.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    device TEXT NOT NULL, -- Device name of the interface, such as vlan01.
    mac TEXT NOT NULL, -- Hardware address that answers.
    interface_name TEXT COLLATE NOCASE, -- Description of the interface, such as IOT.
    hostname TEXT COLLATE NOCASE, -- Name by lease or reverse DNS, when the firewall knows one.
    vendor TEXT, -- Manufacturer by the firewall's OUI list.
    randomised INTEGER, -- MAC is locally administered: a private address or a virtual machine. 0 or 1.
    permanent INTEGER, -- Static entry or one of the firewall's own addresses. 0 or 1.
    expired INTEGER, -- Entry is past its lifetime. 0 or 1.
    expires_in INTEGER, -- Seconds left when it was read; absent for permanent entries.
    PRIMARY KEY (firewall_id, ip_sort, device, mac)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX arp_ip ON arp (ip_sort);
-- locate by hardware address.
CREATE INDEX arp_mac ON arp (mac);
-- Filters on interface_name.
CREATE INDEX arp_interface_name ON arp (interface_name);
-- locate by name; filters on hostname.
CREATE INDEX arp_hostname ON arp (hostname);
