-- As full indexes these also served plain filters on the interface, whose pages then needed a sort. As partial ones
-- they serve only statements that say `mac > ''`, which is what the question about devices says.
DROP INDEX arp_interface_mac;
DROP INDEX dhcp_leases_interface_mac;
DROP INDEX ndp_interface_mac;
DROP INDEX host_discovery_interface_mac;
-- devices: "who is on this interface", in the order of hardware addresses, without a sort.
CREATE INDEX arp_interface_mac ON arp (interface_name, mac) WHERE mac > '';
CREATE INDEX dhcp_leases_interface_mac ON dhcp_leases (interface_name, mac) WHERE mac > '';
CREATE INDEX ndp_interface_mac ON ndp (interface_name, mac) WHERE mac > '';
CREATE INDEX host_discovery_interface_mac ON host_discovery (interface, mac) WHERE mac > '';
-- devices: reservations that know their client by its DUID alone.
CREATE INDEX dhcp_reservations_duid_alone ON dhcp_reservations (duid COLLATE BINARY) WHERE mac IS NULL;
