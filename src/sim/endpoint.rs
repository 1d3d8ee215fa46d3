//! Endpoints: how a path finds its rows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::grid::{Engine, Extra, Page, grid};
use super::world::World;
use super::{
    alias_rows, appliance, counters, dhcp_pools, dns, flows, interfaces, leases, links, nat,
    neighbours, reservations, resolving, routing, rule_rows, system, tables, vpn,
};

#[derive(Debug, Clone, Copy)]
enum Grid {
    /// Few rows, without parameters of their own.
    Rows(fn(&World) -> Vec<Value>),
    /// A body that is no grid.
    Whole(fn(&World) -> Vec<u8>),
    /// The rows of what the last part of the path names.
    Named(fn(&World, &str) -> Vec<Value>),
    /// A body that is no grid, about what the last part of the path names.
    Told(fn(&World, &str) -> Vec<u8>),
    SystemInformation,
    SystemTime,
    FirmwareStatus,
    Services,
    Overview,
    Vlans,
    Assignments,
    Rules,
    InterfaceList,
    Groups,
    Aliases,
    AliasExport,
    Leases4,
    Leases6,
    DnsmasqLeases,
    Reservations4,
    Reservations6,
    DnsmasqHosts,
    HostOverrides,
    HostAliases,
    Arp,
    Ndp,
}

