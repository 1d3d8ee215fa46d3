//! The ruleset of a firewall, made from its tables and kept until one of them changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::domain::by_name;
use crate::rules::{
    AliasRow, ForwardRow, GatewayRow, GroupRow, InterfaceRow, NptRow, OneToOneRow, OutboundRow,
    RouteRow, Rows, RuleRow, Ruleset, ScheduleRow, Switches, TableRow, lower,
};
use crate::store::{FirewallRow, Selection};
use crate::types::FirewallId;

use super::error::AskError;
use super::freshness::{Freshness, freshness};
use super::query::Ask;

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
        let mut rows = Rows { release: firewall.release.clone(), ..Rows::default() };
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
        let members = reader.read("gateway_groups", |c| {
            Some(Member {
                group: c.text("name")?,
                gateway: c.text("gateway")?,
                tier: c.int("tier"),
            })
        });
        let members = members.await?;
        settle_health(&mut rows.gateways, health);
        let groups = gateway_groups(members, &rows.gateways);
        rows.gateways.extend(groups);
        let upstream = reader.read("gateways", upstream).await?;
        settle_interfaces(&mut interfaces, addresses, &upstream);
        rows.interfaces = interfaces;
        rows.groups = reader.read("interface_groups", group).await?;
        rows.forwards = reader.read("destination_nat", forward).await?;
        rows.outbound = reader.read("source_nat", outbound).await?;
        rows.one_to_one = reader.read("one_to_one_nat", one_to_one).await?;
        rows.npt = reader.read("npt", npt).await?;
        rows.routes = reader.read("routes", route).await?;
        rows.schedules = reader.read("schedules", schedule).await?;
        rows.switches = Switches::default();
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

struct Reader<'a> {
    ask: &'a Ask,
    firewall: &'a FirewallRow,
    freshness: Option<Freshness>,
}

impl Reader<'_> {
    /// Every row of a domain of this firewall; none when this version has no such domain.
    async fn read<T>(
        &mut self,
        name: &str,
        make: impl Fn(&Cells) -> Option<T>,
    ) -> Result<Vec<T>, AskError> {
        let Some(domain) = by_name(name) else { return Ok(Vec::new()) };
        let mut selection = Selection {
            domain,
            firewall: Some(self.firewall.id),
            filters: Vec::new(),
            columns: domain.columns(),
            after: None,
            limit: PAGE,
            rows_wanted: true,
        };
        let mut all = Vec::new();
        loop {
            let page = self.ask.store.select(&selection).await?;
            for row in page.rows {
                let names = selection.columns.iter().map(|c| c.name.to_owned());
                all.extend(make(&Cells(names.zip(row).collect())));
            }
            if selection.after.is_none() {
                let about = [(self.firewall.id, self.firewall.name.clone())];
                let now = self.ask.clock.now();
                self.add(name, freshness(name, &page.sources, &page.statuses, &about, now));
            }
            match page.next {
                Some(next) => selection.after = Some(next),
                None => return Ok(all),
            }
        }
    }

    fn add(&mut self, name: &str, more: Freshness) {
        /// What only adds to what another domain says: without it nothing is missing.
        const OPTIONAL: [&str; 6] = [
            "alias_tables",
            "gateway_groups",
            "gateway_status",
            "interface_addresses",
            "interface_groups",
            "rule_counters",
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

/// One row by column name; a column that this version does not have is absent.
struct Cells(Map<String, Value>);

impl Cells {
    fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(n) => Some(n.to_string()),
            _ => None,
        }
    }

    fn words(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let text = self.words(name);
        text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
    }

    /// A list that means any when it is empty.
    fn terms(&self, name: &str) -> Vec<String> {
        let terms = self.list(name);
        if terms.is_empty() { vec!["any".to_owned()] } else { terms }
    }
}

fn rule(c: &Cells) -> Option<RuleRow> {
    Some(RuleRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        origin: c.words("origin"),
        enabled: c.flag("enabled").unwrap_or(true),
        action: c.words("action"),
        quick: c.flag("quick").unwrap_or(true),
        direction: c.words("direction"),
        interface: c.text("interface").or_else(|| {
            // A description that could not be traced to a key names no interface pf would know.
            c.text("interface_name").map(|name| format!("?{name}"))
        }),
        family: c.words("family"),
        protocol: c.words("protocol"),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        icmp_type: c.text("icmp_type"),
        gateway: c.text("gateway"),
        schedule: c.text("schedule"),
        state_type: c.text("state_type"),
        tcp_flags: c.text("tcp_flags"),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        log: c.flag("log").unwrap_or(false),
        description: c.words("description"),
        evaluations: c.int("evaluations"),
        packets: c.int("packets"),
    })
}

