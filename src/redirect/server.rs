//! The thread that accepts connections and answers them.

use super::answer::{self, Answer};
use super::page::Notice;
use super::request::{ReadError, Request};
use super::site::{Reply, Site};
use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// How long a TLS handshake, and a request, may take. Browsers open connections ahead of need and open others
/// when they are closed, so it may be short.
const HEAD: Duration = Duration::from_secs(5);
/// Connections at the same time; further ones wait in the system's queue.
const CONNECTIONS: usize = 128;

/// The page with the outcome, once it is known.
type Outcome = watch::Receiver<Option<Arc<str>>>;

/// A running thread. It ends, and every socket is closed, when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) outcome: watch::Sender<Option<Arc<str>>>,
    pub(super) delivery: watch::Receiver<Delivery>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How far the outcome got.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delivery {
    /// Browsers that are being told, or wait to be.
    waiting: usize,
    told: bool,
}

impl Delivery {
    pub(super) fn complete(self) -> bool {
        self.told && self.waiting == 0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It never blocks, so that this takes no time worth mentioning, and afterwards the port
            // is really free.
            let _panicked = thread.join();
        }
    }
}

pub(super) fn spawn(
    sockets: Vec<StdListener>,
    site: Site,
    tls: Option<TlsAcceptor>,
) -> io::Result<Server> {
    let (outcome, outcome_receiver) = watch::channel(None);
    let (delivery_sender, delivery) = watch::channel(Delivery::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready_sender, ready) = std::sync::mpsc::sync_channel(1);
    let shared = Arc::new(Shared {
        site,
        tls,
        outcome: outcome_receiver,
        delivery: delivery_sender,
        connections: Arc::new(Semaphore::new(CONNECTIONS)),
    });
    let thread = thread::Builder::new().name("redirect".to_owned()).spawn(move || {
        match start(sockets, &shared) {
            Ok(runtime) => {
                let _nobody = ready_sender.send(Ok(()));
                // Dropping the runtime drops its tasks, and with them every socket.
                let _stopped = runtime.block_on(stopped);
            }
            Err(error) => drop(ready_sender.send(Err(error))),
        }
    })?;
    ready.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))?;
    Ok(Server { outcome, delivery, stop: Some(stop), thread: Some(thread) })
}

/// An event loop for the calling thread, with a task for each socket.
fn start(sockets: Vec<StdListener>, shared: &Arc<Shared>) -> io::Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let inside = runtime.enter();
    for socket in sockets {
        runtime.spawn(accept(TcpListener::from_std(socket)?, Arc::clone(shared)));
    }
    drop(inside);
    Ok(runtime)
}

/// What all connections share.
struct Shared {
    site: Site,
    tls: Option<TlsAcceptor>,
    outcome: Outcome,
    delivery: watch::Sender<Delivery>,
    connections: Arc<Semaphore>,
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok(permit) = Arc::clone(&shared.connections).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    match &shared.tls {
                        None => shared.serve(stream).await,
                        // A browser that does not trust the certificate hangs up, and comes again
                        // when the person does.
                        Some(tls) => {
                            if let Ok(Ok(stream)) = timeout(HEAD, tls.accept(stream)).await {
                                shared.serve(stream).await;
                            }
                        }
                    }
                    drop(permit);
                });
            }
            // The peer is gone already, or there are too many open files: the next may do better.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Shared {
    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let read = Request::read(&mut stream, |request| self.site.takes_body(request));
        let answer = match timeout(HEAD, read).await {
            Err(_) | Ok(Err(ReadError::Gone)) => return,
            Ok(Err(ReadError::Refused(status))) => Answer::notice(status, &Notice::MALFORMED),
            Ok(Ok(request)) => match self.site.route(&request) {
                Reply::Now(answer) => answer.to(&request),
                Reply::Outcome => return self.tell(stream).await,
            },
        };
        if answer.send(&mut stream).await.is_ok() {
            answer::linger(&mut stream).await;
        }
    }

    /// Holds the connection until the outcome is known, then sends it.
    async fn tell(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let _waiting = Waiting::new(&self.delivery);
        let mut outcome = self.outcome.clone();
        let html = tokio::select! {
            html = outcome.wait_for(Option::is_some) => html.ok().and_then(|html| html.clone()),
            () = gone(&mut stream) => None,
        };
        if let Some(html) = html
            && Answer::page(&html).send(&mut stream).await.is_ok()
        {
            self.delivery.send_modify(|delivery| delivery.told = true);
        }
    }
}

/// Counts a browser that waits for the outcome for as long as it does.
struct Waiting<'a>(&'a watch::Sender<Delivery>);

impl<'a> Waiting<'a> {
    fn new(delivery: &'a watch::Sender<Delivery>) -> Self {
        delivery.send_modify(|delivery| delivery.waiting += 1);
        Self(delivery)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|delivery| delivery.waiting -= 1);
    }
}

/// Returns when the peer closes: the tab was closed or reloaded.
async fn gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut ignored = [0; 1024];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}
