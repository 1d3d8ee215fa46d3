//! Whom to trust: the certificate check, and the fingerprint it saw.
//!
//! OPNsense ships a self-signed certificate that names its host name only, so a first connection
//! by address always fails here. The failure carries the fingerprint, which is what to pin.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier as PlatformVerifier;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::error::ConnectError;
use super::pin::show_pin;
use crate::types::clean;

/// Whose certificate is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// The authorities this machine trusts.
    System,
    /// Those, and every certificate in this PEM or DER file: an authority, or the firewall's own certificate.
    CaFile(PathBuf),
    /// Exactly the certificate with this SHA-256 (of its DER), whatever it names and however old it is.
    Pin([u8; 32]),
    /// Any certificate: whoever sits in between can read the API key.
    Unverified,
}

/// Longest reason kept: certificates are text from the network, and may name a thousand hosts.
const REASON_LENGTH: usize = 300;

/// A certificate that was not accepted. It travels through rustls and reqwest as the innermost cause.
#[derive(Debug, Clone, Error)]
#[error("{reason}")]
pub(super) struct Refused {
    pub(super) reason: Box<str>,
    /// Absent when the certificate was fine and the proof of its key was not.
    pub(super) fingerprint: Option<[u8; 32]>,
    pub(super) expected: Option<[u8; 32]>,
}

/// The TLS side of a client. Reads the CA file, so that a wrong one is told at once, but not the
/// system's authorities: that costs milliseconds at process start, so the first handshake pays it.
pub(super) fn config(tls: &Tls) -> Result<ClientConfig, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let trust = match tls {
        Tls::System => Trust::Roots { extra: Vec::new(), platform: OnceLock::new() },
        Tls::CaFile(path) => {
            Trust::Roots { extra: read_certificates(path)?, platform: OnceLock::new() }
        }
        Tls::Pin(pin) => Trust::Pin(*pin),
        Tls::Unverified => Trust::Anyone(Once::new()),
    };
    let verifier = Verifier { trust, provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| ConnectError::Setup { cause: Box::new(cause) })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    // With a ready-made configuration reqwest leaves ALPN alone; without it, it is HTTP/1.1 silently.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What a failed handshake says about the certificate, if that is what it failed on.
pub(super) fn refused(error: &(dyn StdError + 'static)) -> Option<Refused> {
    let error = error.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(why) = error else { return None };
    let ours = match why {
        CertificateError::Other(inner) => inner.0.downcast_ref::<Refused>(),
        _ => None,
    };
    ours.cloned()
        .or_else(|| Some(Refused { reason: reason(error), fingerprint: None, expected: None }))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let bytes = std::fs::read(path)
        .map_err(|cause| ConnectError::CaFile { path: path.to_owned(), cause })?;
    let unusable = |cause| ConnectError::CaFileContent { path: path.to_owned(), cause };
    let mut found: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|cause| unusable(Some(Box::new(cause))))?;
    if found.is_empty() && !bytes.is_empty() {
        found.push(CertificateDer::from(bytes));
    }
    let mut roots = RootCertStore::empty();
    for certificate in &found {
        roots.add(certificate.clone()).map_err(|cause| unusable(Some(Box::new(cause))))?;
    }
    if found.is_empty() { Err(unusable(None)) } else { Ok(found) }
}

#[derive(Debug)]
enum Trust {
    Roots {
        extra: Vec<CertificateDer<'static>>,
        platform: OnceLock<Result<PlatformVerifier, rustls::Error>>,
    },
    Pin([u8; 32]),
    /// Says so in the log, once per client.
    Anyone(Once),
}

/// Wraps every way to trust, so that a refusal always knows the fingerprint.
#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn refuse(&self, leaf: &CertificateDer<'_>, error: &rustls::Error) -> rustls::Error {
        let expected = match &self.trust {
            Trust::Pin(pin) => Some(*pin),
            _ => None,
        };
        let refused =
            Refused { reason: reason(error), fingerprint: Some(fingerprint(leaf)), expected };
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.trust {
            Trust::Pin(pin) if *pin == fingerprint(leaf) => Ok(ServerCertVerified::assertion()),
            Trust::Pin(_) => Err(self.refuse(
                leaf,
                &rustls::Error::InvalidCertificate(
                    CertificateError::ApplicationVerificationFailure,
                ),
            )),
            Trust::Anyone(said) => {
                said.call_once(|| {
                    let pin = show_pin(&fingerprint(leaf));
                    tracing::warn!("the firewall's certificate is not verified, the API key can be intercepted: pin {pin}");
                });
                Ok(ServerCertVerified::assertion())
            }
            Trust::Roots { extra, platform } => platform
                .get_or_init(|| {
                    PlatformVerifier::new_with_extra_roots(
                        extra.iter().cloned(),
                        Arc::clone(&self.provider),
                    )
                })
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|platform| {
                    platform.verify_server_cert(leaf, intermediates, name, ocsp_response, now)
                })
                .or_else(|error| {
                    if is_named_itself(extra, leaf, &error) {
                        verify_name(leaf, name)
                    } else {
                        Err(error)
                    }
                })
                .map_err(|error| self.refuse(leaf, &error)),
        }
    }

    // The signatures prove that the other side holds the key of the certificate it shows. They are
    // checked for everybody, a pinned certificate without its key is worth nothing.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            leaf,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            leaf,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A self-signed certificate that openssl made is an authority too, which webpki refuses as a
/// server's. It is fine when the file names exactly it; its dates were checked before that.
fn is_named_itself(
    extra: &[CertificateDer<'_>],
    leaf: &CertificateDer<'_>,
    error: &rustls::Error,
) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::Other(_)))
        && extra.contains(leaf)
}

fn verify_name(
    leaf: &CertificateDer<'_>,
    name: &ServerName<'_>,
) -> Result<ServerCertVerified, rustls::Error> {
    verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
        .map(|()| ServerCertVerified::assertion())
}

fn fingerprint(leaf: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(leaf).into()
}

/// The common cases in plain words, which follow "is not trusted: ".
fn reason(error: &rustls::Error) -> Box<str> {
    use CertificateError as E;
    let text = match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::UnknownIssuer => {
                "it is self-signed, or its authority is not known to this machine".to_owned()
            }
            E::ExpiredContext { .. } | E::Expired => "it has expired".to_owned(),
            E::NotValidYet | E::NotValidYetContext { .. } => {
                "it is not valid yet, or the clock here is wrong".to_owned()
            }
            E::BadSignature => "who answers does not hold its private key".to_owned(),
            E::NotValidForNameContext { expected, presented } => {
                format!("it is for {}, not for {}", presented.join(", "), expected.to_str())
            }
            // webpki's own errors have no public kind here; this one is what openssl's default earns.
            E::Other(inner) if inner.0.to_string() == "CaUsedAsEndEntity" => {
                "it is self-signed, or made for an authority and not for a server".to_owned()
            }
            E::Other(inner) => inner.0.to_string(),
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    clean(&text).chars().take(REASON_LENGTH).collect::<String>().into()
}
