CREATE TABLE destination_nat (
    -- Port forwards (rdr): what arrives where, and the inner host and port it is sent to; first match wins.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
    uuid TEXT NOT NULL COLLATE NOCASE, -- Identifier in the configuration; lockout_0 and so on for automatic ones.
    origin TEXT, -- manual or automatic.
    enabled INTEGER, -- A disabled rule is not loaded. 0 or 1.
    redirect INTEGER, -- False exempts matching traffic from the rules below. 0 or 1.
    interface TEXT COLLATE NOCASE, -- Keys of the interfaces the traffic arrives on, separated by commas.
    family TEXT, -- inet, inet6 or inet46 (both).
    protocol TEXT, -- Lower-case protocol, or any.
    source TEXT, -- Source terms; `!` negates; any, interface keys, aliases, networks. Separated by commas.
    source_port TEXT, -- Source port, range or port alias; absent: any.
    destination TEXT, -- Destination terms before translation; wanip is the interface's address. Separated by commas.
    destination_port TEXT COLLATE NOCASE, -- Port the client asks for; absent: any.
    target TEXT, -- Address or alias the traffic is sent to. Separated by commas.
    target_port TEXT COLLATE NOCASE, -- First port on the target; absent: the port asked for.
    filter TEXT, -- pass (bypasses the filter), rule (an automatic filter rule after all others) or manual (needs a filter rule for the target).
    reflection TEXT, -- purenat, enable or disable; absent: the system's default.
    pool TEXT, -- How several targets share the load.
    log INTEGER, -- Matches are logged. 0 or 1.
    tag TEXT, -- Tag put on matching packets.
    tagged TEXT, -- Tag a packet must carry.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, position, uuid COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX destination_nat_uuid ON destination_nat (uuid);
-- Filters on interface.
CREATE INDEX destination_nat_interface ON destination_nat (interface);
-- Filters on destination_port.
CREATE INDEX destination_nat_destination_port ON destination_nat (destination_port);
-- Filters on target_port.
CREATE INDEX destination_nat_target_port ON destination_nat (target_port);
-- locate by name; filters on description.
CREATE INDEX destination_nat_description ON destination_nat (description);
