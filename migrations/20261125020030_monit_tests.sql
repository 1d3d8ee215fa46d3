CREATE TABLE monit_tests (
    -- Tests that Monit applies: condition and action.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name of the test.
    duplicate INTEGER NOT NULL, -- 0; higher when a name is used twice.
    type TEXT, -- Kind of condition, such as Network Ping; absent on 24.7 and 25.1.
    condition TEXT, -- When it applies.
    action TEXT, -- What is done: alert, restart, start, stop, exec or unmonitor.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name.
CREATE INDEX monit_tests_name ON monit_tests (name);
