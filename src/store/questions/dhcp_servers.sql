-- Which DHCP servers have active leases on each interface; two of one family are one too many. Leases are counted up to 10,000.
WITH server (backend, family) AS (
    VALUES ('kea4', 4), ('isc4', 4), ('dnsmasq', 4), ('kea6', 6), ('isc6', 6)
),
leased AS MATERIALIZED (
    SELECT i.firewall_id, i.device, i.name, s.backend, s.family, (
            SELECT count(*) FROM (SELECT 1 FROM dhcp_leases l
                WHERE l.interface_name = i.name AND l.firewall_id = i.firewall_id AND l.backend = s.backend AND l.state = 'active'
                LIMIT 10000)) AS leases
    FROM interfaces i JOIN server s
    WHERE i.name > '' AND (?1 IS NULL OR i.firewall_id = ?1)
        AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(?3) p WHERE p.value ->> 0 = i.firewall_id AND p.value ->> 1 = i.device))
)
SELECT s.firewall_id, s.device, s.name AS interface, s.backend, s.leases,
    (SELECT count(*) FROM leased o WHERE o.firewall_id = s.firewall_id AND o.device = s.device
        AND o.family = s.family AND o.leases > 0) > 1 AS conflict
FROM leased s WHERE s.leases > 0
