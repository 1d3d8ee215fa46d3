CREATE TABLE pf_states (
    -- State table of pf: the first 10,000 connections through the firewall now. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier and creator of the state.
    direction TEXT NOT NULL, -- in or out.
    duplicate INTEGER NOT NULL, -- 0; higher when one identifier is listed several times.
    device TEXT COLLATE NOCASE, -- Device it is bound to; all for any.
    interface_name TEXT, -- Description of that interface.
    protocol TEXT, -- Protocol, such as tcp.
    source TEXT, -- Source address.
    source_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    source_port INTEGER, -- Source port.
    destination TEXT, -- Destination address.
    destination_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    destination_port INTEGER, -- Destination port.
    nat TEXT, -- Translated address.
    nat_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    nat_port INTEGER, -- Translated port.
    gateway TEXT, -- Gateway it is sent to by policy.
    state TEXT, -- State of both ends.
    rule TEXT COLLATE NOCASE, -- Identifier of the rule that let it pass, as in firewall_rules.
    description TEXT, -- Description of that rule.
    age INTEGER, -- Seconds since it began.
    expires_in INTEGER, -- Seconds until it ends without traffic.
    packets INTEGER, -- Packets both ways.
    bytes INTEGER, -- Bytes both ways.
    PRIMARY KEY (firewall_id, id, direction, duplicate)
) STRICT, WITHOUT ROWID;
-- Filters on device.
CREATE INDEX pf_states_device ON pf_states (device);
-- locate by address; filters on source.
CREATE INDEX pf_states_source ON pf_states (source_sort);
-- locate by address; filters on destination.
CREATE INDEX pf_states_destination ON pf_states (destination_sort);
-- locate by address; filters on nat.
CREATE INDEX pf_states_nat ON pf_states (nat_sort);
-- Filters on rule.
CREATE INDEX pf_states_rule ON pf_states (rule);
