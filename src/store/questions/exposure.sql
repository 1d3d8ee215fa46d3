-- Filter rules that deserve a second look: open to the internet, any to any, or without a word of explanation.
-- An interface with a gateway, or the key `wan`, leads to the internet.
WITH outside (firewall_id, key) AS (
    SELECT firewall_id, key FROM interfaces WHERE key IS NOT NULL AND (gateways > '' OR key = 'wan')
),
seen AS (
    SELECT r.*,
        r.direction IN ('in', 'any') AND (r.interface IS NULL AND r.kind <> 'automatic' OR EXISTS (
            SELECT 1 FROM outside o WHERE o.firewall_id = r.firewall_id
                AND (instr(',' || ltrim(r.interface, '!') || ',', ',' || o.key || ',') > 0) <> (r.interface LIKE '!%'))) AS from_outside
    FROM firewall_rules r WHERE r.enabled = 1 AND r.kind <> 'automatic' AND (?1 IS NULL OR r.firewall_id = ?1)
)
SELECT firewall_id, position, tie, uuid, duplicate, finding, action, coalesce(interface_name, interface, 'all') AS interface, direction, protocol,
    source, destination, destination_port, description
FROM (
    SELECT *, 'open to the internet' AS finding FROM seen WHERE action = 'pass' AND from_outside AND source = 'any'
    UNION ALL
    SELECT *, 'any to any' FROM seen WHERE action = 'pass' AND source = 'any' AND destination = 'any' AND protocol = 'any'
    UNION ALL
    SELECT *, 'no description' FROM seen WHERE coalesce(description, '') = ''
    UNION ALL
    SELECT *, 'pass from the internet without logging' FROM seen WHERE action = 'pass' AND from_outside AND source = 'any' AND log IS NOT 1
)
