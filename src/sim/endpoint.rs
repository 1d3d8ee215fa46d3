//! Endpoints: how a path finds its rows.

use std::collections::BTreeMap;

use super::grid::{Engine, Extra, Page, grid};
use super::world::World;
use super::{alias_rows, dns, interfaces, leases, neighbours, reservations, rule_rows, system};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grid {
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
];

/// An address the simulated firewall answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    pub(super) engine: Engine,
    grid: Grid,
}

impl Endpoint {
    /// As the real router: either spelling, action names in any case, further path parts are
    /// parameters that these actions do not read.
    pub(super) fn find(path: &str) -> Option<Self> {
        let path = path.trim_start_matches('/');
        let mut parts = path.strip_prefix("api/").unwrap_or(path).split('/');
        let (module, controller, action) =
            (parts.next()?, snake(parts.next()?), squash(parts.next()?));
        TABLE
            .iter()
            .find(|(known, ..)| {
                let mut known = known.split('/');
                known.next() == Some(module)
                    && known.next() == Some(&controller)
                    && known.next().map(squash).as_ref() == Some(&action)
            })
            .map(|&(path, engine, grid)| Self { path, engine, grid })
    }

    /// `None` for what must be rendered every time: pages, and the time of day.
    pub(super) fn cache_key(self, params: &BTreeMap<String, String>) -> Option<String> {
        if self.grid == Grid::SystemTime || !Page::of(params).is_whole() {
            return None;
        }
        let filter = |name: &str| {
            params.get(name).map_or_else(String::new, |value| format!("?{name}={value}"))
        };
        Some(format!("{}{}{}", self.path, filter("interface"), filter("show_all")))
    }

    pub(super) fn render(self, world: &World, params: &BTreeMap<String, String>) -> Vec<u8> {
        let page = Page::of(params);
        let engine = self.engine;
        match self.grid {
            Grid::SystemInformation => system::information(world),
            Grid::SystemTime => system::time(world),
            Grid::FirmwareStatus => system::firmware(world),
            Grid::Services => grid(engine, &page, system::services(), Extra::default()),
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
