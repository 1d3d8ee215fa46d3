-- Port forwards and what lets their traffic through the filter. ?4 and ?5: those that lead to an address, directly or by an alias.
WITH RECURSIVE holding (firewall_id, alias) AS (
    SELECT n.firewall_id, n.row_key ->> 0 FROM address_ranges n
    WHERE n.first <= ?5 AND n.last >= ?4 AND n.domain = 'aliases' AND n.field = 'content'
        AND (substr(n.first, 1, 12) = X'00000000000000000000FFFF') = (substr(?4, 1, 12) = X'00000000000000000000FFFF')
    UNION
    SELECT t.firewall_id, t.alias FROM holding h
    CROSS JOIN alias_terms t ON t.firewall_id = h.firewall_id AND t.term = h.alias AND NOT t.negated
)
SELECT d.firewall_id, d.position, d.uuid, coalesce(i.name, d.interface) AS interface, d.protocol, d.source, d.destination, d.destination_port, d.target,
    coalesce(d.target_port, d.destination_port) AS target_port, d.enabled,
    CASE WHEN d.redirect = 0 THEN 'exempts from forwarding'
        WHEN d.filter = 'pass' THEN 'passes without the filter' WHEN d.filter = 'rule' THEN 'an automatic rule'
        ELSE coalesce((SELECT 'rule ' || coalesce(nullif(r.description, ''), r.uuid) FROM rule_terms t
            CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
                AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
            WHERE t.firewall_id = d.firewall_id AND t.place = 'destination' AND t.term = d.target AND NOT t.negated
                AND r.action = 'pass' AND r.enabled = 1 LIMIT 1), 'no rule names its target') END AS permitted_by,
    d.description
FROM destination_nat d LEFT JOIN interfaces i ON i.firewall_id = d.firewall_id AND i.key = d.interface
WHERE (?1 IS NULL OR d.firewall_id = ?1) AND d.origin IS NOT 'automatic'
    AND (?4 IS NULL OR EXISTS (SELECT 1 FROM holding h WHERE h.firewall_id = d.firewall_id AND h.alias = d.target)
        OR EXISTS (SELECT 1 FROM address_ranges n WHERE n.domain = 'destination_nat' AND n.field = 'target' AND n.firewall_id = d.firewall_id
            AND n.row_key = json_array(d.position, d.uuid) AND n.first <= ?5 AND n.last >= ?4))
