CREATE TABLE labels (
    -- What the user says about devices. Survives everything: no sync, rebuild or retention touches it.
    client TEXT NOT NULL COLLATE NOCASE PRIMARY KEY, -- MAC address or DUID of the device.
    name TEXT COLLATE NOCASE, -- What the user calls it.
    owner TEXT COLLATE NOCASE, -- Whose it is.
    "group" TEXT COLLATE NOCASE, -- What it belongs to.
    note TEXT, -- Anything else.
    changed_at INTEGER NOT NULL -- Milliseconds since the Unix epoch.
) STRICT, WITHOUT ROWID;
-- locate: a device by the name that the user gave it.
CREATE INDEX labels_name ON labels (name);