fn alias(c: &Cells) -> Option<AliasRow> {
    Some(AliasRow {
        name: c.text("name")?,
        kind: c.words("type"),
        enabled: c.flag("enabled").unwrap_or(true),
        content: c.list("content"),
        description: c.words("description"),
        entries: c.int("entries"),
    })
}

fn entry(c: &Cells) -> Option<(String, String)> {
    let entry = c.text("entry")?;
    let bare = c.flag("negated") == Some(true) && !entry.starts_with('!');
    Some((c.text("alias")?, if bare { format!("!{entry}") } else { entry }))
}

/// Loaded tables: those with entries, and those that are known to have none.
fn tables(sizes: Vec<(String, Option<i64>)>, entries: Vec<(String, String)>) -> Vec<TableRow> {
    let empty = sizes.into_iter().filter(|(_, size)| *size == Some(0));
    let mut by_name: BTreeMap<String, Vec<String>> =
        empty.map(|(name, _)| (name, Vec::new())).collect();
    for (name, entry) in entries {
        by_name.entry(name).or_default().push(entry);
    }
    by_name.into_iter().map(|(name, entries)| TableRow { name, entries }).collect()
}

fn interface(c: &Cells) -> Option<InterfaceRow> {
    /// Ways to get an address that bring a gateway along.
    const WITH_GATEWAY: [&str; 6] = ["dhcp", "pppoe", "ppp", "pppoa", "pptp", "l2tp"];
    let mut addresses = c.list("ipv4");
    addresses.extend(c.list("ipv6"));
    let by_type = c.text("ipv4_type").filter(|t| WITH_GATEWAY.contains(&t.as_str())).map(|_| true);
    Some(InterfaceRow {
        device: c.text("device")?,
        key: c.text("key"),
        name: c.words("name"),
        enabled: c.flag("enabled").unwrap_or(true),
        addresses,
        groups: c.list("groups"),
        has_gateway: by_type,
    })
}

/// Keys of interfaces with a gateway that may be the default one, and its family.
fn upstream(c: &Cells) -> Option<String> {
    let candidate = c.flag("default_candidate") == Some(true) && c.words("family") != "inet6";
    c.text("interface").filter(|_| candidate && c.flag("enabled") != Some(false))
}

/// An address of a device, with its prefix length; the primary one first.
struct Address {
    device: String,
    text: String,
    is_primary: bool,
}

fn address(c: &Cells) -> Option<Address> {
    let ip = c.text("ip")?;
    let text = match c.int("prefix_length") {
        Some(bits) => format!("{ip}/{bits}"),
        None => ip,
    };
    Some(Address {
        device: c.text("device")?,
        text,
        is_primary: c.flag("is_primary") == Some(true),
    })
}

fn settle_interfaces(
    devices: &mut [InterfaceRow],
    mut addresses: Vec<Address>,
    upstream: &[String],
) {
    addresses.sort_by_key(|a| !a.is_primary);
    for device in devices {
        if device.has_gateway.is_none() {
            device.has_gateway = device.key.as_ref().map(|key| upstream.contains(key));
        }
        let mine: Vec<String> = addresses
            .iter()
            .filter(|a| a.device == device.device)
            .map(|a| a.text.clone())
            .collect();
        if !mine.is_empty() {
            device.addresses = mine;
        }
    }
}

fn gateway(c: &Cells) -> Option<GatewayRow> {
    Some(GatewayRow {
        name: c.text("name")?,
        interface: c.text("interface"),
        device: c.text("device"),
        address: c.text("ip"),
        family: c.text("family").unwrap_or_else(|| "inet".to_owned()),
        enabled: c.flag("enabled").unwrap_or(true),
        status: (c.flag("forced_down") == Some(true)).then(|| "forced down".to_owned()),
        members: Vec::new(),
    })
}

