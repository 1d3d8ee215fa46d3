CREATE TABLE wireguard_sessions (
    -- WireGuard peers now: where they connect from, last handshake, traffic, online or not.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL, -- Device name of the instance, such as wg0.
    public_key TEXT NOT NULL, -- Public key of the peer.
    duplicate INTEGER NOT NULL, -- 0; higher when a peer is listed twice.
    name TEXT COLLATE NOCASE, -- Name of the peer.
    instance TEXT COLLATE NOCASE, -- Name of the instance.
    ip TEXT, -- Address it connects from.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    port INTEGER, -- UDP port it connects from.
    allowed TEXT, -- Addresses and networks behind it.
    status TEXT, -- online (a handshake within 300 s), stale or offline; absent on 24.7.
    last_handshake INTEGER, -- Last handshake; absent when there was none.
    bytes_in INTEGER, -- Bytes received since the instance started.
    bytes_out INTEGER, -- Bytes sent since the instance started.
    PRIMARY KEY (firewall_id, device, public_key, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX wireguard_sessions_name ON wireguard_sessions (name);
-- Filters on instance.
CREATE INDEX wireguard_sessions_instance ON wireguard_sessions (instance);
-- locate by address; filters on ip.
CREATE INDEX wireguard_sessions_ip ON wireguard_sessions (ip_sort);
