-- The order of rules of equal position, and what else decides about packets. The rows stay; what is new fills with
-- the next answer.
CREATE TEMPORARY TABLE before_more_columns AS SELECT * FROM firewall_rules;
DROP TABLE firewall_rules;
CREATE TABLE firewall_rules (
    -- Filter rules: automatic, floating, group and interface rules, in pf's evaluation order.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
    tie INTEGER NOT NULL, -- 0; higher for later ones among rules of equal position.
    uuid TEXT NOT NULL COLLATE NOCASE, -- UUID of an MVC rule; 32 hexadecimal digits of a legacy or automatic one; pf's label.
    duplicate INTEGER NOT NULL, -- 0; higher for identical legacy rules.
    kind TEXT COLLATE NOCASE, -- automatic, floating, group or interface.
    origin TEXT, -- mvc, legacy or automatic.
    enabled INTEGER, -- A disabled rule is not loaded. 0 or 1.
    action TEXT COLLATE NOCASE, -- pass, block or reject.
    quick INTEGER, -- First match decides; otherwise the last match wins. 0 or 1.
    direction TEXT, -- in, out or any.
    interface TEXT COLLATE NOCASE, -- Interface keys and groups, separated by commas, `!` when inverted; absent: all.
    interface_name TEXT COLLATE NOCASE, -- The same as descriptions, where the release gives them.
    family TEXT, -- inet, inet6 or inet46 (both).
    protocol TEXT, -- Lower-case protocol, or any.
    source TEXT, -- Source terms; `!` negates; any, (self), interface keys, aliases, networks. Separated by commas.
    source_port TEXT COLLATE NOCASE, -- Source port, range or port alias; absent: any.
    destination TEXT, -- Destination terms, as source. Separated by commas.
    destination_port TEXT COLLATE NOCASE, -- Destination port, range or port alias; absent: any.
    icmp_type TEXT, -- ICMP types, separated by commas; absent: any.
    gateway TEXT, -- Gateway or gateway group that matching traffic leaves by.
    schedule TEXT, -- Schedule outside of which the rule sleeps.
    state_type TEXT, -- keep, sloppy, modulate, synproxy or none.
    tcp_flags TEXT, -- TCP flags set, a slash, TCP flags looked at; any: no matter which; absent: the first SYN.
    tag TEXT, -- Tag put on matching packets.
    tagged TEXT, -- Tag a packet must carry.
    tos TEXT, -- Type of service a packet must carry; absent: any.
    vlan_priority TEXT, -- VLAN priority a packet must carry; absent: any.
    os TEXT, -- Operating system that a TCP SYN must look like; absent: any.
    reply_to TEXT, -- Gateway that replies leave by; none: as the routing table says; absent: as the settings say.
    allow_options INTEGER, -- Packets with IP options pass too; absent: they are dropped although the rule passes. 0 or 1.
    state_policy TEXT, -- if-bound or floating; absent: as the settings say.
    divert_to TEXT, -- Program that matching packets are handed to.
    limits TEXT, -- Limits beyond which the rule no longer passes, as pf writes them.
    log INTEGER, -- Matches are logged. 0 or 1.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words, or the firewall's for automatic rules.
    PRIMARY KEY (firewall_id, position, tie, uuid COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX firewall_rules_uuid ON firewall_rules (uuid);
-- Filters on kind.
CREATE INDEX firewall_rules_kind ON firewall_rules (kind);
-- Filters on action.
CREATE INDEX firewall_rules_action ON firewall_rules (action);
-- Filters on interface.
CREATE INDEX firewall_rules_interface ON firewall_rules (interface);
-- Filters on interface_name.
CREATE INDEX firewall_rules_interface_name ON firewall_rules (interface_name);
-- Filters on source_port.
CREATE INDEX firewall_rules_source_port ON firewall_rules (source_port);
-- Filters on destination_port.
CREATE INDEX firewall_rules_destination_port ON firewall_rules (destination_port);
-- locate by name; filters on description.
CREATE INDEX firewall_rules_description ON firewall_rules (description);
INSERT INTO firewall_rules (firewall_id, position, tie, uuid, duplicate, kind, origin, enabled, action, quick, direction, interface, interface_name, family, protocol, source, source_port, destination, destination_port, icmp_type, gateway, schedule, state_type, tcp_flags, tag, tagged, log, category, description)
SELECT firewall_id, position, 0, uuid, duplicate, kind, origin, enabled, action, quick, direction, interface, interface_name, family, protocol, source, source_port, destination, destination_port, icmp_type, gateway, schedule, state_type, tcp_flags, tag, tagged, log, category, description FROM before_more_columns;
DROP TABLE before_more_columns;
