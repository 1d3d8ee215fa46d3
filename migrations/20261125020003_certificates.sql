CREATE TABLE certificates (
    -- Certificates in the trust store: subject, issuer, validity and use; keys are never read.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Reference that other settings use.
    duplicate INTEGER NOT NULL, -- 0; higher when a reference is used twice.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    common_name TEXT COLLATE NOCASE, -- Name it is for.
    subject TEXT, -- The whole distinguished name.
    alternative_names TEXT, -- Further host names.
    addresses TEXT, -- Addresses it is for.
    issuer TEXT COLLATE NOCASE, -- Authority that signed it, by its description; absent or self-signed for none.
    valid_from INTEGER, -- Start of its validity.
    valid_to INTEGER, -- End of its validity: when it expires.
    in_use INTEGER, -- Some setting refers to it.
    of_user INTEGER, -- Belongs to a user.
    purpose TEXT, -- Extended key usage, such as id-kp-serverAuth.
    key_type TEXT, -- Algorithm and size of the key, such as RSA-2048.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, id, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX certificates_description ON certificates (description);
-- locate by name; filters on common_name.
CREATE INDEX certificates_common_name ON certificates (common_name);
-- locate by name; filters on issuer.
CREATE INDEX certificates_issuer ON certificates (issuer);
