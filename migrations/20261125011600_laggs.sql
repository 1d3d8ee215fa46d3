CREATE TABLE laggs (
    -- Link aggregation devices with their member ports and protocol.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name, such as lagg0.
    members TEXT, -- Device names of the member ports, separated by commas.
    protocol TEXT, -- lacp, failover, loadbalance, roundrobin or none.
    primary_member TEXT, -- Port that carries the traffic in failover mode.
    fast_timeout INTEGER, -- LACP partners are missed after 3 s instead of 90. 0 or 1.
    hash TEXT, -- Layers that choose the port; absent: the default.
    mtu INTEGER, -- Maximum transmission unit in bytes, when set.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX laggs_device ON laggs (device);
-- locate by name; filters on description.
CREATE INDEX laggs_description ON laggs (description);
