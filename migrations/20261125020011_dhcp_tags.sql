CREATE TABLE dhcp_tags (
    -- Tags that dnsmasq gives clients and that its options select by.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    tag TEXT NOT NULL COLLATE NOCASE, -- Name of the tag.
    duplicate INTEGER NOT NULL, -- 0; higher when a tag is configured several times.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, tag COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on tag.
CREATE INDEX dhcp_tags_tag ON dhcp_tags (tag);
