CREATE TABLE openvpn_instances (
    -- OpenVPN instances: role, port, networks inside and behind, certificate.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    id TEXT NOT NULL, -- Identifier in the configuration.
    number INTEGER, -- Number of the instance: its device is ovpns or ovpnc with it.
    description TEXT COLLATE NOCASE, -- The administrator's words.
    enabled INTEGER, -- In use.
    role TEXT, -- server or client.
    device_type TEXT, -- tun, tap or ovpn.
    protocol TEXT, -- udp, tcp, or one family of them.
    port INTEGER, -- Port it listens on.
    listens_on TEXT, -- Address it listens on; absent for all.
    remote TEXT COLLATE NOCASE, -- Servers that a client connects to.
    networks TEXT, -- Networks that clients get addresses from.
    local_networks TEXT, -- Networks announced to clients.
    remote_networks TEXT, -- Networks behind the other end.
    certificate TEXT, -- Certificate, by its description.
    authority TEXT, -- Authority that clients must come from.
    authentication TEXT, -- Servers that know the users.
    most_clients INTEGER, -- Most clients at a time.
    dns_servers TEXT, -- Name servers announced to clients.
    dns_domain TEXT, -- Domain announced to clients.
    PRIMARY KEY (firewall_id, id)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on description.
CREATE INDEX openvpn_instances_description ON openvpn_instances (description);
-- locate by name; filters on remote.
CREATE INDEX openvpn_instances_remote ON openvpn_instances (remote);