/// Path in `snake_case`, the engine that answers it, and the rows.
const TABLE: &[(&str, Engine, Grid)] = &[
    ("diagnostics/system/system_information", Engine::Plain, Grid::SystemInformation),
    ("diagnostics/system/system_time", Engine::Plain, Grid::SystemTime),
    ("core/firmware/status", Engine::Plain, Grid::FirmwareStatus),
    ("core/service/search", Engine::Recordset, Grid::Services),
    ("interfaces/overview/interfaces_info", Engine::Recordset, Grid::Overview),
    ("interfaces/vlan_settings/search_item", Engine::Model, Grid::Vlans),
    ("interfaces/assignment/search_item", Engine::Model, Grid::Assignments),
    ("firewall/filter/search_rule", Engine::Recordset, Grid::Rules),
    ("firewall/filter/get_interface_list", Engine::Plain, Grid::InterfaceList),
    ("firewall/group/search_item", Engine::Model, Grid::Groups),
    ("firewall/alias/search_item", Engine::Model, Grid::Aliases),
    ("firewall/alias/export", Engine::Plain, Grid::AliasExport),
    ("kea/leases4/search", Engine::Recordset, Grid::Leases4),
    ("kea/leases6/search", Engine::Recordset, Grid::Leases6),
    ("dnsmasq/leases/search", Engine::Recordset, Grid::DnsmasqLeases),
    ("kea/dhcpv4/search_reservation", Engine::Model, Grid::Reservations4),
    ("kea/dhcpv6/search_reservation", Engine::Model, Grid::Reservations6),
    ("dnsmasq/settings/search_host", Engine::Model, Grid::DnsmasqHosts),
    ("unbound/settings/search_host_override", Engine::Model, Grid::HostOverrides),
    ("unbound/settings/search_host_alias", Engine::Model, Grid::HostAliases),
    ("diagnostics/interface/search_arp", Engine::Recordset, Grid::Arp),
    ("diagnostics/interface/search_ndp", Engine::Recordset, Grid::Ndp),
    ("diagnostics/interface/get_routes", Engine::Plain, Grid::Whole(routing::kernel)),
    ("diagnostics/interface/get_vip_status", Engine::Plain, Grid::Whole(links::carp)),
    ("diagnostics/traffic/interface", Engine::Plain, Grid::Whole(counters::traffic)),
    ("firewall/alias/get_table_size", Engine::Plain, Grid::Whole(tables::sizes)),
    ("firewall/alias_util/list", Engine::Recordset, Grid::Named(tables::list)),
    ("firewall/category/search_item", Engine::Model, Grid::Rows(nat::categories)),
    ("firewall/d_nat/search_rule", Engine::Model, Grid::Rows(nat::destination)),
    ("firewall/filter_util/rule_stats", Engine::Plain, Grid::Whole(counters::rules)),
    ("firewall/npt/search_rule", Engine::Model, Grid::Rows(nat::prefixes)),
    ("firewall/one_to_one/search_rule", Engine::Model, Grid::Rows(nat::one_to_one)),
    ("firewall/source_nat/get", Engine::Plain, Grid::Whole(nat::mode)),
    ("firewall/source_nat/search_rule", Engine::Recordset, Grid::Rows(nat::source)),
    ("interfaces/bridge_settings/search_item", Engine::Model, Grid::Rows(links::bridges)),
    ("interfaces/gif_settings/search_item", Engine::Model, Grid::Rows(links::gifs)),
    ("interfaces/gre_settings/search_item", Engine::Model, Grid::Rows(links::gres)),
    ("interfaces/lagg_settings/search_item", Engine::Model, Grid::Rows(links::laggs)),
    ("interfaces/loopback_settings/search_item", Engine::Model, Grid::Rows(links::loopbacks)),
    ("interfaces/neighbor_settings/search_item", Engine::Model, Grid::Rows(links::pinned)),
    ("interfaces/vip_settings/search_item", Engine::Model, Grid::Rows(links::vips)),
    ("interfaces/vxlan_settings/search_item", Engine::Model, Grid::Rows(links::vxlans)),
    ("routes/gateway/status", Engine::Plain, Grid::Whole(routing::status)),
    ("routes/routes/searchroute", Engine::Model, Grid::Rows(routing::statics)),
    ("routing/group_settings/search", Engine::Model, Grid::Rows(routing::groups)),
    ("routing/settings/search_gateway", Engine::Recordset, Grid::Rows(routing::gateways)),
    ("auth/group/search", Engine::Model, Grid::Rows(appliance::groups)),
    ("auth/user/search", Engine::Model, Grid::Rows(appliance::users)),
    ("captiveportal/session/search", Engine::Recordset, Grid::Rows(flows::portal_sessions)),
    ("captiveportal/settings/search_zones", Engine::Model, Grid::Rows(appliance::portal_zones)),
    ("core/backup/backups", Engine::Plain, Grid::Whole(appliance::backups)),
    ("core/firmware/info", Engine::Plain, Grid::Whole(appliance::plugins)),
    ("core/hasync/get", Engine::Plain, Grid::Whole(appliance::ha)),
    ("core/tunables/search_item", Engine::Model, Grid::Rows(appliance::tunables)),
    ("cron/settings/search_jobs", Engine::Model, Grid::Rows(appliance::jobs)),
    ("dhcrelay/settings/search_dest", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("dhcrelay/settings/search_relay", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("diagnostics/firewall/log", Engine::Plain, Grid::Whole(flows::log)),
    ("diagnostics/firewall/pf_states", Engine::Plain, Grid::Whole(flows::state_count)),
    ("diagnostics/firewall/query_states", Engine::Recordset, Grid::Rows(flows::states)),
    ("diagnostics/system/system_disk", Engine::Plain, Grid::Whole(appliance::disks)),
    ("diagnostics/system/system_resources", Engine::Plain, Grid::Whole(appliance::resources)),
    ("diagnostics/system/system_swap", Engine::Plain, Grid::Whole(appliance::swap)),
    ("diagnostics/system/system_temperature", Engine::Plain, Grid::Whole(appliance::temperatures)),
    ("diagnostics/traffic/top", Engine::Plain, Grid::Told(flows::talkers)),
    ("dnsmasq/settings/get", Engine::Plain, Grid::Whole(resolving::dnsmasq)),
    ("dnsmasq/settings/search_domain", Engine::Model, Grid::Rows(resolving::domains)),
    ("dnsmasq/settings/search_option", Engine::Model, Grid::Rows(dhcp_pools::options)),
    ("dnsmasq/settings/search_range", Engine::Model, Grid::Rows(dhcp_pools::ranges)),
    ("dnsmasq/settings/search_tag", Engine::Model, Grid::Rows(dhcp_pools::tags)),
    ("hostdiscovery/service/search", Engine::Recordset, Grid::Rows(flows::sightings)),
    ("ids/settings/list_rulesets", Engine::Recordset, Grid::Rows(appliance::rulesets)),
    ("ipsec/connections/search_child", Engine::Model, Grid::Rows(vpn::ipsec_children)),
    ("ipsec/connections/search_connection", Engine::Model, Grid::Rows(vpn::ipsec_connections)),
    ("ipsec/sessions/search_phase1", Engine::Recordset, Grid::Rows(vpn::ipsec_phase1)),
    ("ipsec/sessions/search_phase2", Engine::Recordset, Grid::Rows(vpn::ipsec_phase2)),
    ("kea/dhcpv4/search_option", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("kea/dhcpv6/search_option", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("kea/dhcpv4/search_subnet", Engine::Model, Grid::Rows(dhcp_pools::kea4)),
    ("kea/dhcpv6/search_pd_pool", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("kea/dhcpv6/search_subnet", Engine::Model, Grid::Rows(dhcp_pools::kea6)),
    ("monit/settings/search_alert", Engine::Model, Grid::Rows(appliance::alerts)),
    ("monit/settings/search_service", Engine::Model, Grid::Rows(appliance::watched)),
    ("monit/settings/search_test", Engine::Model, Grid::Rows(appliance::tests)),
    ("monit/status/get/xml", Engine::Plain, Grid::Whole(appliance::monit)),
    ("openvpn/instances/search", Engine::Model, Grid::Rows(vpn::openvpn_instances)),
    ("openvpn/service/search_routes", Engine::Recordset, Grid::Rows(vpn::openvpn_routes)),
    ("openvpn/service/search_sessions", Engine::Recordset, Grid::Rows(vpn::openvpn_sessions)),
    ("syslog/settings/search_destinations", Engine::Model, Grid::Rows(appliance::log_servers)),
    ("trafficshaper/settings/search_pipes", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("trafficshaper/settings/search_queues", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("trafficshaper/settings/search_rules", Engine::Model, Grid::Rows(dhcp_pools::none)),
    ("trust/ca/search", Engine::Model, Grid::Rows(appliance::authorities)),
    ("trust/cert/search", Engine::Model, Grid::Rows(appliance::certificates)),
    ("unbound/diagnostics/listlocaldata", Engine::Plain, Grid::Whole(resolving::local_data)),
    ("unbound/settings/get", Engine::Plain, Grid::Whole(resolving::unbound)),
    ("unbound/settings/get_nameservers", Engine::Plain, Grid::Whole(resolving::resolvers)),
    ("unbound/settings/search_acl", Engine::Model, Grid::Rows(resolving::access)),
    ("unbound/settings/search_dnsbl", Engine::Model, Grid::Rows(resolving::blocklists)),
    ("unbound/settings/search_dot", Engine::Model, Grid::Rows(resolving::over_tls)),
    ("unbound/settings/search_forward", Engine::Model, Grid::Rows(resolving::forwards)),
    ("wireguard/client/search_client", Engine::Model, Grid::Rows(vpn::wireguard_peers)),
    ("wireguard/server/search_server", Engine::Model, Grid::Rows(vpn::wireguard_servers)),
    ("wireguard/service/show", Engine::Recordset, Grid::Rows(vpn::wireguard_sessions)),
];

/// An address the simulated firewall answers.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    pub(super) engine: Engine,
    grid: Grid,
    /// The part of the path behind the action, which most actions do not read.
    name: String,
}

impl Endpoint {
    /// As the real router: either spelling, action names in any case, further path parts are
    /// parameters that these actions do not read.
    pub(super) fn find(path: &str) -> Option<Self> {
        let path = path.trim_start_matches('/');
        let mut parts = path.strip_prefix("api/").unwrap_or(path).split('/');
        let (module, controller, action) =
            (parts.next()?, snake(parts.next()?), squash(parts.next()?));
        let name = parts.next().unwrap_or_default();
        TABLE
            .iter()
            .find(|(known, ..)| {
                let mut known = known.split('/');
                known.next() == Some(module)
                    && known.next() == Some(&controller)
                    && known.next().map(squash).as_ref() == Some(&action)
            })
            .filter(|(.., grid)| {
                !matches!(grid, Grid::Named(_) | Grid::Told(_)) || !name.is_empty()
            })
            .map(|&(path, engine, grid)| Self { path, engine, grid, name: name.to_owned() })
    }

    /// `None` for what must be rendered every time: pages, what has many names, and the time of day.
    pub(super) fn cache_key(&self, params: &BTreeMap<String, String>) -> Option<String> {
        if matches!(self.grid, Grid::SystemTime | Grid::Named(_) | Grid::Told(_))
            || !Page::of(params).is_whole()
        {
            return None;
        }
        let filter = |name: &str| {
            params.get(name).map_or_else(String::new, |value| format!("?{name}={value}"))
        };
        Some(format!("{}{}{}", self.path, filter("interface"), filter("show_all")))
    }

    pub(super) fn render(&self, world: &World, params: &BTreeMap<String, String>) -> Vec<u8> {
        let page = Page::of(params);
        let engine = self.engine;
        match self.grid {
            Grid::Rows(rows) => grid(engine, &page, rows(world).iter(), Extra::default()),
            Grid::Whole(body) => body(world),
            Grid::Told(body) => body(world, &self.name),
            Grid::Named(rows) => {
                grid(engine, &page, rows(world, &self.name).iter(), Extra::default())
            }
            Grid::SystemInformation => system::information(world),
            Grid::SystemTime => system::time(world),
            Grid::FirmwareStatus => system::firmware(world),
            Grid::Services => grid(engine, &page, system::services(world), Extra::default()),
            Grid::Overview => {
                grid(engine, &page, interfaces::overview(world).iter(), Extra::default())
            }
            Grid::Vlans => grid(engine, &page, interfaces::vlans(world), Extra::default()),
            Grid::Assignments => {
                grid(engine, &page, interfaces::assignments(world).iter(), Extra::default())
            }
            Grid::Rules => {
                grid(engine, &page, rule_rows::rows(world, params).iter(), Extra::default())
            }
            Grid::InterfaceList => interfaces::rule_interfaces(world),
            Grid::Groups => grid(engine, &page, interfaces::groups(world).iter(), Extra::default()),
            Grid::Aliases => {
                grid(engine, &page, alias_rows::search(world).iter(), Extra::default())
            }
            Grid::AliasExport => alias_rows::export(world),
            Grid::Leases4 => grid(engine, &page, leases::kea4(world), leases::kea4_extra(world)),
            Grid::Leases6 => grid(engine, &page, leases::kea6(world), leases::kea6_extra(world)),
            Grid::DnsmasqLeases => {
                grid(engine, &page, leases::dnsmasq(world), leases::dnsmasq_extra(world))
            }
            Grid::Reservations4 => grid(engine, &page, reservations::kea4(world), Extra::default()),
            Grid::Reservations6 => grid(engine, &page, reservations::kea6(world), Extra::default()),
            Grid::DnsmasqHosts => {
                grid(engine, &page, reservations::dnsmasq(world), Extra::default())
            }
            Grid::HostOverrides => grid(engine, &page, dns::overrides(world), Extra::default()),
            Grid::HostAliases => grid(engine, &page, dns::aliases(world), Extra::default()),
            Grid::Arp => grid(engine, &page, neighbours::arp(world), Extra::default()),
            Grid::Ndp => grid(engine, &page, neighbours::ndp(world), Extra::default()),
        }
    }
}

/// `vlanSettings` as `vlan_settings`.
pub(super) fn snake(segment: &str) -> String {
    let mut snake = String::with_capacity(segment.len() + 2);
    for (at, letter) in segment.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `searchItem`, `search_item` and `SEARCHITEM` are one action.
fn squash(action: &str) -> String {
    action.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}
