CREATE TABLE monit_status (
    -- How what Monit watches is doing: which tests fail now, and when it was last checked.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of what is watched.
    type TEXT, -- filesystem, directory, file, process, host, system, fifo, program or network.
    ok INTEGER, -- No test fails; absent while it is not watched. 0 or 1.
    failing TEXT, -- What fails, in the words of monit_alerts.events, such as resource or icmp.
    monitoring TEXT, -- yes, no, initializing or waiting.
    checked INTEGER, -- When it was last checked. Seconds since the Unix epoch.
    response_us INTEGER, -- Microseconds until a host answered the ping or the port; absent when it did not.
    exit_status INTEGER, -- Of a program, when it last ran.
    pid INTEGER, -- Of a process.
    uptime INTEGER, -- Seconds that a process, or the firewall, runs.
    space_permille INTEGER, -- Used space of a filesystem, of a thousand.
    PRIMARY KEY (firewall_id, name COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX monit_status_name ON monit_status (name);
-- "What does Monit complain about?"
CREATE INDEX monit_status_ok ON monit_status (ok);
