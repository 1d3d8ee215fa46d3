-- Everything known about one device, one fact per row. ?3 lists its firewall and identifier.
WITH page (id, firewall_id) AS MATERIALIZED (
    SELECT p.value ->> 1, p.value ->> 0 FROM json_each(?3) p
),
lease AS MATERIALIZED (
    SELECT p.id, l.* FROM page p CROSS JOIN dhcp_leases l ON l.mac = p.id AND l.firewall_id = p.firewall_id
    UNION ALL
    SELECT p.id, l.* FROM page p CROSS JOIN dhcp_leases l ON l.duid = p.id AND l.mac IS NULL AND l.firewall_id = p.firewall_id
    UNION ALL
    SELECT p.id, l.* FROM page p CROSS JOIN ndp nd ON nd.mac = p.id AND nd.firewall_id = p.firewall_id
    CROSS JOIN dhcp_leases l ON l.ip_sort = nd.ip_sort AND l.mac IS NULL AND l.firewall_id = nd.firewall_id
),
reservation AS MATERIALIZED (
    SELECT p.id, r.* FROM page p CROSS JOIN dhcp_reservations r ON r.mac = p.id AND r.firewall_id = p.firewall_id
    UNION
    SELECT h.id, r.* FROM lease h CROSS JOIN dhcp_reservations r ON r.duid = h.duid AND r.firewall_id = h.firewall_id
    UNION
    SELECT p.id, r.* FROM page p CROSS JOIN dhcp_reservations r ON r.duid = p.id AND r.firewall_id = p.firewall_id
),
address (id, firewall_id, ip, ip_sort) AS MATERIALIZED (
    SELECT p.id, p.firewall_id, nb.ip, nb.ip_sort FROM page p CROSS JOIN arp nb ON nb.mac = p.id AND nb.firewall_id = p.firewall_id
    UNION
    SELECT p.id, p.firewall_id, nd.ip, nd.ip_sort FROM page p CROSS JOIN ndp nd ON nd.mac = p.id AND nd.firewall_id = p.firewall_id
    UNION
    SELECT id, firewall_id, ip, ip_sort FROM lease WHERE type <> 'IA_PD' AND state = 'active'
    UNION
    SELECT id, firewall_id, ip, ip_sort FROM reservation WHERE ip IS NOT NULL
),
holding (id, firewall_id, alias, via) AS (
    SELECT a.id, a.firewall_id, n.row_key ->> 0, a.ip FROM address a
    CROSS JOIN address_ranges n ON n.first <= a.ip_sort AND n.last >= a.ip_sort AND n.firewall_id = a.firewall_id
    WHERE n.domain = 'aliases' AND n.field = 'content'
        AND (substr(n.first, 1, 12) = X'00000000000000000000FFFF') = (substr(a.ip_sort, 1, 12) = X'00000000000000000000FFFF')
    UNION
    SELECT p.id, p.firewall_id, t.alias, t.term FROM page p CROSS JOIN alias_terms t ON t.firewall_id = p.firewall_id AND t.term = p.id
    UNION
    SELECT h.id, h.firewall_id, t.alias, h.alias FROM holding h
    CROSS JOIN alias_terms t ON t.firewall_id = h.firewall_id AND t.term = h.alias AND NOT t.negated
),
facts (id, firewall_id, rank, fact, value, detail, at) AS (
    SELECT p.id, p.firewall_id, 1, 'neighbour', nb.ip, nb.interface_name || CASE WHEN nb.expired = 1 THEN ', expired' ELSE '' END, NULL
    FROM page p CROSS JOIN arp nb ON nb.mac = p.id AND nb.firewall_id = p.firewall_id
    UNION ALL
    SELECT p.id, p.firewall_id, 1, 'neighbour', nd.ip, nd.interface_name, NULL
    FROM page p CROSS JOIN ndp nd ON nd.mac = p.id AND nd.firewall_id = p.firewall_id
    UNION ALL
    SELECT id, firewall_id, 2, 'lease', ip, text, expires
    FROM (SELECT h.*, h.backend || ', ' || h.state || coalesce(', ' || h.hostname, '') || coalesce(', ' || h.interface_name, '') AS text FROM lease h)
    UNION ALL
    SELECT id, firewall_id, 3, 'reservation', coalesce(ip, 'dynamic'), backend || coalesce(', ' || hostname, '') || coalesce(', ' || description, ''), NULL
    FROM reservation
    UNION ALL
    SELECT a.id, a.firewall_id, 4, 'dns', d.name, d.ip || ', ' || d.backend, NULL
    FROM address a CROSS JOIN dns_records d ON d.ip_sort = a.ip_sort AND d.firewall_id = a.firewall_id AND d.enabled IS NOT 0
    UNION ALL
    SELECT id, firewall_id, 5, 'alias', alias, 'holds ' || via, NULL FROM holding
    UNION ALL
    SELECT h.id, h.firewall_id, 6, 'rule', coalesce(nullif(r.description, ''), r.uuid),
        r.action || ' on ' || coalesce(r.interface_name, r.interface, 'all') || ', ' || t.place || ' '
        || CASE WHEN t.negated THEN '!' ELSE '' END || t.term || CASE WHEN r.enabled = 0 THEN ' (disabled)' ELSE '' END, NULL
    FROM holding h CROSS JOIN rule_terms t ON t.firewall_id = h.firewall_id AND t.term = h.alias AND t.place <> 'interface'
    CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
        AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
)
SELECT DISTINCT firewall_id, id, rank, fact, value, detail, at, coalesce(detail, '') AS tie FROM facts WHERE ?1 IS NULL OR firewall_id = ?1
