//! The ruleset of a firewall, made from its tables and kept until one of them changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::by_name;
use crate::rules::{Rows, Ruleset, lower};
use crate::store::{FirewallRow, Selection};
use crate::types::{FirewallId, Release};

use super::error::AskError;
use super::freshness::{Freshness, freshness};
use super::query::Ask;
use super::ruleset_network::{
    bridge, bridge_settings, ipsec_peer, is_carp, pool, portal, program, tunable,
};
use super::ruleset_rows::{
    Cells, address, alias, entry, exit, forward, gateway, gateway_groups, gateway_status, group,
    interface, member, npt, one_to_one, outbound, route, rule, settle_gateways, settle_health,
    settle_interfaces, tables, uplink,
};
use super::ruleset_settings::{range, schedules, setting, static_route, switches, unread};

/// Rows read at once; more are paged.
const PAGE: u32 = 5_000;

/// A lowered ruleset with the rows it was made from.
#[derive(Debug)]
pub struct Loaded {
    pub firewall: FirewallId,
    pub name: String,
    pub rows: Rows,
    pub ruleset: Ruleset,
    /// Of the oldest table that took part.
    pub freshness: Freshness,
}

/// Rulesets by firewall, with the version of the tables they were made from.
#[derive(Debug, Clone, Default)]
pub(super) struct Rulesets(Arc<Mutex<Known>>);

type Known = BTreeMap<FirewallId, (String, Arc<Loaded>)>;

impl Rulesets {
    fn get(&self, firewall: FirewallId, version: &str) -> Option<Arc<Loaded>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&firewall).filter(|(v, _)| v == version).map(|(_, loaded)| Arc::clone(loaded))
    }

    fn put(&self, version: String, loaded: &Arc<Loaded>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(loaded.firewall, (version, Arc::clone(loaded)));
    }
}

impl Ask {
    /// The ruleset of one firewall: the one called `name`, or the only one there is.
    pub async fn ruleset(&self, name: Option<&str>) -> Result<Arc<Loaded>, AskError> {
        let known = self.store.firewalls().await?;
        let id = match name {
            Some(name) => super::query::firewall(&known, name)?,
            None => super::query::only(&known).ok_or_else(|| AskError::WhichFirewall {
                known: known.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
            })?,
        };
        let Some(row) = known.iter().find(|f| f.id == id) else {
            return Err(AskError::WhichFirewall { known: String::new() });
        };
        let version = self.store.version(id).await?;
        if let Some(loaded) = version.as_deref().and_then(|v| self.rulesets.get(id, v)) {
            return Ok(loaded);
        }
        let loaded = Arc::new(self.load(row).await?);
        if let Some(version) = version {
            self.rulesets.put(version, &loaded);
        }
        Ok(loaded)
    }

    async fn load(&self, firewall: &FirewallRow) -> Result<Loaded, AskError> {
        let mut reader = Reader { ask: self, firewall, freshness: None };
        let asked = firewall.last_run.as_ref().is_some_and(|run| run.requests > 0);
        let mut rows =
            Rows { release: firewall.release.clone(), release_guessed: !asked, ..Rows::default() };
        rows.rules = reader.read("firewall_rules", rule).await?;
        let counters = reader.read("rule_counters", |c| {
            Some((c.text("uuid")?, (c.int("evaluations"), c.int("packets"))))
        });
        let counters: BTreeMap<_, _> = counters.await?.into_iter().collect();
        for rule in &mut rows.rules {
            let (evaluations, packets) = counters.get(&rule.uuid).copied().unwrap_or_default();
            (rule.evaluations, rule.packets) = (evaluations, packets);
        }
        rows.aliases = reader.read("aliases", alias).await?;
        let sizes =
            reader.read("alias_tables", |c| Some((c.text("name")?, c.int("entries")))).await?;
        rows.tables = tables(sizes, reader.read("alias_contents", entry).await?);
        let mut interfaces = reader.read("interfaces", interface).await?;
        let addresses = reader.read("interface_addresses", address).await?;
        rows.gateways = reader.read("gateways", gateway).await?;
        let health = reader.read("gateway_status", gateway_status).await?;
        let members = reader.read("gateway_groups", member).await?;
        settle_health(&mut rows.gateways, health);
        let groups = gateway_groups(members, &rows.gateways);
        rows.gateways.extend(groups);
        settle_interfaces(&mut interfaces, addresses);
        let uplinks = reader.read("interfaces", uplink).await?;
        let exits = reader.read("gateways", exit).await?;
        settle_gateways(&mut interfaces, &uplinks, &exits, &rows.gateways);
        rows.interfaces = interfaces;
        rows.groups = reader.read("interface_groups", group).await?;
        rows.forwards = reader.read("destination_nat", forward).await?;
        rows.outbound = reader.read("source_nat", outbound).await?;
        rows.one_to_one = reader.read("one_to_one_nat", one_to_one).await?;
        rows.npt = reader.read("npt", npt).await?;
        rows.routes = reader.read("routes", route).await?;
        rows.static_routes = reader.read("static_routes", static_route).await?;
        let (ranges, known) = reader.read_known("schedules", range).await?;
        (rows.schedules, rows.schedules_known) = (schedules(ranges), known);
        let settings = reader.read("firewall_settings", setting).await?.into_iter().collect();
        let (tunables, known) = reader.read_known("tunables", tunable).await?;
        rows.switches = switches(&settings, &bridge_settings(&tunables, known));
        reader.surroundings(&mut rows).await?;
        rows.gaps.extend(unread(&settings));
        rows.legacy_hidden = hides_legacy(&rows, settings.contains_key("filter_disabled"));
        rows.time_zone = settings.get("time_zone").cloned();
        let freshness = reader.freshness.unwrap_or(Freshness {
            as_of: None,
            age_s: None,
            stale: false,
            complete: false,
            notes: vec!["no rules were read yet: run `opndex sync`".to_owned()],
        });
        rows.gaps.extend(freshness.notes.iter().cloned());
        let ruleset = lower(&rows);
        Ok(Loaded { firewall: firewall.id, name: firewall.name.clone(), rows, ruleset, freshness })
    }
}

