CREATE TABLE cron_jobs (
    -- Scheduled jobs: when they run and what they do.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    action TEXT, -- What is done, in words.
    command TEXT, -- The command of the configuration daemon; absent on 24.7 and 25.1.
    parameters TEXT, -- Its parameters.
    schedule TEXT, -- Minute, hour, day, month and weekday, as in a crontab.
    user TEXT, -- User it runs as.
    origin TEXT, -- cron, or the part of the system that made it.
    enabled INTEGER, -- In use.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX cron_jobs_description ON cron_jobs (description);
