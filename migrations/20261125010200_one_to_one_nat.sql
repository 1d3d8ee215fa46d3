CREATE TABLE one_to_one_nat (
    -- One-to-one NAT: outer addresses that stand for inner ones, port by port.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    position INTEGER NOT NULL, -- Evaluation order: priority group times ten million plus the sequence within it.
    uuid TEXT NOT NULL COLLATE NOCASE, -- Identifier in the configuration.
    enabled INTEGER, -- A disabled rule is not loaded. 0 or 1.
    type TEXT, -- binat (both directions, sizes equal) or nat.
    interface TEXT COLLATE NOCASE, -- Key of the interface, often wan.
    external TEXT, -- Outer address or network. Separated by commas.
    source TEXT, -- Inner address, network or alias; `!` negates. Separated by commas.
    destination TEXT, -- Far end for which it holds; `!` negates. Separated by commas.
    reflection TEXT, -- enable or disable; absent: the system's default.
    log INTEGER, -- Matches are logged. 0 or 1.
    category TEXT, -- Category names, or their uuids where the release gives no names.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    PRIMARY KEY (firewall_id, position, uuid COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX one_to_one_nat_uuid ON one_to_one_nat (uuid);
-- Filters on interface.
CREATE INDEX one_to_one_nat_interface ON one_to_one_nat (interface);
-- locate by name; filters on description.
CREATE INDEX one_to_one_nat_description ON one_to_one_nat (description);
