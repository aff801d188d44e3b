//! The stand-in: a server on loopback that plays the app of one definition, its authorization server and its
//! API, as the definition describes them. It takes exactly the requests that the definition asks for, says of
//! every other what differs, and answers with what the definition looks for.
//!
//! It is reached as a forward proxy, so that the definition's own addresses are used: a client sets
//! `HTTPS_PROXY`, and trusts the certificate authority of this run through `SSL_CERT_FILE`.
//!
//! That a definition can be run against it shows that the definition is consistent, not that it is true.

mod answer;
mod authority;
mod browser;
mod document;
mod expected;
mod ftp;
mod judge;
mod memory;
mod pattern;
mod plan;
mod possession;
mod practice;
mod service;
mod signed;
mod tunnel;
mod wire;

pub use practice::Inputs;
pub use service::Seen;

use crate::definition::Definition;
use crate::loopback::Loopback;
use axum::serve::Listener;
use service::Service;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

/// A stand-in whose port is bound: connections already queue up, [`StandIn::run`] answers them.
pub struct StandIn {
    loopback: Loopback,
    address: SocketAddr,
    ftp: Option<TcpListener>,
    service: Arc<Service>,
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
    /// Where it listens: `HTTPS_PROXY` names this.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to trust, in PEM: `SSL_CERT_FILE` names a file with it.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.service.authority.pem()
    }

    /// What it takes for good. None of it is a secret of anybody's.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        self.service.inputs()
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
