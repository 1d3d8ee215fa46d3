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
    SELECT g.firewall_id, 4, 'gateways', CASE WHEN sum(g.status IS NOT 'online') > 0 THEN 'check' ELSE 'ok' END,
        count(*) || ' gateways, ' || sum(g.status IS NOT 'online') || ' not online',
        group_concat(CASE WHEN g.status IS NOT 'online' THEN g.name || ' ' || coalesce(g.status, 'unknown') END, '; ')
    FROM gateway_status g GROUP BY g.firewall_id
    UNION ALL
    SELECT s.firewall_id, 5, 'services', CASE WHEN sum(s.running = 0) > 0 THEN 'check' ELSE 'ok' END,
        count(*) || ' services, ' || sum(s.running = 0) || ' stopped', group_concat(CASE WHEN s.running = 0 THEN coalesce(s.name, s.id) END, '; ')
    FROM services s GROUP BY s.firewall_id
    UNION ALL
    SELECT m.firewall_id, 6, 'monit', CASE WHEN sum(m.ok = 0) > 0 THEN 'check' ELSE 'ok' END,
        count(*) || ' watched, ' || coalesce(sum(m.ok = 0), 0) || ' failing', group_concat(CASE WHEN m.ok = 0 THEN m.name || coalesce(' ' || m.failing, '') END, '; ')
    FROM monit_status m GROUP BY m.firewall_id
    UNION ALL
    SELECT c.firewall_id, 7, 'certificates', CASE WHEN sum(c.valid_to < ?2 + 2592000) > 0 THEN 'check' ELSE 'ok' END,
        count(*) || ' certificates, ' || sum(c.valid_to < ?2 + 2592000) || ' expired or within 30 days',
        group_concat(CASE WHEN c.valid_to < ?2 + 2592000 THEN coalesce(c.common_name, c.description, c.id) || ' ' || date(c.valid_to, 'unixepoch') END, '; ')
    FROM certificates c GROUP BY c.firewall_id
    UNION ALL
    SELECT d.firewall_id, 8, 'disks', CASE WHEN max(d.used_percent) >= 85 THEN 'check' ELSE 'ok' END, 'fullest ' || max(d.used_percent) || ' %', d.mount_point
    FROM disks d GROUP BY d.firewall_id
    UNION ALL
    SELECT y.firewall_id, 9, 'states', CASE WHEN 100 * y.states >= 80 * y.states_limit THEN 'check' ELSE 'ok' END,
        y.states || ' of ' || y.states_limit, 'load ' || coalesce(y.load_1, '?') || ', memory ' || coalesce(100 * y.memory_used / y.memory || ' %', '?')
    FROM system y WHERE y.states_limit > 0
    UNION ALL
    SELECT u.firewall_id, 10, 'firmware', CASE WHEN u.status IN ('update', 'upgrade', 'error') THEN 'check' ELSE 'ok' END,
        coalesce(u.version, '?'), coalesce(u.message, u.status)
    FROM firmware u
    UNION ALL
    SELECT f.firewall_id, 11, 'devices', 'ok', (
            SELECT count(*) FROM (SELECT mac FROM (
                SELECT mac FROM arp WHERE firewall_id = f.firewall_id AND expired IS NOT 1
                UNION SELECT mac FROM ndp WHERE firewall_id = f.firewall_id) m
                WHERE NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = m.mac AND own.firewall_id = f.firewall_id)
                LIMIT 10000)) || ' online', NULL
    FROM firewalls f
    UNION ALL
    SELECT d.firewall_id, 12, 'leases', 'ok', d.rows || ' leases', NULL FROM domains d WHERE d.domain = 'dhcp_leases'
    UNION ALL
    SELECT d.firewall_id, 13, 'rules', 'ok', d.rows || ' rules', NULL FROM domains d WHERE d.domain = 'firewall_rules'
    UNION ALL
    SELECT d.firewall_id, 14, 'rejects', 'check', sum(d.rejects) || ' rows could not be read', group_concat(d.domain, '; ')
    FROM domains d WHERE d.rejects > 0 GROUP BY d.firewall_id
)
WHERE ?1 IS NULL OR firewall_id = ?1
