-- devices: hosts that the discovery daemon remembers, on one interface.
CREATE INDEX host_discovery_interface_mac ON host_discovery (interface, mac);

CREATE VIEW v_nat_terms AS
    -- One row per address or port term of a NAT rule: what it names, and whether it excludes it.
    SELECT d.firewall_id, 'port forward ' || coalesce(nullif(d.description, ''), d.uuid) AS rule, ltrim(e.value, '!') COLLATE NOCASE AS term, e.value LIKE '!%' AS negated
    FROM destination_nat d, json_each('["' || replace(replace(replace(coalesce(d.source, '') || ',' || coalesce(d.source_port, '') || ',' || coalesce(d.destination, '') || ',' || coalesce(d.destination_port, '') || ',' || coalesce(d.target, '') || ',' || coalesce(d.target_port, ''), '\', '\\'), '"', '\"'), ',', '","') || '"]') e WHERE e.value > ''
    UNION ALL
    SELECT s.firewall_id, 'source NAT ' || coalesce(nullif(s.description, ''), s.uuid), ltrim(e.value, '!'), e.value LIKE '!%'
    FROM source_nat s, json_each('["' || replace(replace(replace(coalesce(s.source, '') || ',' || coalesce(s.source_port, '') || ',' || coalesce(s.destination, '') || ',' || coalesce(s.destination_port, '') || ',' || coalesce(s.target, '') || ',' || coalesce(s.target_port, ''), '\', '\\'), '"', '\"'), ',', '","') || '"]') e WHERE e.value > ''
    UNION ALL
    SELECT o.firewall_id, 'one-to-one NAT ' || coalesce(nullif(o.description, ''), o.uuid), ltrim(e.value, '!'), e.value LIKE '!%'
    FROM one_to_one_nat o, json_each('["' || replace(replace(replace(coalesce(o.source, '') || ',' || coalesce(o.destination, ''), '\', '\\'), '"', '\"'), ',', '","') || '"]') e WHERE e.value > '';

CREATE VIEW v_port_forwards AS
    -- Port forwards with interfaces by name.
    SELECT f.name AS firewall, d.enabled, coalesce(i.name, d.interface) AS interface, d.protocol, d.source, d.destination, d.destination_port,
           d.target, coalesce(d.target_port, d.destination_port) AS target_port, d.filter, d.description
    FROM destination_nat d JOIN firewalls f ON f.firewall_id = d.firewall_id
    LEFT JOIN interfaces i ON i.firewall_id = d.firewall_id AND i.key = d.interface;

CREATE VIEW v_certificates AS
    -- Certificates with their validity as text and the days that are left.
    SELECT f.name AS firewall, c.description, c.common_name, c.issuer, datetime(c.valid_to, 'unixepoch') AS expires,
           CAST((c.valid_to - unixepoch()) / 86400 AS INTEGER) AS days_left, c.in_use
    FROM certificates c JOIN firewalls f ON f.firewall_id = c.firewall_id;

CREATE VIEW v_gateways AS
    -- Gateways with their health.
    SELECT f.name AS firewall, g.name, g.interface_name AS interface, g.ip, s.status, s.loss_permille / 10.0 AS loss_percent, s.delay_us / 1000.0 AS delay_ms,
           g.default_now, g.enabled
    FROM gateways g JOIN firewalls f ON f.firewall_id = g.firewall_id
    LEFT JOIN gateway_status s ON s.firewall_id = g.firewall_id AND s.name = g.name;
