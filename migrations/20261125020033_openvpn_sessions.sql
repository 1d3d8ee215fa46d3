CREATE TABLE openvpn_sessions (
    -- OpenVPN connections now: users of servers, and the state of clients.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Instance and far address of the connection.
    duplicate INTEGER NOT NULL, -- 0; higher when a connection is listed twice.
    instance TEXT COLLATE NOCASE, -- Description of the instance.
    user TEXT COLLATE NOCASE, -- Login name.
    common_name TEXT COLLATE NOCASE, -- Name in the certificate.
    ip TEXT, -- Address it connects from.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    port INTEGER, -- Port it connects from.
    tunnel_ip TEXT, -- Address inside the tunnel.
    tunnel_ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    tunnel_ipv6 TEXT, -- IPv6 address inside the tunnel.
    tunnel_ipv6_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    type TEXT, -- server or client: what the firewall is.
    status TEXT, -- State, as the management interface says.
    is_client INTEGER, -- A client of a server, rather than the instance itself.
    cipher TEXT, -- Cipher of the data channel.
    since INTEGER, -- When it connected.
    bytes_in INTEGER, -- Bytes received.
    bytes_out INTEGER, -- Bytes sent.
    PRIMARY KEY (firewall_id, id, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on instance.
CREATE INDEX openvpn_sessions_instance ON openvpn_sessions (instance);
-- locate by name; filters on user.
CREATE INDEX openvpn_sessions_user ON openvpn_sessions (user);
-- locate by name; filters on common_name.
CREATE INDEX openvpn_sessions_common_name ON openvpn_sessions (common_name);
-- locate by address; filters on ip.
CREATE INDEX openvpn_sessions_ip ON openvpn_sessions (ip_sort);
-- locate by address; filters on tunnel_ip.
CREATE INDEX openvpn_sessions_tunnel_ip ON openvpn_sessions (tunnel_ip_sort);
-- locate by address; filters on tunnel_ipv6.
CREATE INDEX openvpn_sessions_tunnel_ipv6 ON openvpn_sessions (tunnel_ipv6_sort);
