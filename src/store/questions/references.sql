-- What would miss an interface if it were gone: rules on it or naming its network, its clients, their reservations and names.
WITH place (firewall_id, device, names, name) AS MATERIALIZED (
    SELECT p.value ->> 0, p.value ->> 1, p.value ->> 2, p.value ->> 3 FROM json_each(?3) p
),
network (firewall_id, first, last) AS MATERIALIZED (
    SELECT n.firewall_id, n.first, n.last FROM place p
    JOIN address_ranges n ON n.domain = 'interfaces' AND n.field IN ('ipv4', 'ipv6') AND n.firewall_id = p.firewall_id
        AND n.row_key = json_array(p.device)
    WHERE n.first <> n.last AND NOT (n.first >= X'FE80' AND n.first < X'FEC0')
)
SELECT firewall_id, rank, what, name, detail, coalesce(detail, '') AS tie FROM (
    SELECT r.firewall_id, 1 AS rank, 'rule on it' AS what, coalesce(nullif(r.description, ''), r.uuid) AS name,
        r.action || ', ' || r.kind || CASE WHEN r.enabled = 0 THEN ', disabled' ELSE '' END AS detail
    FROM place p CROSS JOIN json_each(p.names) n
    CROSS JOIN rule_terms t ON t.term = n.value AND t.place = 'interface' AND t.firewall_id = p.firewall_id
    CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
        AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
    WHERE r.kind <> 'automatic'
    UNION
    SELECT r.firewall_id, 2, 'rule naming its network', coalesce(nullif(r.description, ''), r.uuid),
        r.action || ', ' || t.place || ' ' || CASE WHEN t.negated THEN '!' ELSE '' END || t.term
    FROM place p CROSS JOIN json_each(p.names) n
    CROSS JOIN rule_terms t ON t.term IN (n.value, n.value || 'ip') AND t.place IN ('source', 'destination')
        AND t.firewall_id = p.firewall_id
    CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
        AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
    UNION
    SELECT n.firewall_id, 3, 'reservation', coalesce(r.hostname, r.mac, r.duid, r.uuid), r.ip
    FROM network n JOIN dhcp_reservations r ON r.ip_sort BETWEEN n.first AND n.last AND r.firewall_id = n.firewall_id
    UNION
    SELECT n.firewall_id, 4, 'name in DNS', d.name, d.ip
    FROM network n JOIN dns_records d ON d.ip_sort BETWEEN n.first AND n.last AND d.firewall_id = n.firewall_id
    UNION
    SELECT n.firewall_id, 5, 'alias naming its addresses', r.row_key ->> 0, NULL
    FROM network n JOIN address_ranges r ON r.domain = 'aliases' AND r.field = 'content' AND r.firewall_id = n.firewall_id
        AND r.first BETWEEN n.first AND n.last AND r.last <= n.last
    UNION ALL
    SELECT p.firewall_id, 6, 'active leases', count(*), NULL
    FROM place p JOIN dhcp_leases l ON l.interface_name = p.name AND l.firewall_id = p.firewall_id AND l.state = 'active'
    GROUP BY p.firewall_id HAVING count(*) > 0
)
WHERE ?1 IS NULL OR firewall_id = ?1
