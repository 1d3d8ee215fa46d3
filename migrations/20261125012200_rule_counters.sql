CREATE TABLE rule_counters (
    -- Counters of loaded filter rules since the ruleset was loaded; join by uuid with firewall_rules.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    uuid TEXT NOT NULL COLLATE NOCASE, -- UUID of the rule, or the 32 hexadecimal digits of a legacy or automatic one.
    pf_rules INTEGER, -- Rules of pf that it became.
    evaluations INTEGER, -- Packets it was compared with.
    packets INTEGER, -- Packets it decided, those of its states included.
    bytes INTEGER, -- Bytes of them.
    states INTEGER, -- States it has now.
    PRIMARY KEY (firewall_id, uuid COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on uuid.
CREATE INDEX rule_counters_uuid ON rule_counters (uuid);
