-- Loaded filter rules that have decided no packet since the ruleset was loaded.
SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, r.action, coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.protocol,
    r.source, r.destination, r.destination_port, r.description, c.evaluations
FROM firewall_rules r JOIN rule_counters c ON c.firewall_id = r.firewall_id AND c.uuid = r.uuid
WHERE r.enabled = 1 AND r.kind <> 'automatic' AND c.packets = 0 AND (?1 IS NULL OR r.firewall_id = ?1)
    AND (?8 IS NULL OR (?8 = 'pass') = (r.action = 'pass'))
