//! Rows of address translation.

use serde::Deserialize;

/// A port forward, or an exemption from them.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwardRow {
    pub position: Option<i64>,
    pub uuid: String,
    pub enabled: bool,
    /// Exempts what it matches from translation.
    pub no_rdr: bool,
    pub interface: Option<String>,
    pub family: String,
    pub protocol: String,
    pub source: Vec<String>,
    pub source_port: Option<String>,
    pub destination: Vec<String>,
    pub destination_port: Option<String>,
    pub target: String,
    pub target_port: Option<String>,
    /// `pass` passes without a filter rule, `rule` adds one at the end; absent: a rule must exist.
    pub pass: Option<String>,
    /// purenat or enable, disable; absent: as the switch says.
    pub reflection: Option<String>,
    pub tag: Option<String>,
    pub tagged: Option<String>,
    pub description: String,
}

impl Default for ForwardRow {
    fn default() -> Self {
        let any = || vec!["any".to_owned()];
        Self {
            position: None,
            uuid: String::new(),
            enabled: true,
            no_rdr: false,
            interface: None,
            family: "inet".to_owned(),
            protocol: "tcp".to_owned(),
            source: any(),
            source_port: None,
            destination: any(),
            destination_port: None,
            target: String::new(),
            target_port: None,
            pass: None,
            reflection: None,
            tag: None,
            tagged: None,
            description: String::new(),
        }
    }
}

/// A source NAT rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundRow {
    pub position: Option<i64>,
    pub uuid: String,
    /// mvc, legacy or automatic.
    pub origin: String,
    pub enabled: bool,
    pub no_nat: bool,
    pub interface: Option<String>,
    pub family: String,
    pub protocol: String,
    pub source: Vec<String>,
    pub source_port: Option<String>,
    pub destination: Vec<String>,
    pub destination_port: Option<String>,
    /// An address, `wanip`, or an alias; absent: the interface's address.
    pub target: Option<String>,
    pub static_port: bool,
    pub tag: Option<String>,
    pub tagged: Option<String>,
    pub description: String,
}

impl Default for OutboundRow {
    fn default() -> Self {
        let any = || vec!["any".to_owned()];
        Self {
            position: None,
            uuid: String::new(),
            origin: "mvc".to_owned(),
            enabled: true,
            no_nat: false,
            interface: None,
            family: "inet".to_owned(),
            protocol: "any".to_owned(),
            source: any(),
            source_port: None,
            destination: any(),
            destination_port: None,
            target: None,
            static_port: false,
            tag: None,
            tagged: None,
            description: String::new(),
        }
    }
}

/// A one-to-one translation.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OneToOneRow {
    pub position: Option<i64>,
    pub uuid: String,
    pub enabled: bool,
    pub interface: Option<String>,
    /// binat or nat.
    #[serde(rename = "type")]
    pub kind: String,
    /// Addresses inside.
    pub source: Vec<String>,
    pub destination: Vec<String>,
    /// Addresses outside.
    pub external: String,
    /// Reachable from inside as well: enable or disable; absent: as the switch says.
    pub reflection: Option<String>,
    pub description: String,
}

impl Default for OneToOneRow {
    fn default() -> Self {
        Self {
            position: None,
            uuid: String::new(),
            enabled: true,
            interface: None,
            kind: "binat".to_owned(),
            source: Vec::new(),
            destination: vec!["any".to_owned()],
            external: String::new(),
            reflection: None,
            description: String::new(),
        }
    }
}

/// An IPv6 prefix translation.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NptRow {
    pub position: Option<i64>,
    pub uuid: String,
    pub enabled: bool,
    pub interface: Option<String>,
    /// Prefix inside.
    pub source: String,
    /// Prefix outside; empty: that of the interface.
    pub destination: String,
    /// The interface whose prefix is taken instead of the rule's own.
    pub track: Option<String>,
    pub description: String,
}

impl Default for NptRow {
    fn default() -> Self {
        Self {
            position: None,
            uuid: String::new(),
            enabled: true,
            interface: None,
            source: String::new(),
            destination: String::new(),
            track: None,
            description: String::new(),
        }
    }
}
