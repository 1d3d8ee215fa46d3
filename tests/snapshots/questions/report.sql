SELECT (SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM (
SELECT json_array("action", "interface", "direction", "protocol", "source", "destination", "destination_port", "enabled", "description", "kind", "quick", "family", "source_port", "gateway", "schedule", "log", "category", "uuid", "firewall_id", "position", "tie", "uuid", "duplicate") AS line FROM (
-- Filter rules that apply to an interface: its own, those of its groups, floating and automatic ones.
SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, r.kind, r.enabled, r.action, r.quick,
    coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.family, r.protocol, r.source, r.source_port,
    r.destination, r.destination_port, r.gateway, r.schedule, r.log, r.description, r.category
FROM firewall_rules r
WHERE (?1 IS NULL OR r.firewall_id = ?1) AND (?8 IS NULL OR (?8 = 'pass') = (r.action = 'pass'))
    AND (?3 IS NULL OR EXISTS (
        SELECT 1 FROM json_each(?3) p
        WHERE p.value ->> 0 = r.firewall_id AND (r.interface IS NULL OR (r.interface LIKE '!%') <> EXISTS (
            SELECT 1 FROM json_each(p.value ->> 2) n
            WHERE instr(',' || ltrim(lower(r.interface), '!') || ',', ',' || lower(n.value) || ',') > 0))))
)
ORDER BY "firewall_id", "position", "tie", "uuid", "duplicate" LIMIT ?7 + 1)),
(SELECT count(*) FROM (SELECT 1 FROM (
-- Filter rules that apply to an interface: its own, those of its groups, floating and automatic ones.
SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, r.kind, r.enabled, r.action, r.quick,
    coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.family, r.protocol, r.source, r.source_port,
    r.destination, r.destination_port, r.gateway, r.schedule, r.log, r.description, r.category
FROM firewall_rules r
WHERE (?1 IS NULL OR r.firewall_id = ?1) AND (?8 IS NULL OR (?8 = 'pass') = (r.action = 'pass'))
    AND (?3 IS NULL OR EXISTS (
        SELECT 1 FROM json_each(?3) p
        WHERE p.value ->> 0 = r.firewall_id AND (r.interface IS NULL OR (r.interface LIKE '!%') <> EXISTS (
            SELECT 1 FROM json_each(p.value ->> 2) n
            WHERE instr(',' || ltrim(lower(r.interface), '!') || ',', ',' || lower(n.value) || ',') > 0))))
) LIMIT 10001)),
(SELECT json_group_array(json_array(firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks))
          FROM sources WHERE domain IN ('firewall_rules', 'interfaces')),
         (SELECT json_group_array(json_array(firewall_id, domain, rows, rejects)) FROM domains WHERE domain IN ('firewall_rules', 'interfaces'))
