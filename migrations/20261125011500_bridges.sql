CREATE TABLE bridges (
    -- Bridge devices with their member interfaces and spanning tree.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name, such as bridge0.
    members TEXT, -- Keys of the member interfaces, separated by commas.
    member_names TEXT, -- Descriptions of the members, where the release gives them.
    spanning_tree INTEGER, -- Spanning tree runs on some member. 0 or 1.
    spanning_tree_protocol TEXT, -- stp or rstp.
    span_port TEXT, -- Key of the interface that gets a copy of all frames.
    private_ports TEXT, -- Members that do not talk to each other.
    link_local INTEGER, -- The bridge has a link-local IPv6 address. 0 or 1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX bridges_device ON bridges (device);
-- locate by name; filters on description.
CREATE INDEX bridges_description ON bridges (description);
