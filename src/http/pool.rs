//! The connections that a client's requests go over.

use super::HttpError;
use super::timing::{TimedConnector, TimedResolver};
use crate::secret::Secret;
use reqwest::redirect;
use std::cell::OnceCell;
use std::time::Duration;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// The connections. Each sort is made at the first request: that reads the system's certificates.
#[derive(Default)]
pub(super) struct Pool {
    plain: OnceCell<reqwest::Client>,
    /// It shows a certificate, and the account's host list decides where that goes.
    identified: OnceCell<reqwest::Client>,
    /// What it shows.
    identity: OnceCell<reqwest::Identity>,
    /// Only a connection of HTTP/1.1 can become one of another protocol (RFC 9110 section 7.8).
    upgradable: OnceCell<reqwest::Client>,
}

impl Pool {
    /// Shows a certificate from now on, in PEM with its private key.
    pub(super) fn identify(&self, pem: &Secret) -> Result<(), HttpError> {
        // One account a client: a second certificate is the same one.
        if self.identified.get().is_some() {
            return Ok(());
        }
        let identity = reqwest::Identity::from_pem(pem.expose().as_bytes());
        let identity = identity.map_err(|_| HttpError::Identity)?;
        let client = build_client(|builder| builder.identity(identity.clone()))?;
        let _ = (self.identified.set(client), self.identity.set(identity));
        Ok(())
    }

    pub(super) fn usual(&self) -> Result<&reqwest::Client, HttpError> {
        if let Some(client) = self.identified.get().or(self.plain.get()) {
            return Ok(client);
        }
        let client = build_client(|builder| builder)?;
        Ok(self.plain.get_or_init(|| client))
    }

    pub(super) fn upgradable(&self) -> Result<&reqwest::Client, HttpError> {
        if let Some(client) = self.upgradable.get() {
            return Ok(client);
        }
        let client = build_client(|builder| match self.identity.get() {
            Some(identity) => builder.http1_only().identity(identity.clone()),
            None => builder.http1_only(),
        })?;
        Ok(self.upgradable.get_or_init(|| client))
    }
}

fn build_client(
    special: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, HttpError> {
    // A second installation is refused, and that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        special(reqwest::Client::builder())
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(TimedResolver)
            .connector_layer(TimedConnector)
            .user_agent(concat!("tieline/", env!("CARGO_PKG_VERSION")))
    };
    // Without a CA bundle (a bare container) the system's verifier fails even for http.
    builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        let certificates = roots.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok());
        builder()
            .tls_certs_only(certificates)
            .build()
            .map_err(|error| HttpError::Client(error.to_string()))
    })
}
