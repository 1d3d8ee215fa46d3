CREATE TABLE firmware (
    -- Installed release, and what the last check for updates found; the check itself is never started.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    product TEXT NOT NULL, -- opnsense, or opnsense-business.
    version TEXT, -- Installed version.
    series TEXT, -- Series it belongs to.
    latest TEXT, -- Newest version of the series, as far as the last check knows.
    nickname TEXT, -- Name of the series.
    architecture TEXT, -- Processor architecture.
    base TEXT, -- Operating system below.
    status TEXT, -- none, update, upgrade or error: what the last check found.
    message TEXT, -- The same in words.
    checked TEXT, -- When updates were last looked for, in its own time; absent for never.
    connection TEXT, -- Whether the mirror was reached.
    repository TEXT, -- Whether the mirror was usable.
    needs_reboot INTEGER, -- The update needs a reboot.
    next_major TEXT, -- Next series that is offered.
    upgrades TEXT, -- Packages with a newer version.
    additions TEXT, -- Packages that would be added.
    removals TEXT, -- Packages that would be removed.
    PRIMARY KEY (firewall_id, product)
) STRICT, WITHOUT ROWID;
