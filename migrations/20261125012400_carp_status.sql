CREATE TABLE carp_status (
    -- State of each CARP address (MASTER, BACKUP, INIT, DISABLED) with the firewall's demotion and maintenance mode.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    ip TEXT NOT NULL, -- Shared address.
    ip_sort BLOB NOT NULL, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    vhid INTEGER NOT NULL, -- Virtual host ID; 0 when the address has none.
    interface_name TEXT NOT NULL, -- Description of the interface.
    interface TEXT, -- Key of the interface; absent when two share the description.
    status TEXT COLLATE NOCASE, -- MASTER, BACKUP, INIT or DISABLED.
    mode TEXT, -- carp, or ipalias for an alias that moves with a CARP address.
    advertise_base INTEGER, -- Base interval of advertisements in seconds.
    advertise_skew INTEGER, -- Added to the interval in 1/256 s: the lowest is master.
    demotion INTEGER, -- Added to every skew of this firewall; above 0: it holds back because something is wrong.
    allowed INTEGER, -- CARP is switched on. 0 or 1.
    maintenance INTEGER, -- The administrator has asked this firewall to hold back. 0 or 1.
    message TEXT, -- What the firewall says about a demotion.
    PRIMARY KEY (firewall_id, ip_sort, vhid, interface_name)
) STRICT, WITHOUT ROWID;
-- locate by address; "what is in this network".
CREATE INDEX carp_status_ip ON carp_status (ip_sort);
-- Filters on status.
CREATE INDEX carp_status_status ON carp_status (status);
