CREATE TABLE gifs (
    -- GIF tunnels: outer and inner addresses of both ends.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name, such as gif0.
    interface TEXT COLLATE NOCASE, -- Key of the interface that carries the tunnel.
    local TEXT, -- Outer local address, when it is not the interface's own.
    local_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    remote TEXT, -- Outer remote address.
    remote_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    inner_local TEXT, -- Address of this end inside the tunnel.
    inner_local_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    inner_remote TEXT, -- Address of the far end inside the tunnel.
    inner_remote_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    inner_prefix_length INTEGER, -- Prefix length inside the tunnel.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX gifs_device ON gifs (device);
-- Filters on interface.
CREATE INDEX gifs_interface ON gifs (interface);
-- locate by address; "what is in this network".
CREATE INDEX gifs_local ON gifs (local_sort);
-- locate by address; "what is in this network".
CREATE INDEX gifs_remote ON gifs (remote_sort);
-- locate by address; "what is in this network".
CREATE INDEX gifs_inner_local ON gifs (inner_local_sort);
-- locate by address; "what is in this network".
CREATE INDEX gifs_inner_remote ON gifs (inner_remote_sort);
-- locate by name; filters on description.
CREATE INDEX gifs_description ON gifs (description);
