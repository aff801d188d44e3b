//! What the environment says of the way to a server: through which proxy, and whom TLS trusts. Both are
//! read as curl reads them.

use super::HttpError;
use crate::context::Context;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, ClientBuilder, NoProxy, Proxy};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;
use std::env::split_paths;
use std::path::Path;
use url::Url;

/// Which variable names a proxy, in the order in which they count. `HTTP_PROXY` is none of them: to a CGI
/// program, that is what a stranger wrote into the header `Proxy` (CVE-2016-5385).
const HTTP_PROXIES: [&str; 3] = ["http_proxy", "all_proxy", "ALL_PROXY"];
const HTTPS_PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXIES: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// Which variable names a file of authorities, in the order in which they count.
const BUNDLES: [&str; 2] = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"];
/// Folders of authorities, which count beside `SSL_CERT_FILE`.
const FOLDERS: &str = "SSL_CERT_DIR";

/// The way to a server.
#[derive(Clone, Debug, Default)]
pub struct Network {
    http_proxy: Option<Setting>,
    https_proxy: Option<Setting>,
    no_proxy: String,
    bundle: Option<Setting>,
    folders: Option<Setting>,
}

/// A variable and its value. A proxy's may hold a password, so it is not shown.
#[derive(Clone)]
struct Setting {
    variable: &'static str,
    value: String,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.variable)
    }
}

impl Network {
    /// What the environment says.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|variable| {
                let value = context.variable(variable)?.to_owned();
                Some(Setting { variable, value })
            })
        };
        let bundle = first(&BUNDLES);
        let alone = bundle.as_ref().is_some_and(|it| it.variable == BUNDLES[0]);
        Self {
            http_proxy: first(&HTTP_PROXIES),
            https_proxy: first(&HTTPS_PROXIES),
            no_proxy: first(&NO_PROXIES).map(|it| it.value).unwrap_or_default(),
            folders: first(&[FOLDERS]).filter(|_| !alone),
            bundle,
        }
    }

    /// The proxy for a scheme: the variable that names it, and its address without name and password.
    ///
    /// # Errors
    /// The variable names none.
    pub fn proxy_for(&self, scheme: &str) -> Result<Option<(&'static str, String)>, HttpError> {
        let Some(setting) = self.setting_for(scheme) else { return Ok(None) };
        let matcher = Matcher::builder().all(setting.value.as_str()).build();
        // Whom the library cannot make sense of, it would go around.
        let found = matcher.intercept(&http::Uri::from_static("https://any"));
        let found = found.ok_or_else(|| HttpError::Setting {
            variable: setting.variable,
            reason: "names no proxy; write it as `http://HOST:PORT` or `socks5h://HOST:PORT`"
                .to_owned(),
        })?;
        Ok(Some((setting.variable, found.uri().to_string().trim_end_matches('/').to_owned())))
    }

    /// The host and port of the proxy through which a URL is asked, if it is.
    pub(super) fn proxy_of(&self, url: &Url) -> Option<String> {
        let setting = self.setting_for(url.scheme())?;
        let matcher = Matcher::builder().all(setting.value.as_str()).no(self.no_proxy.as_str());
        let found = matcher.build().intercept(&url.as_str().parse().ok()?)?;
        Some(found.uri().authority()?.to_string())
    }

    /// Whether the first server on the way speaks TLS.
    pub(super) fn needs_tls(&self, scheme: &str) -> bool {
        let over_tls = |it: &Setting| it.value.to_ascii_lowercase().starts_with("https://");
        scheme == "https" || self.setting_for(scheme).is_some_and(over_tls)
    }

    /// Lets a client go the way that is set for a scheme.
    pub(super) fn apply(
        &self,
        scheme: &str,
        builder: ClientBuilder,
    ) -> Result<ClientBuilder, HttpError> {
        let builder = self.trust(scheme, self.bypass_system(builder))?;
        if self.proxy_for(scheme)?.is_none() {
            return Ok(builder);
        }
        let url = self.setting_for(scheme).map(|setting| setting.value.as_str());
        let proxy = Proxy::all(url.unwrap_or_default());
        let proxy = proxy.map_err(|error| HttpError::Client(error.without_url().to_string()))?;
        Ok(builder.proxy(proxy.no_proxy(NoProxy::from_string(&self.no_proxy))))
    }

    /// The library reads the variables in another order than curl. What is set in the system's own
    /// settings counts where the environment says nothing; there is no such thing on Linux.
    fn bypass_system(&self, builder: ClientBuilder) -> ClientBuilder {
        let silent = self.http_proxy.is_none() && self.https_proxy.is_none();
        match silent && cfg!(any(target_os = "macos", windows)) {
            true => builder,
            false => builder.no_proxy(),
        }
    }

    /// Reading a system's authorities takes longer than a small call, so it is left where none is needed.
    fn trust(&self, scheme: &str, builder: ClientBuilder) -> Result<ClientBuilder, HttpError> {
        if !self.needs_tls(scheme) {
            return Ok(builder.tls_certs_only([]));
        }
        let Some(authorities) = self.authorities()? else { return Ok(builder) };
        let certificates = authorities.iter().map(|der| Certificate::from_der(der));
        let certificates = certificates.collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|error| HttpError::Client(error.to_string()))?;
        Ok(builder.tls_certs_only(certificates))
    }

    /// Whom TLS trusts in place of the system's authorities, where that is set.
    ///
    /// # Errors
    /// What is named cannot be read, or holds no certificate.
    pub fn authorities(&self) -> Result<Option<Vec<CertificateDer<'static>>>, HttpError> {
        let mut found = Vec::new();
        if let Some(bundle) = &self.bundle {
            found =
                bundle.certificates(load_certs_from_paths(Some(Path::new(&bundle.value)), None))?;
        }
        if let Some(folders) = &self.folders {
            for folder in split_paths(&folders.value) {
                let read = load_certs_from_paths(None, Some(&folder));
                match folders.certificates(read) {
                    Ok(more) => found.extend(more),
                    // A folder may be empty beside a bundle, as OpenSSL's is.
                    Err(_) if self.bundle.is_some() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok((!found.is_empty()).then_some(found))
    }

    /// The variables that [`Self::authorities`] come from, and what they name.
    pub fn authority_settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let set = self.bundle.iter().chain(&self.folders);
        set.map(|setting| (setting.variable, setting.value.as_str()))
    }

    fn setting_for(&self, scheme: &str) -> Option<&Setting> {
        let setting = if scheme == "http" { &self.http_proxy } else { &self.https_proxy };
        setting.as_ref()
    }
}

