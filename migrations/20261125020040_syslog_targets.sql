CREATE TABLE syslog_targets (
    -- Remote log servers and what is sent there.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    host TEXT COLLATE NOCASE, -- Address or name of the server.
    port INTEGER, -- Its port.
    transport TEXT, -- udp4, tcp4, tls4 and so on.
    programs TEXT, -- Programs whose log is sent; absent for all.
    levels TEXT, -- Levels that are sent; absent for all.
    facilities TEXT, -- Facilities that are sent; absent for all.
    rfc5424 INTEGER, -- In the format of RFC 5424.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX syslog_targets_description ON syslog_targets (description);
-- locate by name; filters on host.
CREATE INDEX syslog_targets_host ON syslog_targets (host);
