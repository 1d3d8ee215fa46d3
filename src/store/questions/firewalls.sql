-- The firewalls in the index.
SELECT f.firewall_id, f.name, f.host_name, f.release,
    (SELECT coalesce(u.message, u.status) || CASE WHEN u.latest <> u.version THEN ' (' || u.version || ' to ' || u.latest || ')' ELSE '' END
     FROM firmware u WHERE u.firewall_id = f.firewall_id LIMIT 1) AS "update",
    f.url,
    (SELECT r.outcome FROM runs r WHERE r.firewall_id = f.firewall_id ORDER BY r.run_id DESC LIMIT 1) AS last_run,
    (SELECT r.started_at / 1000 FROM runs r WHERE r.firewall_id = f.firewall_id ORDER BY r.run_id DESC LIMIT 1) AS last_run_at,
    (SELECT count(*) FROM sources s WHERE s.firewall_id = f.firewall_id AND s.state NOT IN ('fresh', 'absent')) AS sources_in_trouble,
    (SELECT sum(d.rows) FROM domains d WHERE d.firewall_id = f.firewall_id) AS rows
FROM firewalls f WHERE ?1 IS NULL OR f.firewall_id = ?1
