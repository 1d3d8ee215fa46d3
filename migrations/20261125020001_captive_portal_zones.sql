CREATE TABLE captive_portal_zones (
    -- Zones of the captive portal, with their interfaces and limits.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    zone INTEGER NOT NULL, -- Number of the zone.
    duplicate INTEGER NOT NULL, -- 0; higher when a number is used twice.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    interfaces TEXT COLLATE NOCASE, -- Interface keys it covers.
    interface_names TEXT, -- Their descriptions.
    authentication TEXT, -- Servers that know the users; absent for none.
    idle_timeout INTEGER, -- Minutes without traffic that end a session; 0 for never.
    hard_timeout INTEGER, -- Minutes that end a session; 0 for never.
    concurrent_logins INTEGER, -- A user may log in from several devices.
    allowed_addresses TEXT, -- Addresses that need no login.
    allowed_macs TEXT, -- Hardware addresses that need no login.
    host_name TEXT, -- Name of the login page.
    certificate TEXT, -- Certificate of the login page.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, zone, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX captive_portal_zones_description ON captive_portal_zones (description);
-- Filters on interfaces.
CREATE INDEX captive_portal_zones_interfaces ON captive_portal_zones (interfaces);
