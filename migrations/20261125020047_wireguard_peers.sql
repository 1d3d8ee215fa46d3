CREATE TABLE wireguard_peers (
    -- WireGuard peers as configured: name, addresses inside the tunnel, where they are reached.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    public_key TEXT NOT NULL, -- Public key.
    duplicate INTEGER NOT NULL, -- 0; higher when a key is used twice.
    name TEXT COLLATE NOCASE, -- Name of the peer.
    allowed TEXT, -- Addresses and networks behind it.
    endpoint TEXT COLLATE NOCASE, -- Address or name where it is reached; absent when it calls.
    endpoint_port INTEGER, -- UDP port there.
    keepalive INTEGER, -- Seconds between keep-alive packets.
    instances TEXT, -- Names of the instances it belongs to.
    enabled INTEGER, -- In use.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, public_key, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX wireguard_peers_name ON wireguard_peers (name);
-- locate by name; filters on endpoint.
CREATE INDEX wireguard_peers_endpoint ON wireguard_peers (endpoint);
