CREATE TABLE firewall_log (
    -- The last 1,000 entries of the firewall log. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Hash of the entry.
    duplicate INTEGER NOT NULL, -- 0; higher when two entries are the same.
    logged TEXT COLLATE NOCASE, -- When, in the firewall's own time.
    device TEXT COLLATE NOCASE, -- Device it passed, such as vlan03.
    action TEXT COLLATE NOCASE, -- pass, block, rdr, nat or binat.
    direction TEXT, -- in or out.
    protocol TEXT, -- Protocol, such as tcp.
    source TEXT, -- Source address.
    source_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    source_port INTEGER, -- Source port.
    destination TEXT, -- Destination address.
    destination_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    destination_port INTEGER, -- Destination port.
    length INTEGER, -- Bytes of the packet.
    tcp_flags TEXT, -- TCP flags.
    reason TEXT, -- match, or why it was dropped.
    rule TEXT COLLATE NOCASE, -- Identifier of the rule, as in firewall_rules.
    description TEXT, -- Description of the rule.
    PRIMARY KEY (firewall_id, id, duplicate)
) STRICT, WITHOUT ROWID;
-- Filters on logged.
CREATE INDEX firewall_log_logged ON firewall_log (logged);
-- Filters on device.
CREATE INDEX firewall_log_device ON firewall_log (device);
-- Filters on action.
CREATE INDEX firewall_log_action ON firewall_log (action);
-- locate by address; filters on source.
CREATE INDEX firewall_log_source ON firewall_log (source_sort);
-- locate by address; filters on destination.
CREATE INDEX firewall_log_destination ON firewall_log (destination_sort);
-- Filters on rule.
CREATE INDEX firewall_log_rule ON firewall_log (rule);
