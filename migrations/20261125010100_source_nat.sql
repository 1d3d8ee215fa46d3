CREATE TABLE source_nat (
    -- Source (outbound) NAT rules: which inner source leaves under which address; first match wins.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
    uuid TEXT NOT NULL COLLATE NOCASE, -- Identifier in the configuration; automatic_wan and so on for automatic ones.
    origin TEXT, -- manual or automatic.
    enabled INTEGER, -- A disabled rule is not loaded. 0 or 1.
    translate INTEGER, -- False exempts matching traffic from the rules below. 0 or 1.
    interface TEXT COLLATE NOCASE, -- Keys of the interfaces the traffic leaves by, separated by commas.
    family TEXT, -- inet, inet6 or inet46 (both).
    protocol TEXT, -- Lower-case protocol, or any.
    source TEXT, -- Source terms; `!` negates; any, interface keys, aliases, networks. Separated by commas.
    source_port TEXT, -- Source port, range or port alias; absent: any.
    destination TEXT, -- Destination terms, as source. Separated by commas.
    destination_port TEXT, -- Destination port, range or port alias; absent: any.
    target TEXT, -- Address the source becomes: wanip (the interface's), an address or an alias. Separated by commas.
    target_port TEXT, -- Port the source port becomes; absent: chosen by pf.
    static_port INTEGER, -- The source port is kept. 0 or 1.
    log INTEGER, -- Matches are logged. 0 or 1.
    tag TEXT, -- Tag put on matching packets.
    tagged TEXT, -- Tag a packet must carry.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words, or the firewall's for automatic rules.
    PRIMARY KEY (firewall_id, position, uuid COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX source_nat_uuid ON source_nat (uuid);
-- Filters on interface.
CREATE INDEX source_nat_interface ON source_nat (interface);
-- locate by name; filters on description.
CREATE INDEX source_nat_description ON source_nat (description);
