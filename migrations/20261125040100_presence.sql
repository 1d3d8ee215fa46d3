CREATE TABLE sightings (
    -- Every device (MAC or DUID) with every address and interface it was ever seen with. Not a projection: it cannot be rebuilt.
    sighting_id INTEGER PRIMARY KEY, -- Local number; `presence` refers to it.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    client TEXT NOT NULL COLLATE NOCASE, -- MAC address, or the DUID of an IPv6 client that shows no MAC.
    ip TEXT NOT NULL, -- Address it had.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    interface TEXT NOT NULL COLLATE NOCASE, -- Interface description, such as IOT; empty when no source says it.
    first_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch: first seen.
    last_at INTEGER -- Milliseconds since the Unix epoch: last seen; absent while it is there.
) STRICT;
-- "Which addresses had this device"; a device, address and interface is one row.
CREATE UNIQUE INDEX sightings_client ON sightings (client, ip_sort, interface, firewall_id);
-- "Who had this address".
CREATE INDEX sightings_ip ON sightings (ip_sort);

CREATE TABLE presence (
    -- When each sighting was there: one row from the run that saw it come to the last that saw it.
    sighting_id INTEGER NOT NULL REFERENCES sightings (sighting_id), -- Device, address and interface.
    first_run INTEGER NOT NULL, -- Run that saw it come.
    first_at INTEGER NOT NULL, -- Milliseconds since the Unix epoch: when that was.
    last_at INTEGER, -- Milliseconds since the Unix epoch: last seen; absent while it is there, confirmed by every run.
    PRIMARY KEY (sighting_id, first_run)
) STRICT, WITHOUT ROWID;

-- First and last time each device was seen; `last_at` is absent while one of its addresses is there.
CREATE VIEW device_seen AS
SELECT firewall_id, client, min(first_at) AS first_at, CASE WHEN count(*) = count(last_at) THEN max(last_at) END AS last_at
FROM sightings GROUP BY firewall_id, client;

-- For people: who had which address when, in UTC.
CREATE VIEW v_presence AS
SELECT f.name AS firewall, s.client, s.ip, s.interface, datetime(p.first_at / 1000, 'unixepoch') AS since,
    coalesce(datetime(p.last_at / 1000, 'unixepoch'), 'present') AS until
FROM presence p JOIN sightings s USING (sighting_id) JOIN firewalls f USING (firewall_id);
