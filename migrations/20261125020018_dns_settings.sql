CREATE TABLE dns_settings (
    -- General settings of Unbound and dnsmasq: where they listen, what they register and validate.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    backend TEXT NOT NULL, -- unbound or dnsmasq.
    enabled INTEGER, -- The server runs.
    port INTEGER, -- UDP and TCP port it listens on.
    interfaces TEXT, -- Interface keys it listens on; absent for all.
    outgoing_interfaces TEXT, -- Interface keys it asks other servers from, of Unbound; absent for all.
    dnssec INTEGER, -- Signatures are validated.
    registers_leases INTEGER, -- Names of DHCP leases are answered (of Unbound: ISC leases only).
    registers_reservations INTEGER, -- Names of DHCP reservations are answered.
    lease_domain TEXT, -- Domain of those names; absent for that of the system.
    dhcp_domain TEXT, -- Domain that dnsmasq gives its DHCP clients.
    forwarding INTEGER, -- Unbound asks the name servers of the system instead of resolving by itself.
    local_zone_type TEXT, -- How Unbound answers for the local zone.
    dns64 INTEGER, -- IPv6 addresses are made up for names without one.
    private_networks TEXT, -- Networks that public names may not resolve to (rebinding protection), of Unbound.
    safe_search TEXT, -- Search engines that are forced to their safe mode.
    domain_needed INTEGER, -- Plain names are not sent to other servers, of dnsmasq.
    ignores_system_servers INTEGER, -- Only the configured forwards are asked, of dnsmasq.
    statistics INTEGER, -- Queries are counted, of Unbound.
    log_queries INTEGER, -- Queries are logged.
    PRIMARY KEY (firewall_id, backend)
) STRICT, WITHOUT ROWID;
