CREATE TABLE disks (
    -- File systems and swap space of the firewall, with how full they are.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL, -- Device or data set.
    mount_point TEXT NOT NULL, -- Where it is mounted; swap for swap space.
    duplicate INTEGER NOT NULL, -- 0; higher when a device is listed twice.
    type TEXT, -- File system, such as zfs or ufs; swap.
    size INTEGER, -- Size in bytes, as exactly as the firewall says (`108G`).
    used INTEGER, -- Bytes in use, as exactly as the firewall says.
    available INTEGER, -- Bytes free, as exactly as the firewall says.
    used_percent INTEGER, -- How full it is.
    PRIMARY KEY (firewall_id, device, mount_point, duplicate)
) STRICT, WITHOUT ROWID;
