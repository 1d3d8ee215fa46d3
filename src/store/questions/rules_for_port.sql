-- Filter rules that name a port: itself, a range around it, a service name, or a port alias, however deeply nested.
WITH RECURSIVE named (name, port) AS (
    VALUES ('ftp', 21), ('ssh', 22), ('telnet', 23), ('smtp', 25), ('domain', 53), ('tftp', 69), ('http', 80), ('pop3', 110),
        ('ntp', 123), ('netbios-ns', 137), ('netbios-dgm', 138), ('netbios-ssn', 139), ('imap', 143), ('snmp', 161),
        ('ldap', 389), ('https', 443), ('microsoft-ds', 445), ('isakmp', 500), ('submission', 587), ('imaps', 993),
        ('pop3s', 995), ('openvpn', 1194), ('radius', 1812), ('ms-wbt-server', 3389), ('sip', 5060), ('rfb', 5900)
),
covering (firewall_id, alias) AS (
    SELECT t.firewall_id, t.alias FROM alias_terms t
    WHERE t.type = 'port' AND NOT t.negated AND t.term GLOB '[0-9]*' AND CAST(t.term AS INTEGER) <= ?6
        AND CAST(substr(t.term, 1 + max(instr(t.term, '-'), instr(t.term, ':'))) AS INTEGER) >= ?6
    UNION
    SELECT t.firewall_id, t.alias FROM covering c
    CROSS JOIN alias_terms t ON t.firewall_id = c.firewall_id AND t.term = c.alias AND t.type = 'port'
)
SELECT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, t.place AS side, t.term AS via, r.enabled, r.action, r.quick, r.kind,
    coalesce(r.interface_name, r.interface, 'all') AS interface, r.direction, r.protocol, r.source, r.destination,
    r.destination_port, r.description
FROM rule_terms t CROSS JOIN firewall_rules r ON r.firewall_id = t.firewall_id AND r.position = t.position AND r.tie = t.tie
    AND r.uuid COLLATE BINARY = t.uuid AND r.duplicate = t.duplicate
WHERE t.place IN ('source port', 'destination port') AND (?1 IS NULL OR t.firewall_id = ?1)
    AND (?8 IS NULL OR (?8 = 'pass') = (r.action = 'pass')) AND (
    (t.term GLOB '[0-9]*' AND CAST(t.term AS INTEGER) <= ?6
        AND CAST(substr(t.term, 1 + max(instr(t.term, '-'), instr(t.term, ':'))) AS INTEGER) >= ?6)
    OR EXISTS (SELECT 1 FROM covering c WHERE c.firewall_id = t.firewall_id AND c.alias = t.term)
    OR EXISTS (SELECT 1 FROM named n WHERE n.name = t.term AND n.port = ?6))
