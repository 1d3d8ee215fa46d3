CREATE TABLE certificate_authorities (
    -- Certificate authorities in the trust store: subject, validity, how many certificates refer to them.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Reference that certificates use.
    duplicate INTEGER NOT NULL, -- 0; higher when a reference is used twice.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    subject TEXT, -- Distinguished name.
    issuer TEXT COLLATE NOCASE, -- Authority that signed it, by its description; absent or self-signed for none.
    valid_from INTEGER, -- Start of its validity.
    valid_to INTEGER, -- End of its validity: when it expires.
    reference_count INTEGER, -- Certificates and settings that refer to it.
    key_type TEXT, -- Algorithm and size of the key.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, id, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX certificate_authorities_description ON certificate_authorities (description);
-- locate by name; filters on issuer.
CREATE INDEX certificate_authorities_issuer ON certificate_authorities (issuer);
