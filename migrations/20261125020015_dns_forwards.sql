CREATE TABLE dns_forwards (
    -- Where Unbound and dnsmasq send queries: forwards, DNS over TLS, and the domains of dnsmasq.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    backend TEXT NOT NULL, -- unbound or dnsmasq.
    domain TEXT NOT NULL COLLATE NOCASE, -- Names it is for; a dot for all of them.
    server TEXT NOT NULL, -- Server that is asked; empty where dnsmasq answers by itself or not at all.
    type TEXT NOT NULL, -- forward, tls (DNS over TLS) or domain (of dnsmasq).
    port INTEGER NOT NULL, -- Port of the server.
    duplicate INTEGER NOT NULL, -- 0; higher when the same is configured several times.
    ip TEXT, -- The server, when it is an address.
    ip_sort BLOB, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.
    verify TEXT, -- Name that the certificate of the server must have.
    tcp INTEGER, -- Asked over TCP.
    first INTEGER, -- Resolved by itself when the server fails.
    enabled INTEGER, -- In use.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    uuid TEXT, -- Identifier in the configuration.
    PRIMARY KEY (firewall_id, backend, domain COLLATE BINARY, server, type, port, duplicate)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on domain.
CREATE INDEX dns_forwards_domain ON dns_forwards (domain);
-- locate by address; filters on ip.
CREATE INDEX dns_forwards_ip ON dns_forwards (ip_sort);
-- locate by name; filters on description.
CREATE INDEX dns_forwards_description ON dns_forwards (description);
