//! The stand-in: a server on loopback that plays the app of one definition, its authorization server and its
//! API, as the definition describes them. It takes exactly the requests that the definition asks for, says of
//! every other what differs, and answers with what the definition looks for.
//!
//! It is reached as a forward proxy, so that the definition's own addresses are used: a client sets
//! `https_proxy`, and trusts the certificate authority of this run through `CURL_CA_BUNDLE`.
//!
//! That a definition can be run against it shows that the definition is consistent, not that it is true.

mod answer;
mod authority;
mod browser;
mod discovery;
mod document;
mod expected;
mod ftp;
mod judge;
mod memory;
mod message;
mod pattern;
mod plan;
mod possession;
mod practice;
mod service;
mod signed;
mod trouble;
mod tunnel;
mod values;
mod wire;

pub use practice::Inputs;
pub use service::Seen;
pub use trouble::Trouble;

use crate::definition::Definition;
use crate::loopback::Loopback;
use axum::serve::Listener;
use service::Service;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A stand-in whose port is bound: connections already queue up, [`StandIn::run`] answers them.
pub struct StandIn {
    loopback: Loopback,
    address: SocketAddr,
    ftp: Option<TcpListener>,
    service: Arc<Service>,
}

/// What a stand-in does beside answering, while it runs.
#[derive(Clone)]
pub struct Hand(Arc<Service>);

/// Where somebody who agrees ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visited {
    /// Back at the client: the redirect.
    SentBack(String),
    /// On a page that shows this PIN.
    Shown(String),
    /// Nowhere.
    Refused,
}

impl Hand {
    /// Makes trouble from now on, or ends it.
    pub fn make(&self, trouble: Option<Trouble>) {
        self.0.make(trouble);
    }

    /// Opens the address that a client prints, as somebody who agrees.
    pub async fn visit(&self, url: &Url) -> Visited {
        let (headers, body) = Default::default();
        let url = url.as_str().replacen("#/", "%23/", 1);
        let Ok(url) = Url::parse(&url) else { return Visited::Refused };
        let wire = wire::Wire { method: http::Method::GET, url, headers, body };
        let response = self.0.answer(wire).await;
        let location = response.headers().get("location").and_then(|to| to.to_str().ok());
        match (location, self.0.pin()) {
            (Some(location), _) => Visited::SentBack(location.to_owned()),
            (None, Some(pin)) => Visited::Shown(pin),
            (None, None) => Visited::Refused,
        }
    }
}

/// Starts the stand-in of an authorization: `auth` is its place in the definition. `note` is told of every
/// request before it is answered.
///
/// # Errors
/// The port is taken, there is no such authorization, or the system gives no random numbers.
pub async fn start(
    definition: Definition,
    auth: usize,
    port: u16,
    note: impl Fn(Seen) + Send + Sync + 'static,
) -> io::Result<StandIn> {
    if definition.authorizations.len() <= auth {
        return Err(io::ErrorKind::NotFound.into());
    }
    let ftp = match definition.authorizations[auth].is_ftp() {
        true => Some(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?),
        false => None,
    };
    let loopback = Loopback::bind(port).await?;
    let mut service = Service::new(definition, auth, Box::new(note))?;
    if let Some(listener) = &ftp {
        service.is_at(listener.local_addr()?)?;
    }
    Ok(StandIn { address: loopback.address()?, loopback, ftp, service: Arc::new(service) })
}

impl StandIn {
    /// Where it listens: `https_proxy` names this.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to trust, in PEM: `CURL_CA_BUNDLE` names a file with it.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.service.authority.pem()
    }

    /// What it takes for good. None of it is a secret of anybody's.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        self.service.inputs()
    }

    /// What can be done with it while it runs.
    #[must_use]
    pub fn hand(&self) -> Hand {
        Hand(Arc::clone(&self.service))
    }

    /// Serves until the future is dropped.
    pub async fn run(mut self) {
        loop {
            let service = Arc::clone(&self.service);
            tokio::select! {
                (stream, _) = self.loopback.accept() => drop(tokio::spawn(tunnel::serve(stream, service))),
                // FTP knows no tunnel: it is reached at an address of its own.
                Ok((stream, _)) = accept(self.ftp.as_ref()) => {
                    tokio::spawn(async move { service.answer_ftp(stream).await });
                }
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}
