-- One row per assigned interface or VLAN. Clients are counted up to 10,000.
SELECT i.firewall_id, i.device AS at, coalesce(i.vlan_tag, v.tag) AS vlan, i.name AS interface, i.key, i.device,
    coalesce(i.vlan_parent, v.parent) AS parent, i.ipv4, i.ipv6, i.status, i.enabled,
    (SELECT group_concat(b.backend, ', ') FROM (
        SELECT DISTINCT r.backend FROM address_ranges n
        JOIN dhcp_reservations r ON r.ip_sort BETWEEN n.first AND n.last AND r.firewall_id = n.firewall_id
        WHERE n.domain = 'interfaces' AND n.field IN ('ipv4', 'ipv6') AND n.firewall_id = i.firewall_id
            AND n.row_key = json_array(i.device) AND n.first <> n.last
        UNION
        SELECT l.backend FROM (SELECT backend FROM dhcp_leases WHERE interface_name = i.name AND firewall_id = i.firewall_id LIMIT 10000) l
    ) b) AS dhcp,
    (SELECT count(*) FROM (SELECT mac FROM (
            SELECT mac FROM arp WHERE interface_name = i.name AND firewall_id = i.firewall_id
            UNION SELECT mac FROM ndp WHERE interface_name = i.name AND firewall_id = i.firewall_id
            UNION SELECT mac FROM dhcp_leases WHERE interface_name = i.name AND firewall_id = i.firewall_id AND mac IS NOT NULL
            UNION SELECT r.mac FROM address_ranges n
                JOIN dhcp_reservations r ON r.ip_sort BETWEEN n.first AND n.last AND r.firewall_id = n.firewall_id AND r.mac IS NOT NULL
                WHERE n.domain = 'interfaces' AND n.field IN ('ipv4', 'ipv6') AND n.firewall_id = i.firewall_id
                    AND n.row_key = json_array(i.device) AND n.first <> n.last
        ) m WHERE NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = m.mac AND own.firewall_id = i.firewall_id)
        LIMIT 10000)) AS devices,
    (SELECT count(*) FROM (SELECT mac FROM (
            SELECT mac FROM arp WHERE interface_name = i.name AND firewall_id = i.firewall_id AND expired IS NOT 1
            UNION SELECT mac FROM ndp WHERE interface_name = i.name AND firewall_id = i.firewall_id
        ) m WHERE NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = m.mac AND own.firewall_id = i.firewall_id)
        LIMIT 10000)) AS online,
    v.description
FROM interfaces i LEFT JOIN vlans v ON v.firewall_id = i.firewall_id AND v.device = i.device
WHERE (i.key IS NOT NULL OR v.tag IS NOT NULL) AND i.device NOT LIKE 'lo%'
    AND (?1 IS NULL OR i.firewall_id = ?1)
    AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(?3) p WHERE p.value ->> 0 = i.firewall_id AND p.value ->> 1 = i.device))
