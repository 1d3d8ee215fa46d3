//! What an evaluation starts from: plain rows, as an index or a file gives them.
//!
//! Every field has the meaning and the spelling of the column of the same name in its domain, so a
//! scenario file, a proposed rule list and the index are read alike.

use serde::Deserialize;

use super::rows_nat::{ForwardRow, NptRow, OneToOneRow, OutboundRow};

/// Everything that decides about packets, of one firewall at one moment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rows {
    /// Release as `26.7.2`; decides what a few fields mean. Absent: the newest known.
    pub release: Option<String>,
    /// No firewall said its release: it is the oldest that a configuration fits.
    pub release_guessed: bool,
    pub rules: Vec<RuleRow>,
    pub aliases: Vec<AliasRow>,
    /// Loaded tables; preferred over `aliases` where a name is in both.
    pub tables: Vec<TableRow>,
    pub interfaces: Vec<InterfaceRow>,
    pub groups: Vec<GroupRow>,
    pub forwards: Vec<ForwardRow>,
    pub outbound: Vec<OutboundRow>,
    pub one_to_one: Vec<OneToOneRow>,
    pub npt: Vec<NptRow>,
    pub gateways: Vec<GatewayRow>,
    pub routes: Vec<RouteRow>,
    pub schedules: Vec<ScheduleRow>,
    /// `schedules` are all there are: a rule that names another one is always active.
    pub schedules_known: bool,
    pub static_routes: Vec<StaticRouteRow>,
    pub bridges: Vec<BridgeRow>,
    pub portals: Vec<PortalRow>,
    /// Some address is shared by CARP; absent: not known.
    pub carp: Option<bool>,
    /// Networks of legacy VPN clients, which the automatic source NAT knows beside those of interfaces.
    pub vpn_pools: Vec<String>,
    /// Far ends of legacy IPsec tunnels, of which the firewall lets IKE and ESP in by itself.
    pub ipsec_peers: Vec<String>,
    /// Programs that add rules of their own to anchors or sit in the way of packets.
    pub programs: Vec<String>,
    pub switches: Switches,
    /// The zone of the firewall's clock, such as Europe/Berlin.
    pub time_zone: Option<String>,
    /// There may be legacy rules that no row tells of; they stand behind MVC rules of the same priority.
    pub legacy_hidden: bool,
    /// What the index does not hold about this firewall, in words; repeated in every answer.
    pub gaps: Vec<String>,
}

/// Settings that change evaluation as a whole. Those that are on unless somebody switched them off are absent
/// while not known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Switches {
    /// `system/disablefilter`: pf is off, everything passes untranslated.
    pub filter_disabled: bool,
    /// `system/skip_rules_gw_down`: rules whose gateway is down are left out instead of losing it.
    pub skip_rules_with_gateway_down: bool,
    /// Reflection of port forwards unless they say otherwise (off in a factory configuration).
    pub reflection: bool,
    /// Reflection of one-to-one NAT unless a row says otherwise.
    pub one_to_one_reflection: bool,
    /// Reflected traffic gets a source address of the firewall (`enablenatreflectionhelper`).
    pub reflection_helper: bool,
    /// `filter/bypassstaticroutes`: static routes and the networks they are reached through may talk.
    pub bypass_static_routes: bool,
    /// automatic, hybrid, advanced or disabled; absent: not known.
    pub outbound_mode: Option<String>,
    /// IPv6 is allowed; all of it is blocked otherwise.
    pub ipv6: Option<bool>,
    /// The automatic rules that can be left out.
    pub icmpv6_required: Option<bool>,
    pub port_zero_blocked: Option<bool>,
    pub ssh_lockout: Option<bool>,
    pub virus_protection: Option<bool>,
    pub anti_lockout: Option<bool>,
    pub force_gateway: Option<bool>,
    /// Answers leave by the gateway of the interface that the first packet came in on.
    pub reply_to: Option<bool>,
    /// A state holds only on the interface that it was made on, unless a rule says otherwise.
    pub states_bound: bool,
    /// `net.link.bridge.pfil_member`: pf looks at bridged packets on the members.
    pub bridge_members_filtered: Option<bool>,
    /// `net.link.bridge.pfil_bridge`: pf looks at bridged packets on the bridge.
    pub bridges_filtered: Option<bool>,
    /// `net.link.bridge.pfil_local_phys`: what is for the firewall is looked at on the member as well.
    pub bridge_local_filtered: Option<bool>,
}

