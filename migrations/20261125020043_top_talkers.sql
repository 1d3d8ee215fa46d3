CREATE TABLE top_talkers (
    -- Hosts with the most traffic now, per interface, measured for two seconds. Opt-in.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    interface TEXT NOT NULL, -- Interface key.
    ip TEXT NOT NULL, -- Address of the host.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    duplicate INTEGER NOT NULL, -- 0; higher when a host is listed twice.
    name TEXT COLLATE NOCASE, -- Name by reverse DNS.
    peers TEXT, -- Hosts it talked with.
    bits_in INTEGER, -- Bits per second from it.
    bits_out INTEGER, -- Bits per second to it.
    bits INTEGER, -- Both together.
    bytes_in INTEGER, -- Bytes from it while measured.
    bytes_out INTEGER, -- Bytes to it while measured.
    PRIMARY KEY (firewall_id, interface, ip_sort, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by address; filters on ip.
CREATE INDEX top_talkers_ip ON top_talkers (ip_sort);
-- locate by name; filters on name.
CREATE INDEX top_talkers_name ON top_talkers (name);
