CREATE TABLE host_discovery (
    -- Hosts by the discovery daemon, which remembers them beyond ARP: first and last seen.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Address the host used.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    mac TEXT NOT NULL, -- Hardware address of the host.
    interface TEXT NOT NULL, -- Description of the interface; on 25.7 its device name.
    vendor TEXT, -- Manufacturer by the firewall's OUI list.
    randomised INTEGER, -- MAC is locally administered: a private address or a virtual machine.
    first_seen INTEGER, -- When it was first seen; absent when the daemon is off.
    last_seen INTEGER, -- When it was last seen; absent when the daemon is off.
    remembered INTEGER, -- By the discovery daemon; otherwise only the ARP and NDP tables of now.
    PRIMARY KEY (firewall_id, ip_sort, mac, interface)
) STRICT, WITHOUT ROWID;
-- locate by address; filters on ip.
CREATE INDEX host_discovery_ip ON host_discovery (ip_sort);
-- locate by hardware address; filters on mac.
CREATE INDEX host_discovery_mac ON host_discovery (mac);
