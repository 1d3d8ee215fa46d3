CREATE TABLE vxlans (
    -- VXLAN devices: network identifier, local and remote end.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name, such as vxlan1.
    vni INTEGER, -- VXLAN network identifier (24 bits).
    local TEXT, -- Local end.
    local_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    local_port INTEGER, -- Local UDP port; absent: 4789.
    remote TEXT, -- Remote end of a point-to-point tunnel.
    remote_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    remote_port INTEGER, -- Remote UDP port; absent: 4789.
    multicast_group TEXT, -- Multicast group instead of a remote end.
    multicast_group_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    group_interface TEXT, -- Interface that carries the multicast.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX vxlans_device ON vxlans (device);
-- Filters on vni.
CREATE INDEX vxlans_vni ON vxlans (vni);
-- locate by address; "what is in this network".
CREATE INDEX vxlans_local ON vxlans (local_sort);
-- locate by address; "what is in this network".
CREATE INDEX vxlans_remote ON vxlans (remote_sort);
-- locate by address; "what is in this network".
CREATE INDEX vxlans_multicast_group ON vxlans (multicast_group_sort);
