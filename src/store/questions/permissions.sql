-- Endpoints that did not answer when last asked, and why: a missing privilege, a plugin that is not there, no connection.
SELECT s.firewall_id, s.domain, s.source, s.state, s.reason, s.rows, s.good_at / 1000 AS good_at
FROM sources s
WHERE s.state NOT IN ('fresh', 'absent') AND (?1 IS NULL OR s.firewall_id = ?1)
