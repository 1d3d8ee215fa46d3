CREATE TABLE shaper_pipes (
    -- Pipes of the traffic shaper: bandwidth limits.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    number INTEGER, -- Number in the kernel.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    bandwidth INTEGER, -- Limit, in the unit beside it.
    unit TEXT, -- Unit of the limit, such as Mbit.
    mask TEXT, -- Per source or destination address, when not for all together.
    scheduler TEXT, -- How queued packets are chosen, such as fq_codel.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX shaper_pipes_description ON shaper_pipes (description);
