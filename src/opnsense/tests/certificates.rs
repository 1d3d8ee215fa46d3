//! TLS against a self-signed certificate, as OPNsense ships it.

use std::io::Write as _;
use std::net::SocketAddr;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::*;
use crate::opnsense::{ConnectError, PullError, parse_pin, show_pin};

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            // A client that does not trust us hangs up.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// A server for `name`, its certificate, and its port.
struct Secured {
    server: Server,
    leaf: CertificateDer<'static>,
    port: u16,
}

impl Secured {
    /// `is_ca` as openssl makes self-signed certificates when nobody says otherwise.
    async fn named(name: &str, is_ca: bool) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        if is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let leaf = params.self_signed(&key).unwrap().der().clone();
        Self::showing(leaf, &key).await
    }

    /// Does not check that the key is the certificate's.
    async fn showing(leaf: CertificateDer<'static>, key: &KeyPair) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let shown = SingleCertAndKey::from(CertifiedKey::new(vec![leaf.clone()], key));
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let listener = TlsListener { tcp, acceptor: TlsAcceptor::from(Arc::new(config)) };
        let server =
            Server::on(listener, format!("https://127.0.0.1:{port}"), |_, _| (200, INFORMATION));
        Self { server, leaf, port }
    }

    fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.leaf).into()
    }

    fn client(&self, host: &str, tls: Tls) -> Client {
        client(Connection { tls, ..connection(&format!("https://{host}:{}", self.port)) })
    }
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_with_the_pin_that_would_accept_it() {
    let secured = Secured::named("opnsense.internal", false).await;
    let client = secured.client("127.0.0.1", Tls::System);
    let error = client.detect(&never()).await.unwrap_err();
    let PullError::Certificate { fingerprint, expected: None, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*fingerprint, Some(secured.fingerprint()));
    let (said, pin) = (error.to_string(), show_pin(&secured.fingerprint()));
    assert_eq!(
        said,
        format!(
            "the certificate of https://127.0.0.1:{} is not trusted: it is self-signed, or its authority is not known to this \
             machine; if this is your firewall, pin it: --pin {pin} (or `pin = \"{pin}\"` in the settings file)",
            secured.port
        )
    );
    assert_eq!(client.requests(), 1, "a refusal is not repeated");
    assert!(secured.server.seen().is_empty(), "no credentials left the machine");
}

#[tokio::test]
async fn the_pin_from_the_refusal_is_accepted_and_http_2_is_spoken() {
    let secured = Secured::named("opnsense.internal", true).await;
    let refusal =
        secured.client("127.0.0.1", Tls::System).detect(&never()).await.unwrap_err().to_string();
    let pin = refusal.split("--pin ").nth(1).unwrap().split(' ').next().unwrap();
    let client = secured.client("127.0.0.1", Tls::Pin(parse_pin(pin).unwrap()));
    assert_eq!(client.detect(&never()).await.unwrap().release, NEW);
    assert!(
        !secured.server.seen()[0].headers.contains_key("host"),
        "HTTP/2 has :authority instead"
    );
}

#[tokio::test]
async fn a_certificate_as_openssl_makes_it_is_refused_in_plain_words() {
    let secured = Secured::named("opnsense.internal", true).await;
    let error = secured.client("127.0.0.1", Tls::System).detect(&never()).await.unwrap_err();
    assert!(
        error.to_string().contains("is not trusted: it is self-signed, or made for an authority"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_pin_names_both_certificates() {
    let secured = Secured::named("opnsense.internal", false).await;
    let error = secured.client("127.0.0.1", Tls::Pin([7; 32])).detect(&never()).await.unwrap_err();
    assert!(
        matches!(error, PullError::Certificate { expected: Some([7, ..]), fingerprint: Some(seen), .. } if seen == secured.fingerprint())
    );
    let said = error.to_string();
    let (expected, seen) = (show_pin(&[7; 32]), show_pin(&secured.fingerprint()));
    assert!(said.contains(&format!("expected {expected}, seen {seen}")), "{said}");
    assert!(secured.server.seen().is_empty());
}

#[tokio::test]
async fn a_trusted_certificate_without_its_key_is_worth_nothing() {
    let honest = Secured::named("opnsense.internal", false).await;
    let thief = Secured::showing(honest.leaf.clone(), &KeyPair::generate().unwrap()).await;
    for tls in [Tls::Pin(honest.fingerprint()), Tls::Unverified] {
        let error = thief.client("127.0.0.1", tls).detect(&never()).await.unwrap_err();
        assert!(matches!(error, PullError::Certificate { fingerprint: None, .. }), "{error:?}");
        assert!(error.to_string().contains("does not hold its private key"), "{error}");
    }
    assert!(thief.server.seen().is_empty());
}

#[tokio::test]
async fn a_file_with_the_certificate_itself_trusts_it_by_its_name_only() {
    for is_ca in [false, true] {
        let secured = Secured::named("localhost", is_ca).await;
        let ca = file(&secured.leaf);
        let tls = Tls::CaFile(ca.path().to_owned());
        let firmware = secured.client("localhost", tls.clone()).detect(&never()).await.unwrap();
        assert_eq!(firmware.release, NEW);
        let error = secured.client("127.0.0.1", tls).detect(&never()).await.unwrap_err();
        let said = error.to_string();
        assert!(
            matches!(error, PullError::Certificate { .. }) && said.contains("not for 127.0.0.1"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn unverified_accepts_whatever_is_shown() {
    let secured = Secured::named("opnsense.internal", false).await;
    secured.client("127.0.0.1", Tls::Unverified).detect(&never()).await.unwrap();
}

#[tokio::test]
async fn https_to_a_port_without_tls_says_so() {
    let server = Server::answering(|_, _| (200, "{}")).await;
    let client = client(connection(&server.url.replace("http:", "https:")));
    let error = client.detect(&never()).await.unwrap_err();
    assert!(
        matches!(error, PullError::Protocol { .. }) && error.to_string().contains("TLS"),
        "{error:?}"
    );
}

#[test]
fn a_ca_file_is_checked_before_anything_is_sent() {
    let with = |path| {
        Client::new(Connection { tls: Tls::CaFile(path), ..connection("https://fw") }).unwrap_err()
    };
    assert!(matches!(with("/nonexistent/ca.pem".into()), ConnectError::CaFile { .. }));
    for content in ["", "no certificate"] {
        let file = file(content.as_bytes());
        assert!(
            matches!(with(file.path().to_owned()), ConnectError::CaFileContent { .. }),
            "{content}"
        );
    }
}

#[test]
fn credentials_that_cannot_work_are_refused_before_anything_is_sent() {
    for key in ["", "key:with:colons"] {
        let connection = Connection { key: Secret::new(key), ..connection("https://fw") };
        assert!(matches!(Client::new(connection), Err(ConnectError::Credentials { .. })));
    }
}
