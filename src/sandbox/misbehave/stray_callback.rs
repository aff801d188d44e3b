//! Defines `stray-callback`: before the right redirect, the listener gets one with a wrong state.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "stray-callback",
    explain: "before the right redirect, the listener gets one with a wrong state",
};

/// A listener should have answered by then.
const PATIENCE: Duration = Duration::from_secs(2);

/// What any web page or local program can do: ask the listener for its redirect URI. A good
/// listener goes on waiting for the right one.
pub(super) async fn send(redirect_uri: &str) {
    // Whatever becomes of it, the right redirect follows.
    let _ = timeout(PATIENCE, request(redirect_uri)).await;
}

async fn request(redirect_uri: &str) -> Option<()> {
    let url = Url::parse(redirect_uri).ok().filter(|url| url.scheme() == "http")?;
    // Never anything but this computer.
    let address = url.socket_addrs(|| None).ok()?.into_iter().find(|a| a.ip().is_loopback())?;
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!(
        "GET {}?code=practice-code-stray&state=stray HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n",
        url.path(),
        url.host_str()?,
        address.port(),
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).await.ok()?;
    Some(())
}
