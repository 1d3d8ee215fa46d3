CREATE TABLE loopbacks (
    -- Additional loopback devices.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name, such as lo1.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX loopbacks_device ON loopbacks (device);
-- locate by name; filters on description.
CREATE INDEX loopbacks_description ON loopbacks (description);
