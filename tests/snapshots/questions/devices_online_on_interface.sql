WITH page (id, firewall_id, by_duid) AS MATERIALIZED (
SELECT *, 0 FROM (
SELECT t.mac, t.firewall_id FROM arp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?2
  AND t.interface_name = ?4 AND +t.firewall_id = ?3
  AND t.expired IS NOT 1
UNION
SELECT t.mac, t.firewall_id FROM ndp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?5
  AND t.interface_name = ?7 AND +t.firewall_id = ?6
ORDER BY 1, 2
LIMIT ?1 + 0)
LIMIT ?1 + 0
),
seen (id, firewall_id, origin, backend, ip, ip_sort, interface_name, name, description, vendor, live, reserved, until, duid, prefix) AS MATERIALIZED (
SELECT p.id, p.firewall_id, 'arp', NULL, t.ip, t.ip_sort, t.interface_name, t.hostname, NULL, t.vendor, t.expired IS NOT 1, 0, t.expires_in, NULL, 0
FROM page p CROSS JOIN arp t ON t.mac = p.id AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'ndp', NULL, t.ip, t.ip_sort, t.interface_name, NULL, NULL, t.vendor, 1, 0, NULL, NULL, 0
FROM page p CROSS JOIN ndp t ON t.mac = p.id AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'lease', t.backend, t.ip, t.ip_sort, t.interface_name, t.hostname, t.description, t.vendor, t.state = 'active', coalesce(t.reserved, 0), t.expires, t.duid, t.type = 'IA_PD'
FROM page p CROSS JOIN dhcp_leases t ON t.mac = p.id AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'lease', t.backend, t.ip, t.ip_sort, t.interface_name, t.hostname, t.description, t.vendor, t.state = 'active', coalesce(t.reserved, 0), t.expires, t.duid, t.type = 'IA_PD'
FROM page p CROSS JOIN dhcp_leases t ON p.by_duid AND t.duid COLLATE BINARY = p.id AND t.mac IS NULL AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'lease', t.backend, t.ip, t.ip_sort, t.interface_name, t.hostname, t.description, t.vendor, t.state = 'active', coalesce(t.reserved, 0), t.expires, t.duid, t.type = 'IA_PD'
FROM page p CROSS JOIN ndp n ON n.mac = p.id AND n.firewall_id = p.firewall_id
CROSS JOIN dhcp_leases t ON t.ip_sort = n.ip_sort AND t.firewall_id = n.firewall_id AND t.mac IS NULL
UNION ALL
SELECT p.id, p.firewall_id, 'lease', t.backend, t.ip, t.ip_sort, t.interface_name, t.hostname, t.description, t.vendor, t.state = 'active', coalesce(t.reserved, 0), t.expires, t.duid, t.type = 'IA_PD'
FROM page p CROSS JOIN dhcp_leases l ON l.mac = p.id AND l.duid IS NOT NULL AND l.firewall_id = p.firewall_id
CROSS JOIN dhcp_leases t ON t.duid = l.duid AND t.mac IS NULL AND t.firewall_id = l.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'reservation', t.backend, t.ip, t.ip_sort, NULL, t.hostname, t.description, NULL, 0, 1, NULL, t.duid, 0
FROM page p CROSS JOIN dhcp_reservations t ON t.mac = p.id AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'reservation', t.backend, t.ip, t.ip_sort, NULL, t.hostname, t.description, NULL, 0, 1, NULL, t.duid, 0
FROM page p CROSS JOIN dhcp_reservations t ON p.by_duid AND t.duid = p.id AND t.mac IS NULL AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'reservation', t.backend, t.ip, t.ip_sort, NULL, t.hostname, t.description, NULL, 0, 1, NULL, t.duid, 0
FROM page p CROSS JOIN dhcp_leases l ON l.mac = p.id AND l.duid IS NOT NULL AND l.firewall_id = p.firewall_id
CROSS JOIN dhcp_reservations t ON t.duid = l.duid AND t.mac IS NULL AND t.firewall_id = l.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'discovery', NULL, t.ip, t.ip_sort, t.interface, NULL, NULL, t.vendor, 0, 0, t.last_seen, NULL, 0
FROM page p CROSS JOIN host_discovery t ON t.mac = p.id AND t.firewall_id = p.firewall_id
UNION ALL
SELECT p.id, p.firewall_id, 'label', NULL, NULL, NULL, NULL, t.name, NULL, NULL, 0, 0, NULL, NULL, 0
FROM page p CROSS JOIN labels t ON t.client = p.id
),
sightings AS (
SELECT json_array(id, firewall_id, origin, backend, ip, interface_name, name, description, vendor, live, reserved, until, duid, prefix) AS line FROM seen
UNION ALL
SELECT json_array(s.id, s.firewall_id, 'dns', d.backend, d.ip, NULL, d.name, d.description, NULL, 0, 0, NULL, NULL, 0)
FROM (SELECT DISTINCT id, firewall_id, ip_sort FROM seen WHERE ip_sort IS NOT NULL) s
CROSS JOIN dns_records d ON d.ip_sort = s.ip_sort AND d.firewall_id = s.firewall_id
WHERE d.enabled IS NOT 0 AND d.name NOT LIKE '*%'
)
SELECT (SELECT json_group_array(json_array(id, firewall_id, by_duid)) FROM page),
(SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM sightings),
(SELECT count(*) FROM (
SELECT *, 0 FROM (
SELECT t.mac, t.firewall_id FROM arp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?9
  AND t.interface_name = ?11 AND +t.firewall_id = ?10
  AND t.expired IS NOT 1
UNION
SELECT t.mac, t.firewall_id FROM ndp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?12
  AND t.interface_name = ?14 AND +t.firewall_id = ?13
ORDER BY 1, 2
LIMIT ?8 + 0)
LIMIT ?8 + 0)),
(SELECT json_group_array(json_array(firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks))
          FROM sources WHERE domain IN ('arp', 'dhcp_leases', 'dhcp_reservations', 'dns_records', 'host_discovery', 'interfaces', 'ndp')),
         (SELECT json_group_array(json_array(firewall_id, domain, rows, rejects)) FROM domains WHERE domain IN ('arp', 'dhcp_leases', 'dhcp_reservations', 'dns_records', 'host_discovery', 'interfaces', 'ndp'))
