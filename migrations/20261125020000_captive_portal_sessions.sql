CREATE TABLE captive_portal_sessions (
    -- Clients that are logged in at a captive portal.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    zone INTEGER NOT NULL, -- Number of the zone.
    ip TEXT NOT NULL, -- Address of the client.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    mac TEXT NOT NULL, -- Hardware address of the client.
    duplicate INTEGER NOT NULL, -- 0; higher when a client is listed several times.
    user TEXT COLLATE NOCASE, -- Login name; absent in anonymous zones.
    authenticated_by TEXT, -- Server that knew the user.
    since INTEGER, -- When the session began.
    last_used INTEGER, -- When traffic was last seen.
    packets_in INTEGER, -- Packets from the client.
    packets_out INTEGER, -- Packets to the client.
    bytes_in INTEGER, -- Bytes from the client.
    bytes_out INTEGER, -- Bytes to the client.
    PRIMARY KEY (firewall_id, zone, ip_sort, mac, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by address; filters on ip.
CREATE INDEX captive_portal_sessions_ip ON captive_portal_sessions (ip_sort);
-- locate by hardware address; filters on mac.
CREATE INDEX captive_portal_sessions_mac ON captive_portal_sessions (mac);
-- locate by name; filters on user.
CREATE INDEX captive_portal_sessions_user ON captive_portal_sessions (user);
