CREATE TABLE ipsec_sessions (
    -- IKE connections now: both ends, up or down, traffic.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the connection in strongSwan, such as con1.
    duplicate INTEGER NOT NULL, -- 0; higher when a connection is listed twice.
    description TEXT COLLATE NOCASE, -- Description of the connection.
    connected INTEGER, -- Up now.
    version TEXT, -- IKE version.
    local TEXT, -- Addresses of this end.
    remote TEXT, -- Addresses of the other end.
    local_id TEXT COLLATE NOCASE, -- How this end names itself.
    remote_id TEXT COLLATE NOCASE, -- How the other end must name itself.
    local_authentication TEXT, -- How this end proves who it is.
    remote_authentication TEXT, -- How the other end does.
    routed INTEGER, -- Brought up by traffic.
    age INTEGER, -- Seconds since it came up.
    bytes_in INTEGER, -- Bytes received.
    bytes_out INTEGER, -- Bytes sent.
    packets_in INTEGER, -- Packets received.
    packets_out INTEGER, -- Packets sent.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX ipsec_sessions_name ON ipsec_sessions (name);
-- locate by name; filters on description.
CREATE INDEX ipsec_sessions_description ON ipsec_sessions (description);
-- locate by name; filters on local_id.
CREATE INDEX ipsec_sessions_local_id ON ipsec_sessions (local_id);
-- locate by name; filters on remote_id.
CREATE INDEX ipsec_sessions_remote_id ON ipsec_sessions (remote_id);
