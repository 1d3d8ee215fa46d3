//! Rules the firewall makes itself.

/// One automatic rule; empty texts are left out or empty, as each field has it.
#[derive(Debug)]
pub(super) struct Automatic {
    pub(super) priority: u32,
    /// Interface key; empty is any.
    pub(super) interface: &'static str,
    pub(super) family: &'static str,
    pub(super) protocol: &'static str,
    pub(super) action: &'static str,
    pub(super) direction: &'static str,
    /// Two rules are not quick; the field is absent from the others.
    pub(super) quick: Option<bool>,
    pub(super) src: &'static str,
    pub(super) src_port: &'static str,
    pub(super) dst: &'static str,
    pub(super) dst_port: &'static str,
    /// Where the web UI explains it.
    pub(super) reference: &'static str,
    pub(super) icmp6_types: &'static str,
    /// Says so explicitly; the others keep state too.
    pub(super) keeps_state: bool,
    pub(super) about: &'static str,
}

const BASE: Automatic = Automatic {
    priority: 1,
    interface: "",
    family: "",
    protocol: "",
    action: "pass",
    direction: "in",
    quick: None,
    src: "",
    src_port: "",
    dst: "",
    dst_port: "",
    reference: "",
    icmp6_types: "",
    keeps_state: false,
    about: "",
};

const ICMP6: Automatic = Automatic {
    family: "inet6",
    protocol: "ipv6-icmp",
    reference: "system_advanced_firewall.php#no_ipv6_rfc4890_req",
    icmp6_types: "128,133,134,135,136",
    keeps_state: true,
    about: "IPv6 RFC4890 requirements (ICMP)",
    ..BASE
};
const PORT0: Automatic = Automatic {
    family: "inet46",
    protocol: "tcp/udp",
    action: "block",
    reference: "system_advanced_firewall.php#no_port0_block",
    about: "block all targeting port 0",
    ..BASE
};
const CARP: Automatic =
    Automatic { protocol: "carp", direction: "any", about: "CARP defaults", ..BASE };
const LOCKOUT: Automatic = Automatic {
    protocol: "tcp",
    action: "block",
    src: "sshlockout",
    dst: "(self)",
    reference: "system_advanced_firewall.php#no_sshlockout",
    about: "sshlockout",
    ..BASE
};
const WAN6: Automatic =
    Automatic { interface: "wan", protocol: "udp", reference: "ui/interfaces/settings", ..BASE };
const WAN4: Automatic = Automatic {
    interface: "wan",
    protocol: "udp",
    reference: "interfaces.php?if=wan#type",
    about: "allow DHCP client on WAN",
    ..BASE
};
/// The DHCP servers' rules have an empty action, which is a pass.
const SERVER: Automatic =
    Automatic { protocol: "udp", action: "", about: "allow access to DHCP server", ..BASE };
const KEA: Automatic = Automatic { reference: "ui/kea/dhcp/v4", ..SERVER };
const KEA6: Automatic = Automatic {
    interface: "lan",
    family: "inet6",
    reference: "ui/kea/dhcp/v6",
    about: "allow access to DHCPv6 server",
    ..SERVER
};
const DNSMASQ: Automatic = Automatic { reference: "ui/dnsmasq/settings#general", ..SERVER };
const BOGONS: Automatic = Automatic {
    priority: 5,
    interface: "wan",
    action: "block",
    reference: "interfaces.php?if=wan#blockbogons",
    ..BASE
};
const PRIVATE: Automatic = Automatic {
    reference: "interfaces.php?if=wan#blockpriv",
    about: "Block private networks from WAN",
    ..BOGONS
};
const ANTI_LOCKOUT: Automatic = Automatic {
    priority: 5,
    interface: "lan",
    protocol: "tcp",
    dst: "(self)",
    reference: "system_advanced_firewall.php#noantilockout",
    keeps_state: true,
    about: "anti-lockout rule",
    ..BASE
};

/// A DHCP server's request, unicast and broadcast.
const ASK: &str = "255.255.255.255";
const SELF: &str = "(self)";
const LOCAL: &str = "fe80::/10";
const GROUPS: &str = "ff02::/16";
const NEAR: &str = "fe80::/10,ff02::/16";
const PRIVATE4: &str =
    "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,100.64.0.0/10,169.254.0.0/16";
const PRIVATE6: &str = "fd00::/8,fe80::/10,::/128";

