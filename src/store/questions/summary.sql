-- One compact health answer: a row per topic, what is wrong first.
SELECT * FROM (
    SELECT f.firewall_id, 1 AS rank, 'firewall' AS topic,
        CASE WHEN r.outcome IN ('complete', 'running') THEN 'ok' ELSE 'check' END AS state,
        coalesce(f.host_name, f.name) || coalesce(', OPNsense ' || f.release, '') AS value,
        'last sync ' || coalesce(r.outcome, 'never') || coalesce(': ' || r.reason, '') AS detail
    FROM firewalls f LEFT JOIN runs r ON r.run_id = (SELECT max(run_id) FROM runs WHERE firewall_id = f.firewall_id)
    UNION ALL
    SELECT f.firewall_id, 2, 'index', CASE WHEN s.bad IS NULL THEN 'ok' ELSE 'check' END,
        coalesce(s.bad, 0) || ' sources not fresh', s.names
    FROM firewalls f LEFT JOIN (
        SELECT firewall_id, count(*) AS bad, group_concat(domain || ' ' || source || ' ' || state, '; ') AS names
        FROM sources WHERE state NOT IN ('fresh', 'absent') GROUP BY firewall_id) s ON s.firewall_id = f.firewall_id
    UNION ALL
    SELECT f.firewall_id, 3, 'interfaces', CASE WHEN i.down > 0 THEN 'check' ELSE 'ok' END, i.all_of || ' assigned, ' || i.down || ' down', i.names
    FROM firewalls f JOIN (
        SELECT firewall_id, count(*) AS all_of, sum(is_down) AS down, group_concat(CASE WHEN is_down THEN name || ' ' || status END, '; ') AS names
        FROM (SELECT *, enabled IS NOT 0 AND status IN ('down', 'no carrier') AS is_down FROM interfaces WHERE key IS NOT NULL)
        GROUP BY firewall_id) i ON i.firewall_id = f.firewall_id
    UNION ALL
    SELECT f.firewall_id, 4, 'devices', 'ok', (
            SELECT count(*) FROM (SELECT mac FROM (
                SELECT mac FROM arp WHERE firewall_id = f.firewall_id AND expired IS NOT 1
                UNION SELECT mac FROM ndp WHERE firewall_id = f.firewall_id) m
                WHERE NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = m.mac AND own.firewall_id = f.firewall_id)
                LIMIT 10000)) || ' online', NULL
    FROM firewalls f
    UNION ALL
    SELECT d.firewall_id, 5, 'leases', 'ok', d.rows || ' leases', NULL FROM domains d WHERE d.domain = 'dhcp_leases'
    UNION ALL
    SELECT d.firewall_id, 6, 'rules', 'ok', d.rows || ' rules', NULL FROM domains d WHERE d.domain = 'firewall_rules'
    UNION ALL
    SELECT d.firewall_id, 7, 'rejects', 'check', sum(d.rejects) || ' rows could not be read', group_concat(d.domain, '; ')
    FROM domains d WHERE d.rejects > 0 GROUP BY d.firewall_id
)
WHERE ?1 IS NULL OR firewall_id = ?1
