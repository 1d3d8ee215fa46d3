CREATE TABLE wireguard_servers (
    -- WireGuard instances of the firewall: addresses, port, public key, peers.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    public_key TEXT NOT NULL, -- Public key.
    duplicate INTEGER NOT NULL, -- 0; higher when a key is used twice.
    name TEXT COLLATE NOCASE, -- Name of the instance.
    device TEXT, -- Device name, such as wg0.
    port INTEGER, -- UDP port it listens on.
    addresses TEXT, -- Its addresses inside the tunnel.
    mtu INTEGER, -- MTU when set by hand.
    dns TEXT, -- Name servers set while it is up.
    gateway TEXT, -- Gateway address when set by hand.
    adds_routes INTEGER, -- Routes to the peers are made.
    peers TEXT, -- Names of its peers.
    enabled INTEGER, -- In use.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, public_key, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX wireguard_servers_name ON wireguard_servers (name);
