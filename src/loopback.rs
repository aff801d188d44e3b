//! A listener on one port of both loopback addresses, and on no other: the sandbox and the proxy.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// 127.0.0.1 and, where the machine has it, `[::1]`.
#[derive(Debug)]
pub struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
}

impl Loopback {
    /// Binds a port; 0 takes any.
    ///
    /// # Errors
    /// It is taken, or may not be had.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        // A browser may try `localhost` on IPv6 first. Containers often have no IPv6 at all, and
        // somebody else may hold that port there: neither is a reason not to start.
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, v4.local_addr()?.port())).await.ok();
        Ok(Self { v4, v6 })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.v4.local_addr()
    }
}

impl Listener for Loopback {
    type Io = TcpStream;
    type Addr = SocketAddr;

    // `Listener::accept` of a `TcpListener` sleeps and tries again when, say, files run out.
    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match &mut self.v6 {
            Some(v6) => tokio::select! {
                accepted = Listener::accept(&mut self.v4) => accepted,
                accepted = Listener::accept(v6) => accepted,
            },
            None => Listener::accept(&mut self.v4).await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.v4.local_addr()
    }
}
