CREATE TABLE shaper_queues (
    -- Queues of the traffic shaper: weighted shares of a pipe.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    number INTEGER, -- Number in the kernel.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    pipe TEXT, -- Pipe it is a share of, by its description.
    weight INTEGER, -- Share, 1 to 100.
    mask TEXT, -- Per source or destination address, when not for all together.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX shaper_queues_description ON shaper_queues (description);