/// A filter rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct RuleRow {
    /// Evaluation order; rows of equal position keep their order. Absent in files: as written.
    pub position: Option<i64>,
    /// Place among rules of equal position.
    pub tie: i64,
    pub uuid: String,
    /// mvc, legacy or automatic.
    pub origin: String,
    pub enabled: bool,
    /// pass, block or reject.
    pub action: String,
    pub quick: bool,
    /// in, out or any.
    pub direction: String,
    /// Interface keys and groups separated by commas, `!` in front when inverted; absent: all.
    pub interface: Option<String>,
    /// inet, inet6 or inet46.
    pub family: String,
    pub protocol: String,
    /// Terms, each with its own `!`.
    pub source: Vec<String>,
    pub source_port: Option<String>,
    pub destination: Vec<String>,
    pub destination_port: Option<String>,
    /// Names are of IPv4 (`echoreq`), numbers of IPv6.
    pub icmp_type: Option<String>,
    pub gateway: Option<String>,
    pub schedule: Option<String>,
    pub state_type: Option<String>,
    /// `syn/syn,ack`, or `any`.
    pub tcp_flags: Option<String>,
    pub tag: Option<String>,
    pub tagged: Option<String>,
    /// Type of service a packet must carry. No question gives it, so the rule may match or not; as with the next two.
    pub tos: Option<String>,
    pub vlan_priority: Option<String>,
    /// Operating system that a SYN must look like.
    pub os: Option<String>,
    /// What else it asks for, in words, when no row tells what: it may match or not.
    pub condition: Option<String>,
    /// Packets with IP options pass too.
    pub allow_options: bool,
    /// Gateway that answers leave by; `none`; absent: as the switch says.
    pub reply_to: Option<String>,
    /// if-bound or floating; absent: as the switch says.
    pub state_policy: Option<String>,
    /// Limits beyond which it passes no more, and the program that gets what it passes.
    pub limits: Option<String>,
    pub divert_to: Option<String>,
    pub log: bool,
    pub description: String,
    /// Evaluations counted by pf since the rules were loaded, where known.
    pub evaluations: Option<i64>,
    pub packets: Option<i64>,
}

impl Default for RuleRow {
    fn default() -> Self {
        let any = || vec!["any".to_owned()];
        Self {
            position: None,
            tie: 0,
            uuid: String::new(),
            origin: "mvc".to_owned(),
            enabled: true,
            action: "pass".to_owned(),
            quick: true,
            direction: "in".to_owned(),
            interface: None,
            family: "inet".to_owned(),
            protocol: "any".to_owned(),
            source: any(),
            source_port: None,
            destination: any(),
            destination_port: None,
            icmp_type: None,
            gateway: None,
            schedule: None,
            state_type: None,
            tcp_flags: None,
            tag: None,
            tagged: None,
            tos: None,
            vlan_priority: None,
            os: None,
            condition: None,
            allow_options: false,
            reply_to: None,
            state_policy: None,
            limits: None,
            divert_to: None,
            log: false,
            description: String::new(),
            evaluations: None,
            packets: None,
        }
    }
}

/// An alias as configured.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AliasRow {
    pub name: String,
    /// host, network, port, networkgroup, url, urltable, geoip, mac, internal, external, ...
    #[serde(rename = "type")]
    pub kind: String,
    pub enabled: bool,
    pub content: Vec<String>,
    pub description: String,
    /// Entries of the loaded table when it was read.
    pub entries: Option<i64>,
}

impl Default for AliasRow {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: "host".to_owned(),
            enabled: true,
            content: Vec::new(),
            description: String::new(),
            entries: None,
        }
    }
}

/// A table as pf has it loaded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableRow {
    pub name: String,
    pub entries: Vec<String>,
}