/// Up to 25.1.4 the API shows no legacy rules at all.
fn hides_legacy(rows: &Rows, config_read: bool) -> bool {
    const SHOWN: Release = Release::new(25, 1, 5);
    let release = rows.release.as_deref().and_then(|text| text.parse::<Release>().ok());
    release.is_some_and(|r| r < SHOWN)
        && !config_read
        && rows.rules.iter().all(|rule| rule.origin != "legacy")
}

struct Reader<'a> {
    ask: &'a Ask,
    firewall: &'a FirewallRow,
    freshness: Option<Freshness>,
}

impl Reader<'_> {
    /// What stands around the rules.
    async fn surroundings(&mut self, rows: &mut Rows) -> Result<(), AskError> {
        rows.bridges = self.read("bridges", bridge).await?;
        let (shared, known) = self.read_known("virtual_ips", is_carp).await?;
        rows.carp = known.then(|| shared.contains(&true));
        rows.portals = self.read("captive_portal_zones", portal).await?;
        rows.vpn_pools = self.read("openvpn_instances", pool).await?.concat();
        rows.ipsec_peers = self.read("ipsec_connections", ipsec_peer).await?;
        rows.programs = self.read("services", program).await?;
        Ok(())
    }

    /// Every row of a domain of this firewall; none when this version has no such domain.
    async fn read<T>(
        &mut self,
        name: &str,
        make: impl Fn(&Cells) -> Option<T>,
    ) -> Result<Vec<T>, AskError> {
        self.read_known(name, make).await.map(|(rows, _)| rows)
    }

    /// The same, and whether the domain was ever read: no rows of it then means that there are none.
    async fn read_known<T>(
        &mut self,
        name: &str,
        make: impl Fn(&Cells) -> Option<T>,
    ) -> Result<(Vec<T>, bool), AskError> {
        let Some(domain) = by_name(name) else { return Ok((Vec::new(), false)) };
        let mut selection = Selection {
            domain,
            firewall: Some(self.firewall.id),
            filters: Vec::new(),
            columns: domain.columns(),
            after: None,
            limit: PAGE,
            rows_wanted: true,
        };
        let (mut all, mut known) = (Vec::new(), false);
        loop {
            let page = self.ask.store.look().select(&selection).await?;
            for row in page.rows {
                let names = selection.columns.iter().map(|c| c.name.to_owned());
                all.extend(make(&Cells(names.zip(row).collect())));
            }
            if selection.after.is_none() {
                let about = [(self.firewall.id, self.firewall.name.clone())];
                let now = self.ask.clock.now();
                let of = freshness(name, &page.sources, &page.statuses, &about, now);
                known = of.as_of.is_some();
                self.add(name, of);
            }
            match page.next {
                Some(next) => selection.after = Some(next),
                None => return Ok((all, known)),
            }
        }
    }

    fn add(&mut self, name: &str, more: Freshness) {
        /// What only adds to what another domain says: without it nothing is missing.
        const OPTIONAL: [&str; 16] = [
            "alias_tables",
            "bridges",
            "captive_portal_zones",
            "firewall_settings",
            "gateway_groups",
            "gateway_status",
            "interface_addresses",
            "interface_groups",
            "ipsec_connections",
            "openvpn_instances",
            "rule_counters",
            "schedules",
            "services",
            "static_routes",
            "tunables",
            "virtual_ips",
        ];
        if OPTIONAL.contains(&name) {
            return;
        }
        let Some(sum) = &mut self.freshness else {
            self.freshness = Some(more);
            return;
        };
        sum.as_of = match (sum.as_of, more.as_of) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        sum.age_s = sum.age_s.max(more.age_s);
        sum.stale |= more.stale;
        sum.complete &= more.complete;
        for note in more.notes {
            if !sum.notes.contains(&note) {
                sum.notes.push(note);
            }
        }
    }
}
