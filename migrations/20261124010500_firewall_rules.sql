CREATE TABLE firewall_rules (
    -- Filter rules: automatic, floating, group and interface rules, in pf's evaluation order.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
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
    tcp_flags TEXT, -- TCP flags set, a slash, TCP flags looked at; absent: the first SYN.
    tag TEXT, -- Tag put on matching packets.
    tagged TEXT, -- Tag a packet must carry.
    log INTEGER, -- Matches are logged. 0 or 1.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words, or the firewall's for automatic rules.
    PRIMARY KEY (firewall_id, position, uuid COLLATE BINARY, duplicate)
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
