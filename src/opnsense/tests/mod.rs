//! Against a small server on loopback: what is sent, how often, and what is said when it fails.

mod asking;
mod certificates;
mod credentials;
mod pulling;
mod transport;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::client::Limits;
use super::{Client, Connection, Tls};
use crate::domain::Source;
use crate::types::{Release, Secret};

const NEW: Release = Release::new(26, 7, 2);
const OLD: Release = Release::new(24, 7, 12);
const RULES: Source = Source::grid("mvc", "firewall/filter/search_rule", "page-filter-api");
const INFORMATION: &str = r#"{"name":"fw01.home.arpa","versions":["OPNsense 26.7.2-amd64"]}"#;

/// One request as it arrived.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    /// Below `/api/`.
    path: String,
    headers: HeaderMap,
    body: String,
}

/// One answer. `(status, body)` makes one.
#[derive(Debug, Clone, Default)]
struct Reply {
    status: u16,
    body: String,
    location: Option<&'static str>,
    after: Duration,
}

impl<B: Into<String>> From<(u16, B)> for Reply {
    fn from((status, body): (u16, B)) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }
}

impl Reply {
    fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

/// A firewall that answers what the test says. It ends when it is dropped.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    most_in_flight: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

/// Takes a request and how many came before it.
type Answering = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

impl Server {
    async fn answering<R: Into<Reply>>(
        answer: impl Fn(&Seen, usize) -> R + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::on(listener, url, answer)
    }

    fn on<L, R>(
        listener: L,
        url: String,
        answer: impl Fn(&Seen, usize) -> R + Send + Sync + 'static,
    ) -> Self
    where
        L: axum::serve::Listener,
        L::Addr: std::fmt::Debug,
        R: Into<Reply>,
    {
        let answer: Arc<Answering> = Arc::new(move |seen, before| answer(seen, before).into());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let flying = Arc::new(AtomicUsize::new(0));
        let most_in_flight = Arc::new(AtomicUsize::new(0));
        let shared = (Arc::clone(&seen), Arc::clone(&most_in_flight));
        let app = Router::new().fallback(move |request: Request| {
            let (answer, flying, (seen, most)) =
                (Arc::clone(&answer), Arc::clone(&flying), shared.clone());
            async move {
                most.fetch_max(flying.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let reply = reply(request, &seen, &*answer).await;
                flying.fetch_sub(1, Ordering::SeqCst);
                reply
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, most_in_flight, _tasks: tasks }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }

    fn client(&self) -> Client {
        client(connection(&self.url))
    }
}

async fn reply(request: Request, seen: &Mutex<Vec<Seen>>, answer: &Answering) -> Response<Body> {
    let (head, body) = request.into_parts();
    let arrived = Seen {
        method: head.method.to_string(),
        path: head.uri.path().strip_prefix("/api/").unwrap_or("outside of /api/").to_owned(),
        headers: head.headers,
        body: String::from_utf8(to_bytes(body, 65_536).await.unwrap().to_vec()).unwrap(),
    };
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(arrived.clone());
        seen.len() - 1
    };
    let reply = answer(&arrived, before);
    tokio::time::sleep(reply.after).await;
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    if let Some(location) = reply.location {
        response = response.header("location", location);
    }
    response.body(Body::from(reply.body)).unwrap()
}

fn connection(url: &str) -> Connection {
    Connection {
        url: url.to_owned(),
        key: Secret::new("w1key"),
        secret: Secret::new("w1secret"),
        tls: Tls::System,
        request_timeout: Duration::from_secs(5),
        in_flight: None,
    }
}

/// As in earnest, but with pauses and bodies that fit a test.
fn client(connection: Connection) -> Client {
    Client::with_limits(connection, Limits { max_body: 4096, pause: Duration::from_millis(1) })
        .unwrap()
}

fn never() -> CancellationToken {
    CancellationToken::new()
}
