CREATE TABLE gateways (
    -- Gateways with interface, address, monitor and which one is the default now; gateway_status has their health.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name that rules, routes and groups use.
    interface TEXT COLLATE NOCASE, -- Key of the interface.
    interface_name TEXT, -- Description of the interface.
    device TEXT, -- Device name of the interface.
    family TEXT, -- inet or inet6.
    ip TEXT, -- Address of the router; absent while a dynamic one is not known.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    monitor TEXT, -- Address that is probed; absent: none, or the gateway itself.
    monitor_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    monitored INTEGER, -- Probed for loss and delay. 0 or 1.
    enabled INTEGER, -- A disabled gateway is not used. 0 or 1.
    default_now INTEGER, -- Default route of its family at this moment. 0 or 1.
    default_candidate INTEGER, -- May become the default route. 0 or 1.
    priority INTEGER, -- The lowest candidate that is up becomes the default (1 to 255).
    weight INTEGER, -- Share within a group tier.
    far INTEGER, -- Outside of the interface's own networks. 0 or 1.
    forced_down INTEGER, -- Counted as down by the administrator's will. 0 or 1.
    dynamic INTEGER, -- Address or whole entry comes from DHCP, PPP or a tunnel. 0 or 1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration; the name for learnt ones.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX gateways_name ON gateways (name);
-- Filters on interface.
CREATE INDEX gateways_interface ON gateways (interface);
-- locate by address; "what is in this network".
CREATE INDEX gateways_ip ON gateways (ip_sort);
-- locate by address; "what is in this network".
CREATE INDEX gateways_monitor ON gateways (monitor_sort);
-- locate by name; filters on description.
CREATE INDEX gateways_description ON gateways (description);
