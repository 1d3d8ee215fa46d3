SELECT NULL,
NULL,
(SELECT count(*) FROM (
SELECT *, 0 FROM (
SELECT t.mac, t.firewall_id FROM arp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?2
UNION
SELECT t.mac, t.firewall_id FROM ndp t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?3
UNION
SELECT t.mac, t.firewall_id FROM dhcp_leases t
WHERE t.mac > ''
  AND t.mac IS NOT NULL
  AND +t.firewall_id = ?4
UNION
SELECT t.mac, t.firewall_id FROM host_discovery t
WHERE t.mac > ''
  AND NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?5
UNION
SELECT t.mac, t.firewall_id FROM dhcp_reservations t
WHERE t.mac > ''
  AND t.mac IS NOT NULL
  AND +t.firewall_id = ?6
ORDER BY 1, 2
LIMIT ?1 + 0)
UNION ALL
SELECT *, 1 FROM (
SELECT t.duid COLLATE BINARY, t.firewall_id FROM dhcp_leases t
WHERE t.duid COLLATE BINARY > ''
  AND t.mac IS NULL
  AND NOT EXISTS (SELECT 1 FROM ndp n WHERE n.ip_sort = t.ip_sort AND n.firewall_id = t.firewall_id)
  AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.duid = t.duid AND l.firewall_id = t.firewall_id AND l.mac IS NOT NULL)
  AND +t.firewall_id = ?7
UNION
SELECT t.duid COLLATE BINARY, t.firewall_id FROM dhcp_reservations t
WHERE t.duid COLLATE BINARY > ''
  AND t.mac IS NULL
  AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.duid = t.duid AND l.firewall_id = t.firewall_id)
  AND +t.firewall_id = ?8
ORDER BY 1, 2
LIMIT ?1 + 0)
LIMIT ?1 + 0)),
(SELECT json_group_array(json_array(firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks))
          FROM sources WHERE domain IN ('arp', 'dhcp_leases', 'dhcp_reservations', 'dns_records', 'host_discovery', 'interfaces', 'ndp')),
         (SELECT json_group_array(json_array(firewall_id, domain, rows, rejects)) FROM domains WHERE domain IN ('arp', 'dhcp_leases', 'dhcp_reservations', 'dns_records', 'host_discovery', 'interfaces', 'ndp'))
