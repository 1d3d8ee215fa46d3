CREATE TABLE firewall_settings (
    -- Settings that change what every rule does: source NAT mode, reflection, anti-lockout, rules without their gateway, state policy.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    setting TEXT NOT NULL COLLATE NOCASE, -- Which setting, such as filter_disabled or outbound_mode.
    value TEXT, -- true, false, or a word or number.
    meaning TEXT, -- What it does.
    PRIMARY KEY (firewall_id, setting COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on setting: which firewalls have it switched on.
CREATE INDEX firewall_settings_setting ON firewall_settings (setting);
