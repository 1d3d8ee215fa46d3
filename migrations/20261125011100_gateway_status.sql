CREATE TABLE gateway_status (
    -- Health of each gateway: online, loss, delay, down; unmonitored ones are assumed online.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the gateway.
    status TEXT COLLATE NOCASE, -- online, down, force_down, loss, delay or delay+loss.
    measured INTEGER, -- Probes were answered; otherwise online is an assumption. 0 or 1.
    ip TEXT, -- Address of the gateway, where it is known.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    monitor TEXT, -- Address that is probed.
    monitor_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    delay_us INTEGER, -- Mean round-trip time in microseconds.
    jitter_us INTEGER, -- Standard deviation of it in microseconds.
    loss_permille INTEGER, -- Unanswered probes of a thousand.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX gateway_status_name ON gateway_status (name);
-- Filters on status.
CREATE INDEX gateway_status_status ON gateway_status (status);
-- locate by address; "what is in this network".
CREATE INDEX gateway_status_ip ON gateway_status (ip_sort);
-- locate by address; "what is in this network".
CREATE INDEX gateway_status_monitor ON gateway_status (monitor_sort);
