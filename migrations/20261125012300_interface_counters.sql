CREATE TABLE interface_counters (
    -- Bytes, packets, errors and drops of each assigned interface since boot or its creation.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    key TEXT NOT NULL COLLATE NOCASE, -- Key of the interface (lan, opt3).
    device TEXT COLLATE NOCASE, -- Device name.
    name TEXT, -- Description of the interface.
    line_rate INTEGER, -- Bits per second of the link.
    bytes_in INTEGER, -- Bytes received.
    bytes_out INTEGER, -- Bytes sent.
    packets_in INTEGER, -- Packets received.
    packets_out INTEGER, -- Packets sent.
    multicasts_in INTEGER, -- Multicast packets received.
    errors_in INTEGER, -- Receive errors.
    errors_out INTEGER, -- Transmit errors.
    drops_in INTEGER, -- Packets dropped on receipt.
    drops_out INTEGER, -- Packets dropped before sending.
    collisions INTEGER, -- Collisions.
    PRIMARY KEY (firewall_id, key COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on key.
CREATE INDEX interface_counters_key ON interface_counters (key);
-- Filters on device.
CREATE INDEX interface_counters_device ON interface_counters (device);
