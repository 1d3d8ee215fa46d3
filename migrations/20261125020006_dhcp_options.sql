CREATE TABLE dhcp_options (
    -- Options that dnsmasq and the subnets of Kea hand out.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    backend TEXT NOT NULL, -- kea4, kea6 or dnsmasq.
    scope TEXT NOT NULL, -- Subnet (Kea) or interface description (dnsmasq) it is for; empty for all.
    option TEXT NOT NULL, -- Number (dnsmasq) or name (Kea) of the option; empty where the release does not say.
    value TEXT NOT NULL, -- What is handed out.
    duplicate INTEGER NOT NULL, -- 0; higher when the same option is configured several times.
    type TEXT, -- set (handed out) or match (sets a tag), of dnsmasq.
    tag TEXT, -- Only for clients with this tag.
    forced INTEGER, -- Sent even when the client did not ask for it.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration, of dnsmasq.
    PRIMARY KEY (firewall_id, backend, scope, option, value, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX dhcp_options_description ON dhcp_options (description);
