-- DHCP reservations, what is wrong with each, and the address its device has instead. ?6 = 1: only those with a problem.
WITH looked AS (
    SELECT r.firewall_id, r.backend, r.uuid, r.item, r.hostname AS name, r.ip, r.mac, r.duid, r.subnet, r.description,
        (SELECT group_concat(DISTINCT l.ip) FROM dhcp_leases l
         WHERE l.mac = r.mac AND l.firewall_id = r.firewall_id AND l.state = 'active' AND l.type <> 'IA_PD'
            AND instr(l.ip, ':') > 0 = (instr(coalesce(r.ip, r.backend LIKE '%6'), ':') > 0)) AS leased_now,
        EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.mac = r.mac AND l.firewall_id = r.firewall_id AND l.state = 'active')
            OR EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.duid = r.duid AND l.firewall_id = r.firewall_id AND l.state = 'active')
            OR EXISTS (SELECT 1 FROM arp nb WHERE nb.mac = r.mac AND nb.firewall_id = r.firewall_id)
            OR EXISTS (SELECT 1 FROM ndp nd WHERE nd.mac = r.mac AND nd.firewall_id = r.firewall_id) AS used,
        r.ip IS NOT NULL AND NOT EXISTS (SELECT 1 FROM address_ranges n
            WHERE n.domain = 'interfaces' AND n.field IN ('ipv4', 'ipv6') AND n.firewall_id = r.firewall_id
                AND n.first <= r.ip_sort AND n.last >= r.ip_sort AND n.first <> n.last) AS outside,
        EXISTS (SELECT 1 FROM dhcp_reservations o WHERE o.ip_sort = r.ip_sort AND o.firewall_id = r.firewall_id
                AND (o.uuid <> r.uuid OR o.item <> r.item))
            OR EXISTS (SELECT 1 FROM dhcp_reservations o WHERE o.mac = r.mac AND o.firewall_id = r.firewall_id
                AND o.backend = r.backend AND o.subnet IS r.subnet AND o.uuid <> r.uuid) AS duplicate,
        (SELECT nb.mac FROM arp nb WHERE nb.ip_sort = r.ip_sort AND nb.firewall_id = r.firewall_id AND nb.expired IS NOT 1
            AND r.mac IS NOT NULL AND nb.mac <> r.mac LIMIT 1) AS held_by
    FROM dhcp_reservations r
    WHERE (?1 IS NULL OR r.firewall_id = ?1) AND (?3 IS NULL OR r.hostname = ?3 OR r.mac = ?3 OR r.ip = ?3)
    -- Each group is one row. A subquery that groups is not made part of what reads it, where SQLite would look up each
    -- of these columns again wherever one is named, the addresses three times; the order is that of the primary key.
    GROUP BY r.firewall_id, r.backend, r.uuid, r.item ORDER BY r.firewall_id, r.backend, r.uuid, r.item
),
judged AS (
    SELECT firewall_id, backend, uuid, item, name, ip, mac, duid, subnet, description, leased_now, held_by,
        nullif(substr(
            CASE WHEN NOT used THEN ', unused' ELSE '' END
            || CASE WHEN outside THEN ', outside every interface network' ELSE '' END
            || CASE WHEN duplicate THEN ', duplicate' ELSE '' END
            || CASE WHEN held_by IS NOT NULL THEN ', address held by another device' ELSE '' END
            || CASE WHEN ip IS NOT NULL AND leased_now IS NOT NULL AND instr(',' || leased_now || ',', ',' || ip || ',') = 0
                THEN ', device has another address' ELSE '' END, 3), '') AS problem
    FROM looked
)
SELECT * FROM judged WHERE ?6 IS NOT 1 OR problem IS NOT NULL