impl Setting {
    /// The certificates that can be one's authority; a bundle may hold others.
    fn certificates(
        &self,
        read: rustls_native_certs::CertificateResult,
    ) -> Result<Vec<CertificateDer<'static>>, HttpError> {
        let mut store = RootCertStore::empty();
        let certificates: Vec<_> =
            read.certs.into_iter().filter(|der| store.add(der.clone()).is_ok()).collect();
        if !certificates.is_empty() {
            return Ok(certificates);
        }
        let reason = match read.errors.first() {
            Some(error) => format!("names `{}`: {}", self.value, root_cause(error)),
            None => format!("names `{}`, which holds no certificate", self.value),
        };
        Err(HttpError::Setting { variable: self.variable, reason })
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root_cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(proxy: &str, no_proxy: &str) -> Network {
        let setting = |variable| Some(Setting { variable, value: proxy.to_owned() });
        Network {
            http_proxy: setting("http_proxy"),
            https_proxy: setting("HTTPS_PROXY"),
            no_proxy: no_proxy.to_owned(),
            ..Network::default()
        }
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        for (value, shown) in [
            ("http://me:secret@proxy.test:3128/", "http://proxy.test:3128"),
            ("proxy.test:3128", "http://proxy.test:3128"),
            ("socks5h://me:secret@proxy.test:1080", "socks5h://proxy.test:1080"),
        ] {
            let told = network(value, "").proxy_for("https").unwrap();
            assert_eq!(told, Some(("HTTPS_PROXY", shown.to_owned())));
        }
        for wrong in ["ftp://me:secret@proxy.test", "http://", ":::"] {
            let error = network(wrong, "").proxy_for("http").unwrap_err().to_string();
            assert!(error.contains("http_proxy") && !error.contains("secret"), "{error}");
        }
        assert_eq!(format!("{:?}", network("x", "").http_proxy), "Some(http_proxy)");
    }

    #[test]
    fn some_hosts_are_reached_without_it() {
        let network = network("http://proxy.test:1", "a.test, 10.0.0.0/8");
        let through = |url: &str| network.proxy_of(&Url::parse(url).unwrap());
        assert_eq!(through("https://b.test/").as_deref(), Some("proxy.test:1"));
        assert_eq!(through("https://nota.test/").as_deref(), Some("proxy.test:1"));
        for without in ["https://a.test/", "https://x.a.test/", "http://10.1.2.3/"] {
            assert_eq!(through(without), None, "{without}");
        }
    }
}
