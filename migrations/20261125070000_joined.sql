-- devices: "who is on this interface", in the order of hardware addresses, without a sort.
CREATE INDEX arp_interface_mac ON arp (interface_name, mac);
CREATE INDEX dhcp_leases_interface_mac ON dhcp_leases (interface_name, mac);
CREATE INDEX ndp_interface_mac ON ndp (interface_name, mac);
-- devices: clients that are known by their DUID alone.
CREATE INDEX dhcp_leases_duid_alone ON dhcp_leases (duid COLLATE BINARY) WHERE mac IS NULL;
CREATE INDEX dhcp_reservations_duid ON dhcp_reservations (duid);
-- "What refers to this configured name": rules by the ranges they name.
CREATE INDEX address_ranges_row ON address_ranges (domain, field, firewall_id, row_key);

-- Lists are split as JSON: a backslash or a quote in a term must not end it.
CREATE VIEW v_rule_terms AS
    -- One row per address or port term of a filter rule: what it names, and whether it excludes it.
    SELECT r.firewall_id, r.position, r.uuid, r.duplicate, 'source' AS place,
           ltrim(e.value, '!') COLLATE NOCASE AS term, e.value LIKE '!%' AS negated
    FROM firewall_rules r, json_each('["' || replace(replace(replace(r.source, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    UNION ALL
    SELECT r.firewall_id, r.position, r.uuid, r.duplicate, 'destination', ltrim(e.value, '!'), e.value LIKE '!%'
    FROM firewall_rules r, json_each('["' || replace(replace(replace(r.destination, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    UNION ALL
    SELECT r.firewall_id, r.position, r.uuid, r.duplicate, 'source port', e.value, 0
    FROM firewall_rules r, json_each('["' || replace(replace(replace(r.source_port, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    UNION ALL
    SELECT r.firewall_id, r.position, r.uuid, r.duplicate, 'destination port', e.value, 0
    FROM firewall_rules r, json_each('["' || replace(replace(replace(r.destination_port, '\', '\\'), '"', '\"'), ',', '","') || '"]') e;

CREATE VIEW v_alias_terms AS
    -- One row per entry of an alias: an address, a network, a port, a name, or another alias.
    SELECT a.firewall_id, a.name AS alias, a.type, ltrim(e.value, '!') COLLATE NOCASE AS term, e.value LIKE '!%' AS negated
    FROM aliases a, json_each('["' || replace(replace(replace(a.content, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    WHERE a.content > '';

CREATE VIEW v_leases AS
    -- DHCP leases with names joined in and times as text.
    SELECT f.name AS firewall, l.ip, l.mac, coalesce(l.hostname, r.hostname) AS name, l.interface_name AS interface,
           i.vlan_tag AS vlan, l.state, datetime(l.expires, 'unixepoch') AS expires, l.backend,
           r.uuid IS NOT NULL OR l.reserved IS 1 AS reserved, l.vendor, l.duid
    FROM dhcp_leases l JOIN firewalls f ON f.firewall_id = l.firewall_id
    LEFT JOIN interfaces i ON i.firewall_id = l.firewall_id AND i.key = l.interface
    LEFT JOIN dhcp_reservations r ON r.firewall_id = l.firewall_id AND r.ip_sort = l.ip_sort;

CREATE VIEW v_reservations AS
    -- DHCP reservations, and the address their device has now.
    SELECT f.name AS firewall, r.hostname AS name, r.ip, r.mac, r.duid, r.backend, r.subnet, r.description,
           (SELECT group_concat(DISTINCT l.ip) FROM dhcp_leases l
            WHERE l.firewall_id = r.firewall_id AND (l.mac = r.mac OR l.duid = r.duid) AND l.state = 'active') AS leased_now
    FROM dhcp_reservations r JOIN firewalls f ON f.firewall_id = r.firewall_id;

CREATE VIEW v_vlans AS
    -- VLANs with the interface they are assigned to, its addresses and the clients seen on it.
    SELECT f.name AS firewall, v.tag, i.name AS interface, i.key, v.device, v.parent, i.ipv4, i.ipv6, i.status, v.description,
           (SELECT count(DISTINCT a.mac) FROM arp a
            WHERE a.interface_name = i.name AND a.firewall_id = v.firewall_id AND a.expired IS NOT 1 AND a.mac IS NOT i.mac) AS online,
           (SELECT count(*) FROM dhcp_leases l
            WHERE l.interface_name = i.name AND l.firewall_id = v.firewall_id AND l.state = 'active') AS leases
    FROM vlans v JOIN firewalls f ON f.firewall_id = v.firewall_id
    LEFT JOIN interfaces i ON i.firewall_id = v.firewall_id AND i.device = v.device;

CREATE VIEW v_rules AS
    -- Filter rules in evaluation order, with interfaces by name.
    SELECT f.name AS firewall, r.position, r.kind, r.enabled, r.action, r.quick,
           coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.family, r.protocol, r.source,
           r.source_port, r.destination, r.destination_port, r.gateway, r.log, r.description, r.uuid
    FROM firewall_rules r JOIN firewalls f ON f.firewall_id = r.firewall_id;

CREATE VIEW v_names AS
    -- Every name and the address it stands for, in DNS, DHCP and ARP.
    SELECT f.name AS firewall, d.name, d.ip, coalesce(d.target, '') AS target, 'dns ' || d.backend AS told_by
    FROM dns_records d JOIN firewalls f ON f.firewall_id = d.firewall_id WHERE d.enabled IS NOT 0
    UNION ALL
    SELECT f.name, r.hostname, r.ip, '', 'reservation ' || r.backend
    FROM dhcp_reservations r JOIN firewalls f ON f.firewall_id = r.firewall_id WHERE r.hostname > ''
    UNION ALL
    SELECT f.name, l.hostname, l.ip, '', 'lease ' || l.backend
    FROM dhcp_leases l JOIN firewalls f ON f.firewall_id = l.firewall_id WHERE l.hostname > ''
    UNION ALL
    SELECT f.name, a.hostname, a.ip, '', 'arp'
    FROM arp a JOIN firewalls f ON f.firewall_id = a.firewall_id WHERE a.hostname > '';

CREATE VIEW v_devices AS
    -- One row per hardware address that is not the firewall's own. Ask for one (`WHERE mac = '…'`) or all.
    SELECT f.name AS firewall, d.mac,
           coalesce((SELECT r.hostname FROM dhcp_reservations r WHERE r.mac = d.mac AND r.firewall_id = d.firewall_id AND r.hostname > '' LIMIT 1),
                    (SELECT n.name FROM arp a JOIN dns_records n ON n.ip_sort = a.ip_sort AND n.firewall_id = a.firewall_id
                     WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id AND n.name NOT LIKE '*%' LIMIT 1),
                    (SELECT l.hostname FROM dhcp_leases l WHERE l.mac = d.mac AND l.firewall_id = d.firewall_id AND l.hostname > '' LIMIT 1),
                    (SELECT a.hostname FROM arp a WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id AND a.hostname > '' LIMIT 1)) AS name,
           coalesce((SELECT a.ip FROM arp a WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id ORDER BY a.expired IS 1, a.ip_sort LIMIT 1),
                    (SELECT l.ip FROM dhcp_leases l WHERE l.mac = d.mac AND l.firewall_id = d.firewall_id ORDER BY l.state <> 'active', l.ip_sort LIMIT 1),
                    (SELECT r.ip FROM dhcp_reservations r WHERE r.mac = d.mac AND r.firewall_id = d.firewall_id LIMIT 1)) AS ip,
           (SELECT group_concat(n.ip) FROM ndp n WHERE n.mac = d.mac AND n.firewall_id = d.firewall_id AND n.ip NOT LIKE 'fe80:%') AS ipv6,
           coalesce((SELECT a.interface_name FROM arp a WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id LIMIT 1),
                    (SELECT l.interface_name FROM dhcp_leases l WHERE l.mac = d.mac AND l.firewall_id = d.firewall_id LIMIT 1)) AS interface,
           coalesce((SELECT a.vendor FROM arp a WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id LIMIT 1),
                    (SELECT l.vendor FROM dhcp_leases l WHERE l.mac = d.mac AND l.firewall_id = d.firewall_id LIMIT 1)) AS vendor,
           EXISTS (SELECT 1 FROM arp a WHERE a.mac = d.mac AND a.firewall_id = d.firewall_id AND a.expired IS NOT 1)
               OR EXISTS (SELECT 1 FROM ndp n WHERE n.mac = d.mac AND n.firewall_id = d.firewall_id) AS online,
           EXISTS (SELECT 1 FROM dhcp_reservations r WHERE r.mac = d.mac AND r.firewall_id = d.firewall_id) AS reserved,
           (SELECT datetime(max(l.expires), 'unixepoch') FROM dhcp_leases l WHERE l.mac = d.mac AND l.firewall_id = d.firewall_id) AS lease_expires
    FROM (SELECT mac, firewall_id FROM arp
          UNION SELECT mac, firewall_id FROM ndp
          UNION SELECT mac, firewall_id FROM dhcp_leases WHERE mac IS NOT NULL
          UNION SELECT mac, firewall_id FROM dhcp_reservations WHERE mac IS NOT NULL) d
    JOIN firewalls f ON f.firewall_id = d.firewall_id
    WHERE NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = d.mac AND own.firewall_id = d.firewall_id);

CREATE VIEW v_status AS
    -- How fresh and complete the rows of each domain are.
    SELECT f.name AS firewall, s.domain, s.source, s.state, s.rows, datetime(s.good_at / 1000, 'unixepoch') AS good_at,
           datetime(s.checked_at / 1000, 'unixepoch') AS checked_at, s.reason, s.gap
    FROM sources s JOIN firewalls f ON f.firewall_id = s.firewall_id;
