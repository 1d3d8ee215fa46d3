//! A certificate by file.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::error::WebError;

/// An acceptor for the chain in `cert` and the key in `key`, both PEM.
pub(super) fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, WebError> {
    let pem = |what, path: &Path, why: String| WebError::Pem { what, path: path.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|cause| pem("the certificate", cert, cause.to_string()))?;
    if chain.is_empty() {
        return Err(pem("the certificate", cert, "it holds no certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|cause| pem("the private key", key, cause.to_string()))?;
    let failed = |cause| WebError::Tls { path: cert.to_owned(), cause };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
