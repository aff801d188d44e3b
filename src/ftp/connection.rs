//! A connection to an FTP server: in the clear, or over TLS by command or from its first byte.

use super::error::{FtpError, explain};
use crate::http::Client;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use suppaftp::tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream};
use suppaftp::tokio_rustls::TlsConnector;
use suppaftp::types::Mode;
use suppaftp::{FtpError as Failure, Status};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

pub(super) type Control = AsyncRustlsFtpStream;

/// Where TLS begins with the connection, and not with a command (IANA: `ftps`).
const IMPLICIT_TLS: u16 = 990;
const PORT: u16 = 21;

pub(super) async fn open(url: &Url, http: &Client) -> Result<Control, FtpError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let opened = timeout(http.timeout(), connect(url, host, http)).await;
    let mut control = opened.map_err(|_| FtpError::TimedOut(host.to_owned()))??;
    // The server's word for where its data is may be an address of its own network; and nobody
    // else's word sends us anywhere.
    control.set_passive_nat_workaround(true);
    let peer = control.get_ref().await.peer_addr();
    if peer.is_ok_and(|peer| peer.is_ipv6()) {
        // PASV has room for four bytes only (RFC 2428 section 3).
        control.set_mode(Mode::ExtendedPassive);
    }
    let how = if url.scheme() == "ftps" { "over TLS" } else { "in the clear" };
    http.note(format!("{host} speaks FTP, {how}"));
    Ok(control)
}

async fn connect(url: &Url, host: &str, http: &Client) -> Result<Control, FtpError> {
    let told = |failure| explain(url, failure, http);
    let address = (host, url.port().unwrap_or(PORT));
    if url.scheme() == "ftps" && address.1 == IMPLICIT_TLS {
        let stream = Control::connect_secure_implicit(address, connector(host, http)?, host).await;
        return protect(stream.map_err(told)?).await.map_err(told);
    }
    let tcp = TcpStream::connect(address).await.map_err(Failure::ConnectionError);
    let stream = Control::connect_with_stream(tcp.map_err(told)?).await.map_err(told)?;
    if url.scheme() != "ftps" {
        return Ok(stream);
    }
    stream.into_secure(connector(host, http)?, host).await.map_err(|failure| match told(failure) {
        FtpError::Refused(words) | FtpError::NotLoggedIn(words) | FtpError::NotAvailable(words) => {
            FtpError::Tls { host: host.to_owned(), reason: format!("no TLS: {words}") }
        }
        other => other,
    })
}

/// Asks for TLS on the data connections too (RFC 4217 section 9), which the library does only where
/// TLS begins by command.
async fn protect(mut stream: Control) -> Result<Control, Failure> {
    for command in ["PBSZ 0", "PROT P"] {
        stream.custom_command(command, &[Status::CommandOk]).await?;
    }
    Ok(stream)
}

/// Who is trusted is the HTTP client's answer: whom the environment names, or the system's roots, and a
/// list of our own where there are none. The data connections resume this one's session, as servers
/// demand that guard against strangers on them.
fn connector(host: &str, http: &Client) -> Result<AsyncRustlsConnector, FtpError> {
    let failed = |reason: String| FtpError::Tls { host: host.to_owned(), reason };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    let named = http.network().authorities().map_err(|error| failed(error.to_string()))?;
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
    Ok(TlsConnector::from(Arc::new(config)).into())
}
