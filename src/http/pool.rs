//! The connections that a client's requests go over.

use super::HttpError;
use super::network::Network;
use super::timing::{TimedConnector, TimedResolver};
use crate::secret::Secret;
use reqwest::redirect;
use std::cell::OnceCell;
use std::time::Duration;
use url::Url;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// The connections. Each sort is made at the first request: that may read the system's certificates.
#[derive(Default)]
pub(super) struct Pool {
    pub(super) network: Network,
    /// In the clear, so that nobody has to be trusted.
    clear: OnceCell<reqwest::Client>,
    encrypted: OnceCell<reqwest::Client>,
    /// It shows a certificate, and the account's host list decides where that goes.
    identified: OnceCell<reqwest::Client>,
    /// What it shows.
    identity: OnceCell<reqwest::Identity>,
    /// Only a connection of HTTP/1.1 can become one of another protocol (RFC 9110 section 7.8).
    upgradable: OnceCell<reqwest::Client>,
    upgradable_clear: OnceCell<reqwest::Client>,
}

impl Pool {
    pub(super) fn new(network: Network) -> Self {
        Self { network, ..Self::default() }
    }

    /// Shows a certificate from now on, in PEM with its private key.
    pub(super) fn identify(&self, pem: &Secret) -> Result<(), HttpError> {
        // One account a client: a second certificate is the same one.
        if self.identified.get().is_some() {
            return Ok(());
        }
        let identity = reqwest::Identity::from_pem(pem.expose().as_bytes());
        let identity = identity.map_err(|_| HttpError::Identity)?;
        let client = self.build("https", |builder| builder.identity(identity.clone()))?;
        let _ = (self.identified.set(client), self.identity.set(identity));
        Ok(())
    }

    pub(super) fn usual(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let (kept, scheme) = match url.scheme() {
            "http" => (&self.clear, "http"),
            _ if self.identified.get().is_some() => (&self.identified, "https"),
            _ => (&self.encrypted, "https"),
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let client = self.build(scheme, |builder| builder)?;
        Ok(kept.get_or_init(|| client))
    }

    pub(super) fn upgradable(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let kept = match url.scheme() {
            "http" => &self.upgradable_clear,
            _ => &self.upgradable,
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let client = self.build(url.scheme(), |builder| match self.identity.get() {
            Some(identity) => builder.http1_only().identity(identity.clone()),
            None => builder.http1_only(),
        })?;
        Ok(kept.get_or_init(|| client))
    }

    fn build(
        &self,
        scheme: &str,
        special: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, HttpError> {
        // A second installation is refused, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = special(reqwest::Client::builder())
                .redirect(redirect::Policy::none())
                .connect_timeout(CONNECT_TIMEOUT)
                .dns_resolver(TimedResolver)
                .connector_layer(TimedConnector)
                .user_agent(concat!("tieline/", env!("CARGO_PKG_VERSION")));
            self.network.apply(scheme, builder)
        };
        // Without a CA bundle (a bare container) the system's verifier fails.
        builder()?.build().or_else(|_| {
            let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
            let certificates =
                roots.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok());
            builder()?
                .tls_certs_only(certificates)
                .build()
                .map_err(|error| HttpError::Client(error.to_string()))
        })
    }
}