/// What monitoring says of a gateway; a dynamic one has its address only here.
fn gateway_status(c: &Cells) -> Option<(String, String, Option<String>)> {
    Some((c.text("name")?, c.words("status"), c.text("ip")))
}

fn settle_health(gateways: &mut [GatewayRow], health: Vec<(String, String, Option<String>)>) {
    for (name, status, ip) in health {
        for gateway in gateways.iter_mut().filter(|g| g.name == name) {
            gateway.status.get_or_insert_with(|| status.clone());
            gateway.address = gateway.address.take().or_else(|| ip.clone());
        }
    }
}

struct Member {
    group: String,
    gateway: String,
    tier: Option<i64>,
}

/// A group is its best tier with a member that is up.
fn gateway_groups(mut members: Vec<Member>, gateways: &[GatewayRow]) -> Vec<GatewayRow> {
    let is_up = |name: &str| {
        let status =
            gateways.iter().find(|g| g.name == name && g.enabled).map(|g| g.status.clone());
        status.is_some_and(|s| {
            let s = s.unwrap_or_default().to_ascii_lowercase();
            !s.contains("offline") && !s.contains("down")
        })
    };
    members.sort_by(|a, b| (&a.group, a.tier).cmp(&(&b.group, b.tier)));
    let mut groups: BTreeMap<String, (Option<i64>, Vec<String>)> = BTreeMap::new();
    for member in members.iter().filter(|m| is_up(&m.gateway)) {
        let (tier, names) =
            groups.entry(member.group.clone()).or_insert_with(|| (member.tier, Vec::new()));
        if *tier == member.tier {
            names.push(member.gateway.clone());
        }
    }
    for member in members {
        // A group without a living member still exists.
        groups.entry(member.group).or_insert_with(|| (None, vec![member.gateway]));
    }
    let row = |(name, (_, members))| GatewayRow { name, members, ..GatewayRow::default() };
    groups.into_iter().map(row).collect()
}

fn group(c: &Cells) -> Option<GroupRow> {
    Some(GroupRow { name: c.text("name")?, members: c.list("members") })
}

fn forward(c: &Cells) -> Option<ForwardRow> {
    let any = || "any".to_owned();
    Some(ForwardRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        no_rdr: c.flag("redirect") == Some(false),
        interface: c.text("interface"),
        family: c.text("family").unwrap_or_else(|| "inet46".to_owned()),
        protocol: c.text("protocol").unwrap_or_else(any),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        target: c.words("target"),
        target_port: c.text("target_port"),
        pass: c.text("filter"),
        reflection: c.text("reflection"),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        description: c.words("description"),
    })
}

fn outbound(c: &Cells) -> Option<OutboundRow> {
    let origin = match c.words("origin").as_str() {
        "automatic" => "automatic",
        "legacy" => "legacy",
        _ => "mvc",
    };
    Some(OutboundRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        origin: origin.to_owned(),
        enabled: c.flag("enabled").unwrap_or(true),
        no_nat: c.flag("translate") == Some(false),
        interface: c.text("interface"),
        family: c.text("family").unwrap_or_else(|| "inet46".to_owned()),
        protocol: c.text("protocol").unwrap_or_else(|| "any".to_owned()),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        target: c.text("target"),
        static_port: c.flag("static_port").unwrap_or(false),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        description: c.words("description"),
    })
}

fn one_to_one(c: &Cells) -> Option<OneToOneRow> {
    Some(OneToOneRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        interface: c.text("interface"),
        kind: c.text("type").unwrap_or_else(|| "binat".to_owned()),
        source: c.list("source"),
        destination: c.terms("destination"),
        external: c.words("external"),
        description: c.words("description"),
    })
}

fn npt(c: &Cells) -> Option<NptRow> {
    Some(NptRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        interface: c.text("interface"),
        source: c.words("internal"),
        destination: c.words("external"),
        description: c.words("description"),
    })
}

fn route(c: &Cells) -> Option<RouteRow> {
    Some(RouteRow {
        destination: c.text("destination")?,
        gateway: c.text("gateway").or_else(|| c.text("next_hop")),
        device: c.text("device")?,
        family: c.text("family"),
    })
}

fn schedule(c: &Cells) -> Option<ScheduleRow> {
    Some(ScheduleRow { name: c.text("name")?, ranges: Vec::new() })
}
