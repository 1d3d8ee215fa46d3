CREATE TABLE openvpn_routes (
    -- Addresses and networks that OpenVPN servers reach through their clients.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    instance_id TEXT NOT NULL, -- Identifier of the instance.
    destination TEXT NOT NULL, -- Address, network or hardware address inside the tunnel.
    common_name TEXT NOT NULL COLLATE NOCASE, -- Client that it is behind.
    duplicate INTEGER NOT NULL, -- 0; higher when a route is listed twice.
    addresses TEXT, -- The destination, searchable by address.
    instance TEXT COLLATE NOCASE, -- Description of the instance.
    far_address TEXT, -- Address and port the client connects from.
    last_used INTEGER, -- When traffic was last seen.
    PRIMARY KEY (firewall_id, instance_id, destination, common_name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on common_name.
CREATE INDEX openvpn_routes_common_name ON openvpn_routes (common_name);
-- locate by name; filters on instance.
CREATE INDEX openvpn_routes_instance ON openvpn_routes (instance);