/// In the order of the ruleset.
#[rustfmt::skip] // one rule per line reads like the rule list it is
pub(super) static RULES: &[Automatic] = &[
    Automatic { family: "inet46", action: "block", quick: Some(false), about: "Default deny / state violation rule", ..BASE },
    Automatic { icmp6_types: "1,2,3,4,135,136", ..ICMP6 },
    Automatic { direction: "out", src: SELF, dst: NEAR, icmp6_types: "128,129,133,134,135,136", ..ICMP6 },
    Automatic { src: LOCAL, dst: NEAR, ..ICMP6 },
    Automatic { src: GROUPS, dst: LOCAL, ..ICMP6 },
    Automatic { src: "::", dst: GROUPS, ..ICMP6 },
    Automatic { src_port: "0", ..PORT0 },
    Automatic { dst_port: "0", ..PORT0 },
    Automatic { dst: "ff02::12", ..CARP },
    Automatic { dst: "224.0.0.18", ..CARP },
    Automatic { dst_port: "22", ..LOCKOUT },
    Automatic { dst_port: "443", ..LOCKOUT },
    Automatic { action: "block", src: "virusprot", reference: "system_advanced_firewall.php#no_virusprot", about: "virusprot overload table", ..BASE },
    Automatic { dst: LOCAL, dst_port: "546", about: "allow dhcpv6 client in WAN", ..WAN6 },
    Automatic { direction: "out", src: LOCAL, src_port: "546", dst: NEAR, dst_port: "547", about: "allow dhcpv6 client out WAN", ..WAN6 },
    Automatic { src_port: "67", dst_port: "68", ..WAN4 },
    Automatic { direction: "out", src_port: "68", dst_port: "67", ..WAN4 },
    Automatic { interface: "opt1", src_port: "68", dst: ASK, dst_port: "67", ..DNSMASQ },
    Automatic { interface: "opt1", src_port: "68", dst: SELF, dst_port: "67", ..DNSMASQ },
    Automatic { interface: "opt1", direction: "out", src: SELF, src_port: "67", dst_port: "68", ..DNSMASQ },
    Automatic { interface: "opt1", family: "inet6", src: LOCAL, dst: NEAR, dst_port: "546", ..DNSMASQ },
    Automatic { interface: "opt1", family: "inet6", src: LOCAL, dst: GROUPS, dst_port: "547", ..DNSMASQ },
    Automatic { interface: "opt1", family: "inet6", direction: "out", src: SELF, src_port: "547", dst: LOCAL, ..DNSMASQ },
    Automatic { interface: "opt3", src_port: "68", dst: ASK, dst_port: "67", ..DNSMASQ },
    Automatic { interface: "opt3", src_port: "68", dst: SELF, dst_port: "67", ..DNSMASQ },
    Automatic { interface: "opt3", direction: "out", src: SELF, src_port: "67", dst_port: "68", ..DNSMASQ },
    Automatic { interface: "lan", src_port: "68", dst: ASK, dst_port: "67", ..KEA },
    Automatic { interface: "lan", src_port: "68", dst: SELF, dst_port: "67", ..KEA },
    Automatic { interface: "opt2", src_port: "68", dst: ASK, dst_port: "67", ..KEA },
    Automatic { interface: "opt2", src_port: "68", dst: SELF, dst_port: "67", ..KEA },
    Automatic { interface: "opt5", src_port: "68", dst: ASK, dst_port: "67", ..KEA },
    Automatic { interface: "opt5", src_port: "68", dst: SELF, dst_port: "67", ..KEA },
    Automatic { src: LOCAL, dst: NEAR, dst_port: "546", ..KEA6 },
    Automatic { src: LOCAL, dst: GROUPS, dst_port: "547", ..KEA6 },
    Automatic { src: GROUPS, dst: LOCAL, dst_port: "547", ..KEA6 },
    Automatic { direction: "out", src: SELF, src_port: "547", dst: LOCAL, ..KEA6 },
    Automatic { family: "inet", src: "bogons", about: "Block bogon IPv4 networks from WAN", ..BOGONS },
    Automatic { family: "inet6", src: "bogonsv6", about: "Block bogon IPv6 networks from WAN", ..BOGONS },
    Automatic { family: "inet", src: PRIVATE4, ..PRIVATE },
    Automatic { family: "inet6", src: PRIVATE6, ..PRIVATE },
    Automatic { priority: 5, direction: "out", quick: Some(false), keeps_state: true, about: "let out anything from firewall host itself", ..BASE },
    Automatic { dst_port: "22", ..ANTI_LOCKOUT },
    Automatic { dst_port: "80", ..ANTI_LOCKOUT },
    Automatic { dst_port: "443", ..ANTI_LOCKOUT },
];
