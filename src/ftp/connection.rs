//! A connection to an FTP server: in the clear, or over TLS by command or from its first byte.

use super::control::{Control, Stream, Tls};
use super::error::{FtpError, explain};
use crate::http::Client;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

/// Where TLS begins with the connection, and not with a command (IANA: `ftps`).
const IMPLICIT_TLS: u16 = 990;
const PORT: u16 = 21;

pub(super) async fn open(url: &Url, http: &Client) -> Result<Control, FtpError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let opened = timeout(http.timeout(), connect(url, host, http)).await;
    let control = opened.map_err(|_| FtpError::TimedOut(host.to_owned()))??;
    let how = if url.scheme() == "ftps" { "over TLS" } else { "in the clear" };
    http.note(format!("{host} speaks FTP, {how}"));
    Ok(control)
}

async fn connect(url: &Url, host: &str, http: &Client) -> Result<Control, FtpError> {
    let told = |failure| explain(url, failure, http);
    let port = url.port().unwrap_or(PORT);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| told(error.into()))?;
    let peer = stream.peer_addr().map_err(|error| told(error.into()))?.ip();
    let in_the_clear = |stream: TcpStream| -> Box<dyn Stream> { Box::new(stream) };
    if url.scheme() != "ftps" {
        return Control::greeted(in_the_clear(stream), peer).await.map_err(told);
    }
    let tls = tls(host, http)?;
    if port == IMPLICIT_TLS {
        let stream = tls.over(stream).await.map_err(told)?;
        let control = Control::greeted(stream, peer).await.map_err(told)?;
        return control.protected(tls).await.map_err(told);
    }
    let control = Control::greeted(in_the_clear(stream), peer).await.map_err(told)?;
    control.secured(tls).await.map_err(|failure| match told(failure) {
        FtpError::Refused(words) | FtpError::NotLoggedIn(words) | FtpError::NotAvailable(words) => {
            FtpError::Tls { host: host.to_owned(), reason: format!("no TLS: {words}") }
        }
        other => other,
    })
}

/// Who is trusted is the HTTP client's answer: whom the environment names, or the system's roots, and a
/// list of our own where there are none.
fn tls(host: &str, http: &Client) -> Result<Tls, FtpError> {
    let untrusted = |reason: String| FtpError::Tls { host: host.to_owned(), reason };
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| untrusted(error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| untrusted(error.to_string()))?;
    let named = http.network().authorities().map_err(|error| untrusted(error.to_string()))?;
    let by_system = named.is_none().then(|| builder.clone().with_platform_verifier());
    let config = match by_system {
        Some(Ok(builder)) => builder.with_no_client_auth(),
        Some(Err(_)) | None => {
            let ours = || webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec();
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(named.unwrap_or_else(ours));
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    Ok(Tls { connector: TlsConnector::from(Arc::new(config)), name })
}
