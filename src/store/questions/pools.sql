-- Address ranges that DHCP gives leases from, and how full each is: active leases and reservations inside, each address once.
-- The size is computed for IPv4, from the last four bytes; an IPv6 pool has no size that matters.
WITH pool AS (
    SELECT d.firewall_id, d.backend, d.scope, d.range, d.duplicate, n.first, n.last, d.description,
        CASE WHEN substr(n.first, 1, 12) = X'00000000000000000000FFFF' THEN (
            SELECT sum((instr('0123456789ABCDEF', substr(hex(n.last), 24 + digit.value, 1)) - instr('0123456789ABCDEF', substr(hex(n.first), 24 + digit.value, 1)))
                * (1 << (4 * (8 - digit.value)))) + 1
            FROM json_each('[1,2,3,4,5,6,7,8]') digit) END AS size
    FROM dhcp_ranges d
    JOIN address_ranges n ON n.domain = 'dhcp_ranges' AND n.field = 'addresses' AND n.firewall_id = d.firewall_id
        AND n.row_key = json_array(d.backend, d.scope, d.range, d.duplicate)
    WHERE ?1 IS NULL OR d.firewall_id = ?1
),
filled AS (
    SELECT p.*,
        (SELECT count(*) FROM (
            SELECT l.ip_sort FROM dhcp_leases l
            WHERE l.ip_sort BETWEEN p.first AND p.last AND l.firewall_id = p.firewall_id AND l.state = 'active'
            UNION
            SELECT r.ip_sort FROM dhcp_reservations r WHERE r.ip_sort BETWEEN p.first AND p.last AND r.firewall_id = p.firewall_id
        )) AS used,
        (SELECT count(*) FROM dhcp_reservations r WHERE r.ip_sort BETWEEN p.first AND p.last AND r.firewall_id = p.firewall_id) AS reserved
    FROM pool p
)
SELECT firewall_id, backend, scope, range, duplicate, used, size, CASE WHEN size > 0 THEN 100 * used / size END AS percent, reserved, description
FROM filled
WHERE ?6 IS NOT 1 OR 100 * used >= 80 * size