/// A device with its assignment and addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct InterfaceRow {
    pub device: String,
    /// `lan`, `opt3`; absent when not assigned.
    pub key: Option<String>,
    pub name: String,
    pub enabled: bool,
    /// With prefix length; those without count as hosts.
    pub addresses: Vec<String>,
    pub groups: Vec<String>,
    /// Whether the interface is an uplink: its IPv4 gateway is dynamic, or may be the default one; absent: not
    /// known.
    pub has_gateway: Option<bool>,
    /// Whether the firewall has an IPv4 gateway for it now, which makes it reach out with source NAT and leaves
    /// it out of reflection; absent: as `has_gateway`.
    pub gateway4: Option<bool>,
    /// The same for IPv6, for reflection alone; absent: no.
    pub gateway6: Option<bool>,
    /// `gateway6` is a guess: which IPv6 gateway was chosen for a static interface is told nowhere.
    pub gateway6_guessed: bool,
    /// Private sources, and those nobody was given, are blocked on arrival; looked at only where no automatic
    /// rules are known.
    pub block_private: bool,
    pub block_bogons: bool,
    /// How it gets its addresses: static, dhcp, pppoe, pptp, none.
    pub ipv4_type: Option<String>,
    /// static, dhcp6, slaac, track6, 6rd, 6to4, none.
    pub ipv6_type: Option<String>,
}

impl Default for InterfaceRow {
    fn default() -> Self {
        Self {
            device: String::new(),
            key: None,
            name: String::new(),
            enabled: true,
            addresses: Vec::new(),
            groups: Vec::new(),
            has_gateway: None,
            gateway4: None,
            gateway6: None,
            gateway6_guessed: false,
            block_private: false,
            block_bogons: false,
            ipv4_type: None,
            ipv6_type: None,
        }
    }
}

/// An interface group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupRow {
    pub name: String,
    /// Interface keys.
    pub members: Vec<String>,
}

/// A bridge and the keys of its members.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BridgeRow {
    pub device: String,
    pub members: Vec<String>,
}

/// A zone of the captive portal in use.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalRow {
    pub zone: u16,
    /// Interface keys.
    pub interfaces: Vec<String>,
}

/// A gateway, or a gateway group when it has members.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayRow {
    pub name: String,
    /// Key of its interface.
    pub interface: Option<String>,
    pub device: Option<String>,
    pub address: Option<String>,
    /// inet or inet6.
    pub family: String,
    pub enabled: bool,
    /// As monitoring says: Online, Offline, Packetloss, ...; absent: not known.
    pub status: Option<String>,
    /// It needs no address: the other end of its device (`OpenVPN` clients, point-to-point).
    pub by_interface: bool,
    /// Names of the gateways of a group.
    pub members: Vec<String>,
}

impl Default for GatewayRow {
    fn default() -> Self {
        Self {
            name: String::new(),
            interface: None,
            device: None,
            address: None,
            family: "inet".to_owned(),
            enabled: true,
            status: None,
            by_interface: false,
            members: Vec::new(),
        }
    }
}

/// A kernel route.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RouteRow {
    /// A network, an address, or `default`.
    pub destination: String,
    pub gateway: Option<String>,
    /// Device that packets leave by.
    pub device: String,
    /// inet or inet6; needed for `default`.
    pub family: Option<String>,
}

/// A configured route, for the switch that lets its networks talk unfiltered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StaticRouteRow {
    pub network: String,
    /// Name of its gateway.
    pub gateway: String,
    pub enabled: bool,
}

/// A schedule: the rule that names it is active only within one of its ranges.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleRow {
    pub name: String,
    pub ranges: Vec<ScheduleRange>,
}

/// Days and hours, in the firewall's local time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleRange {
    /// Weekdays, 1 (Monday) to 7; they count alone when there are any.
    pub weekdays: Vec<u8>,
    /// Months and days as `12-24`. A range without weekdays and dates is never active.
    pub dates: Vec<String>,
    /// `8:00-17:59`, from the first minute to just before the last; empty: the whole day.
    pub hours: String,
}
