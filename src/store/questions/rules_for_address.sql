-- Filter rules that name an address: itself, a network or range around it, an interface's network, or an alias
-- that holds it, however deeply nested. `any` names nothing. IPv4 is stored within IPv6, so families are compared.
WITH RECURSIVE holding (firewall_id, alias) AS (
    SELECT n.firewall_id, n.row_key ->> 0 FROM address_ranges n
    WHERE n.first <= ?5 AND n.last >= ?4 AND n.domain = 'aliases' AND n.field = 'content'
        AND (substr(n.first, 1, 12) = X'00000000000000000000FFFF') = (substr(?4, 1, 12) = X'00000000000000000000FFFF')
    UNION
    SELECT t.firewall_id, t.alias FROM holding h
    CROSS JOIN alias_terms t ON t.firewall_id = h.firewall_id AND t.term = h.alias AND NOT t.negated
),
-- What stands for it in a rule.
standing (firewall_id, term, about) AS (
    SELECT firewall_id, alias, 'alias' FROM holding
    UNION
    SELECT i.firewall_id, i.key, 'interface network' FROM address_ranges n
    JOIN interfaces i ON i.firewall_id = n.firewall_id AND n.row_key = json_array(i.device)
    WHERE n.first <= ?5 AND n.last >= ?4 AND n.domain = 'interfaces' AND i.key IS NOT NULL
        AND (substr(n.first, 1, 12) = X'00000000000000000000FFFF') = (substr(?4, 1, 12) = X'00000000000000000000FFFF')
    UNION
    SELECT i.firewall_id, i.key || 'ip', 'interface address' FROM interfaces i
    WHERE ?3 IS NOT NULL AND (',' || i.ipv4 LIKE '%,' || ?3 || '/%' OR ',' || i.ipv6 LIKE '%,' || ?3 || '/%')
    UNION
    SELECT i.firewall_id, '(self)', 'the firewall itself' FROM interfaces i
    WHERE ?3 IS NOT NULL AND (',' || i.ipv4 LIKE '%,' || ?3 || '/%' OR ',' || i.ipv6 LIKE '%,' || ?3 || '/%')
),
touching (firewall_id, position, tie, uuid, duplicate, place, via) AS (
    SELECT t.firewall_id, t.position, t.tie, t.uuid, t.duplicate, t.place,
        s.about || ' ' || s.term || CASE WHEN EXISTS (SELECT 1 FROM alias_terms x
            WHERE x.firewall_id = s.firewall_id AND x.alias COLLATE BINARY = s.term AND x.negated) THEN ' (which has exclusions)' ELSE '' END
    FROM standing s CROSS JOIN rule_terms t ON t.term = s.term AND t.firewall_id = s.firewall_id
    WHERE NOT t.negated AND t.place IN ('source', 'destination')
    UNION
    SELECT t.firewall_id, t.position, t.tie, t.uuid, t.duplicate, t.place, 'everything but ' || t.term
    FROM rule_terms t
    WHERE t.negated = 1 AND t.term NOT IN ('any') AND t.place IN ('source', 'destination')
        AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.firewall_id = t.firewall_id AND s.term = t.term)
    UNION
    SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, n.field, 'address or network in the rule'
    FROM address_ranges n
    CROSS JOIN firewall_rules r ON r.firewall_id = n.firewall_id AND r.position = (n.row_key ->> 0)
        AND r.tie = (n.row_key ->> 1) AND r.uuid COLLATE BINARY = (n.row_key ->> 2) AND r.duplicate = (n.row_key ->> 3)
    WHERE n.first <= ?5 AND n.last >= ?4 AND n.domain = 'firewall_rules' AND n.field IN ('source', 'destination')
        AND (substr(n.first, 1, 12) = X'00000000000000000000FFFF') = (substr(?4, 1, 12) = X'00000000000000000000FFFF')
)
SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, t.place AS side, t.via, r.enabled, r.action, r.quick, r.kind,
    coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.protocol, r.source, r.destination,
    r.destination_port, r.description
FROM touching t CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
    AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
WHERE (?1 IS NULL OR r.firewall_id = ?1) AND (?8 IS NULL OR (?8 = 'pass') = (r.action = 'pass'))
