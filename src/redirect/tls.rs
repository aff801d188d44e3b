//! The certificate of an https redirect URI: made at start for that host, or one's own.

use super::endpoint::Host;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// How long before and after now a certificate that is made is good, in days. It is thrown away with
/// the listener; clocks may differ.
const DAYS: i64 = 1;
const DAY: i64 = 86_400;

/// A certificate and its key.
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why there is no certificate to use.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It could not be made.
    #[error("no certificate could be made")]
    Make(#[source] rcgen::Error),
    /// A file cannot be read, or is no PEM of what it should be.
    #[error("`{path}` holds no {what} in PEM: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// A file without a certificate.
    #[error("`{0}` holds no certificate in PEM")]
    Empty(PathBuf),
    /// The two do not fit, or are of no use.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

impl Certificate {
    /// Makes one for exactly this host. Nobody has signed it but its own key, which is never
    /// written anywhere, so browsers warn of it. `now` is in Unix seconds.
    ///
    /// # Errors
    /// The system gives no random numbers, or the host is no name for a certificate.
    pub fn made_for(host: &Host, now: i64) -> Result<Self, TlsError> {
        let name = host.to_string().trim_matches(['[', ']']).to_owned();
        let mut params = CertificateParams::new([name.clone()]).map_err(TlsError::Make)?;
        params.distinguished_name.push(DnType::CommonName, format!("tieline at {name}"));
        let (year, month, day) = date(now - DAYS * DAY);
        params.not_before = rcgen::date_time_ymd(year, month, day);
        let (year, month, day) = date(now + (DAYS + 1) * DAY);
        params.not_after = rcgen::date_time_ymd(year, month, day);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(TlsError::Make)?;
        let certificate = params.self_signed(&key).map_err(TlsError::Make)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Ok(Self { chain: vec![certificate.der().clone()], key: key.into() })
    }

    /// Reads one's own, with the certificates between it and its authority, and its key.
    ///
    /// # Errors
    /// A file cannot be read, or holds something else.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let error = |path: &Path, what| {
            let path = path.to_owned();
            move |source| TlsError::Read { path, what, source }
        };
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(error(certificate, "certificate"))?;
        if chain.is_empty() {
            return Err(TlsError::Empty(certificate.to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(error(key, "private key"))?;
        Ok(Self { chain, key })
    }

    pub(super) fn acceptor(self) -> Result<TlsAcceptor, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Year, month and day that hold this second, in UTC.
fn date(seconds: i64) -> (i32, u8, u8) {
    let utc = jiff::tz::TimeZone::UTC;
    let date = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(utc).date();
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    (date.year().into(), part(date.month()), part(date.day()))
}
