//! An index in a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use opndex::ask::{Answer, Ask, Query};
use opndex::opnsense::{Client, Connection, Tls};
use opndex::store::Store;
use opndex::sync::{DomainReport, Due, Firewall, Progress, Report};
use opndex::types::{Clock, Secret, Timestamp};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// A store, a clock that stands still, and the folder they live in.
pub(crate) struct Index {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

/// An empty database: bringing one up to date takes a hundred migrations, copying it nothing.
static EMPTY: OnceCell<Vec<u8>> = OnceCell::const_new();

async fn empty() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opndex.db");
    Store::open(&path).await.unwrap().close().await;
    std::fs::read(path).unwrap()
}

impl Index {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opndex.db");
        std::fs::write(&path, EMPTY.get_or_init(empty).await).unwrap();
        let store = Store::open(&path).await.unwrap();
        Self { folder, store, clock: Clock::manual(Timestamp::from_seconds(1_795_475_000)) }
    }

    pub(crate) fn ask(&self) -> Ask {
        Ask::new(self.store.clone(), self.clock.clone())
    }

    pub(crate) fn firewall(&self, url: &str, key: &str, secret: &str) -> Firewall {
        self.firewall_with(url, key, secret, Tls::System)
    }

    pub(crate) fn firewall_named(
        &self,
        name: &str,
        url: &str,
        key: &str,
        secret: &str,
    ) -> Firewall {
        self.connect(name, url, key, secret, Tls::System)
    }

    pub(crate) fn firewall_with(&self, url: &str, key: &str, secret: &str, tls: Tls) -> Firewall {
        self.connect("fw", url, key, secret, tls)
    }

    fn connect(&self, name: &str, url: &str, key: &str, secret: &str, tls: Tls) -> Firewall {
        let connection = Connection {
            url: url.to_owned(),
            key: Secret::new(key),
            secret: Secret::new(secret),
            tls,
            request_timeout: Duration::from_secs(2),
            in_flight: None,
        };
        let client = Client::new(connection).unwrap();
        Firewall::new(
            name.to_owned(),
            url.to_owned(),
            client,
            self.store.clone(),
            self.clock.clone(),
            Duration::from_mins(1),
        )
    }

    pub(crate) async fn query(&self, domain: &str, filter: &str) -> Answer {
        let query = Query {
            domain: domain.to_owned(),
            filters: vec![filter.to_owned()],
            limit: Some(1_000),
            ..Query::default()
        };
        self.ask().query(&query).await.unwrap()
    }

    /// The only row that `filter` finds, as an object.
    pub(crate) async fn row(
        &self,
        domain: &str,
        filter: &str,
    ) -> serde_json::Map<String, serde_json::Value> {
        let answer = self.query(domain, filter).await;
        assert_eq!(answer.rows.len(), 1, "{domain} where {filter}: {answer:?}");
        answer.columns.iter().map(|c| (*c).to_owned()).zip(answer.rows[0].clone()).collect()
    }
}

pub(crate) fn quiet() -> Progress {
    Arc::new(|_| {})
}

pub(crate) async fn run(firewall: &Firewall) -> Report {
    firewall.run(&Due::All, &CancellationToken::new(), &quiet()).await.unwrap()
}

pub(crate) fn domain<'r>(report: &'r Report, name: &str) -> &'r DomainReport {
    report
        .domains
        .iter()
        .find(|d| d.domain == name)
        .unwrap_or_else(|| panic!("no `{name}` in {report:?}"))
}
