//! A certificate authority that lives as long as the stand-in: it vouches for the name of every host that a
//! definition leads to, to whoever trusts it, and its key is never written anywhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_rustls::TlsAcceptor;

/// The authority, and what it has vouched for so far.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// One key serves every name: it is the certificate that differs.
    key: KeyPair,
    made: Mutex<HashMap<String, TlsAcceptor>>,
}

impl Authority {
    /// Makes one.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(super) fn new() -> io::Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.distinguished_name.push(DnType::CommonName, "tieline sandbox, for this run only");
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)?;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        Ok(Self { issuer, key, made: Mutex::default() })
    }

    /// Its own certificate, in PEM (RFC 7468): what a client is to trust.
    pub(super) fn pem(&self) -> String {
        let text = STANDARD.encode(self.issuer.der());
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        for (at, c) in text.chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(c);
        }
        pem + "\n-----END CERTIFICATE-----\n"
    }

    /// What answers a TLS handshake as this host.
    ///
    /// # Errors
    /// The host is no name for a certificate.
    pub(super) fn acceptor(&self, host: &str) -> io::Result<TlsAcceptor> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(acceptor) = made.get(host) {
            return Ok(acceptor.clone());
        }
        let acceptor = self.make(host)?;
        made.insert(host.to_owned(), acceptor.clone());
        Ok(acceptor)
    }

    fn make(&self, host: &str) -> io::Result<TlsAcceptor> {
        let params = CertificateParams::new([host.to_owned()]).map_err(io::Error::other)?;
        let certificate = params.signed_by(&self.key, &self.issuer).map_err(io::Error::other)?;
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
