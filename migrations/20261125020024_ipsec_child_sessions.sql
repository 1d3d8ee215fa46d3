CREATE TABLE ipsec_child_sessions (
    -- Child connections of IPsec now: the networks joined and their traffic.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    connection TEXT NOT NULL COLLATE NOCASE, -- Connection it belongs to, as in ipsec_sessions.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the child.
    request TEXT NOT NULL, -- Number that ties it to the policies of the kernel.
    duplicate INTEGER NOT NULL, -- 0; higher when a child is listed several times, as while keys change.
    description TEXT COLLATE NOCASE, -- Description of the child.
    local TEXT, -- Networks at this end.
    remote TEXT, -- Networks at the other end.
    age INTEGER, -- Seconds since it came up.
    bytes_in INTEGER, -- Bytes received.
    bytes_out INTEGER, -- Bytes sent.
    PRIMARY KEY (firewall_id, connection COLLATE BINARY, name COLLATE BINARY, request, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on connection.
CREATE INDEX ipsec_child_sessions_connection ON ipsec_child_sessions (connection);
-- locate by name; filters on name.
CREATE INDEX ipsec_child_sessions_name ON ipsec_child_sessions (name);
-- locate by name; filters on description.
CREATE INDEX ipsec_child_sessions_description ON ipsec_child_sessions (description);
