-- Names that DNS or DHCP is configured with (and, of one name, leases), and the addresses they stand for in each
-- system. ?6 = 1: only those about which the systems disagree.
WITH known (firewall_id, name) AS (
    SELECT firewall_id, lower(substr(name, 1, instr(name || '.', '.') - 1)) FROM dns_records
    WHERE enabled IS NOT 0 AND name NOT LIKE '*%' AND type IN ('A', 'AAAA', 'ALIAS')
    UNION
    SELECT firewall_id, lower(substr(hostname, 1, instr(hostname || '.', '.') - 1)) FROM dhcp_reservations WHERE hostname > ''
    UNION
    SELECT firewall_id, lower(hostname) FROM dhcp_leases WHERE ?3 IS NOT NULL AND hostname = ?3
),
told AS (
    SELECT k.firewall_id, k.name,
        (SELECT group_concat(DISTINCT coalesce(d.ip, '-> ' || d.target)) FROM dns_records d
         WHERE (d.name = k.name OR (d.name > k.name || '.' AND d.name < k.name || '/')) AND d.firewall_id = k.firewall_id
            AND d.enabled IS NOT 0) AS dns,
        (SELECT group_concat(DISTINCT r.ip) FROM dhcp_reservations r
         WHERE (r.hostname = k.name OR (r.hostname > k.name || '.' AND r.hostname < k.name || '/')) AND r.firewall_id = k.firewall_id) AS reserved,
        (SELECT group_concat(DISTINCT l.ip) FROM dhcp_leases l
         WHERE l.hostname = k.name AND l.firewall_id = k.firewall_id AND l.state = 'active' AND l.type <> 'IA_PD') AS leased,
        -- An address in DNS of a family in which DHCP gave the name another one.
        EXISTS (
            SELECT 1 FROM dns_records d
            WHERE (d.name = k.name OR (d.name > k.name || '.' AND d.name < k.name || '/')) AND d.firewall_id = k.firewall_id
                AND d.enabled IS NOT 0 AND d.ip IS NOT NULL
                AND EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.hostname = k.name AND l.firewall_id = k.firewall_id
                    AND l.state = 'active' AND l.type <> 'IA_PD' AND instr(l.ip, ':') > 0 = (instr(d.ip, ':') > 0))
                AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.hostname = k.name AND l.firewall_id = k.firewall_id
                    AND l.ip_sort = d.ip_sort)
        ) OR EXISTS (
            SELECT 1 FROM dhcp_reservations r
            WHERE r.hostname = k.name AND r.firewall_id = k.firewall_id AND r.ip IS NOT NULL
                AND EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.hostname = k.name AND l.firewall_id = k.firewall_id
                    AND l.state = 'active' AND l.type <> 'IA_PD' AND instr(l.ip, ':') > 0 = (instr(r.ip, ':') > 0))
                AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.hostname = k.name AND l.firewall_id = k.firewall_id
                    AND l.ip_sort = r.ip_sort)
        ) AS disagree
    FROM known k
    WHERE k.name > '' AND (?1 IS NULL OR k.firewall_id = ?1)
        AND (?3 IS NULL OR k.name = lower(substr(?3, 1, instr(?3 || '.', '.') - 1)))
)
SELECT firewall_id, name, dns, reserved, leased, disagree FROM told WHERE ?6 IS NOT 1 OR disagree
