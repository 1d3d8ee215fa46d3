-- Aliases with what uses them, and names that rules use although no alias has them. ?6 = 1: only those
-- that are unused, missing or switched off although used.
WITH uses (firewall_id, term, user) AS MATERIALIZED (
    SELECT t.firewall_id, t.term, 'rule ' || coalesce(nullif(r.description, ''), r.uuid)
    FROM rule_terms t CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
        AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
    WHERE t.place <> 'interface'
    UNION
    SELECT firewall_id, term, 'alias ' || alias FROM v_alias_terms
    UNION
    SELECT firewall_id, term, rule FROM v_nat_terms
),
listed (firewall_id, name, type, enabled, entries, content, description, own) AS (
    SELECT firewall_id, name, type, enabled, entries, content, description,
        type = 'internal' OR name IN ('bogons', 'bogonsv6', 'sshlockout', 'virusprot')
    FROM aliases
    UNION ALL
    SELECT t.firewall_id, t.term, NULL, NULL, NULL, NULL, NULL, 0
    FROM (
        SELECT DISTINCT firewall_id, term FROM v_rule_terms
        WHERE place IN ('source', 'destination') AND term GLOB '[A-Za-z_]*' AND term NOT GLOB '*[^A-Za-z0-9_]*'
            AND term NOT IN ('any', 'self')
        UNION
        SELECT firewall_id, term FROM v_rule_terms
        WHERE place IN ('source port', 'destination port') AND term GLOB '*_*'
        UNION
        SELECT firewall_id, term FROM v_alias_terms WHERE type = 'networkgroup' OR (type = 'port' AND term GLOB '*_*')
    ) t
    WHERE NOT EXISTS (SELECT 1 FROM aliases a WHERE a.firewall_id = t.firewall_id AND a.name = t.term)
        AND NOT EXISTS (SELECT 1 FROM interfaces i WHERE i.firewall_id = t.firewall_id
            AND (i.key = t.term OR i.key || 'ip' = t.term OR i.device = t.term
                OR instr(',' || i.groups || ',', ',' || t.term || ',') > 0))
),
counted AS (
    SELECT l.firewall_id, l.name, l.type,
        CASE WHEN l.type IS NULL THEN 'missing' WHEN u.uses IS NULL AND l.own THEN 'built in'
            WHEN u.uses IS NULL THEN 'unused' WHEN l.enabled = 0 THEN 'used but disabled' ELSE 'used' END AS state,
        coalesce(u.uses, 0) AS uses, u.used_by, l.entries, l.content, l.description
    FROM listed l LEFT JOIN (
        SELECT firewall_id, term, count(*) AS uses, group_concat(user, '; ') AS used_by FROM uses GROUP BY firewall_id, term
    ) u ON u.firewall_id = l.firewall_id AND u.term = l.name COLLATE NOCASE
)
SELECT firewall_id, name, type, state, uses, used_by, entries, content, description FROM counted
WHERE (?1 IS NULL OR firewall_id = ?1) AND (?3 IS NULL OR name = ?3 COLLATE NOCASE)
    AND (?6 IS NOT 1 OR state IN ('missing', 'unused', 'used but disabled'))
