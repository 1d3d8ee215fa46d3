-- More columns. The rows stay; what is new fills with the next answer.
CREATE TEMPORARY TABLE before_more_columns AS SELECT * FROM interfaces;
DROP TABLE interfaces;
CREATE TABLE interfaces (
    -- Devices and interfaces: key (lan, opt3), description, device name, addresses, link state, VLAN.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    device TEXT NOT NULL COLLATE NOCASE, -- Device name in the kernel, such as igc1 or vlan01.
    key TEXT COLLATE NOCASE, -- Key in the configuration (lan, opt3); absent when not assigned.
    name TEXT COLLATE NOCASE, -- Description, as the web interface shows it.
    enabled INTEGER, -- Switched on in the configuration. 0 or 1.
    status TEXT, -- up, down, no carrier or associated.
    mac TEXT, -- Hardware address; VLANs share their parent's.
    hardware_mac TEXT, -- Address the port was made with; another one than mac when that was set by hand.
    ipv4 TEXT, -- IPv4 addresses with prefix length. Separated by commas.
    ipv6 TEXT, -- IPv6 addresses with prefix length. Separated by commas.
    ipv4_type TEXT, -- static, dhcp, pppoe or none.
    ipv6_type TEXT, -- static, dhcp6, slaac, track6 or none; absent on 24.7.
    vlan_tag INTEGER, -- VLAN ID of a VLAN device.
    vlan_parent TEXT, -- Device that carries the VLAN.
    vlan_protocol TEXT, -- 802.1q or 802.1ad.
    vlan_priority INTEGER, -- Priority code point of the VLAN, 0 to 7.
    mtu INTEGER, -- Maximum transmission unit in bytes.
    media TEXT, -- Link speed and duplex.
    physical INTEGER, -- A port, not a virtual device. 0 or 1.
    groups TEXT, -- Interface groups, separated by commas.
    gateways TEXT, -- Gateway addresses, separated by commas.
    gateway_name TEXT, -- Name of the gateway set for the interface: replies leave by it.
    track_interface TEXT, -- Key of the interface whose delegated IPv6 prefix it shares.
    track_prefix_id TEXT, -- Which part of that prefix.
    block_private INTEGER, -- Private source addresses are blocked on arrival. 0 or 1.
    block_bogons INTEGER, -- Source addresses that nobody was given are blocked on arrival. 0 or 1.
    tunnel_local TEXT, -- Outer local address of a tunnel.
    tunnel_remote TEXT, -- Outer remote address of a tunnel.
    flags TEXT, -- Kernel flags such as up, running, promisc, separated by commas.
    PRIMARY KEY (firewall_id, device COLLATE BINARY)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on device.
CREATE INDEX interfaces_device ON interfaces (device);
-- locate by name; filters on key.
CREATE INDEX interfaces_key ON interfaces (key);
-- locate by name; filters on name.
CREATE INDEX interfaces_name ON interfaces (name);
-- locate by hardware address.
CREATE INDEX interfaces_mac ON interfaces (mac);
-- locate by hardware address.
CREATE INDEX interfaces_hardware_mac ON interfaces (hardware_mac);
-- Filters on vlan_tag.
CREATE INDEX interfaces_vlan_tag ON interfaces (vlan_tag);
INSERT INTO interfaces (firewall_id, device, key, name, enabled, status, mac, ipv4, ipv6, ipv4_type, ipv6_type, vlan_tag, vlan_parent, mtu, media, physical, groups, gateways)
SELECT firewall_id, device, key, name, enabled, status, mac, ipv4, ipv6, ipv4_type, ipv6_type, vlan_tag, vlan_parent, mtu, media, physical, groups, gateways FROM before_more_columns;
DROP TABLE before_more_columns;
