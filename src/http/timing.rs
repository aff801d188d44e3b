//! How long each part of a request took, as far as the library lets it be seen.
//!
//! A new connection is opened inside the request that wants it, so a task-local stopwatch tells
//! them together. TCP and TLS are opened by one call, so their times are one. A connection that
//! is used again has neither.

use reqwest::dns::{Name, Resolve, Resolving};
use serde::Serialize;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower_layer::Layer;
use tower_service::Service;

/// The times of an exchange, in milliseconds; what is not known is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timing {
    /// When the request began, in Unix time.
    pub started_at_ms: i64,
    /// Resolving the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_ms: Option<f64>,
    /// Opening the connection, with TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<f64>,
    /// From the beginning to the first byte of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte_ms: Option<f64>,
    /// From the beginning to the end of what was read.
    pub total_ms: f64,
}

impl Timing {
    /// Of something that has just ended and of which only the length is known.
    pub(super) fn of(took: Duration) -> Self {
        let whole = i64::try_from(took.as_millis()).unwrap_or_default();
        let started_at_ms = crate::context::now_ms() - whole;
        Self { started_at_ms, total_ms: millis(took), ..Self::default() }
    }

    /// The whole, in full milliseconds.
    pub(super) fn total(self) -> u64 {
        // Not negative, and far from the end of the type.
        self.total_ms.round() as u64
    }
}

/// Milliseconds with one decimal: what lies below is noise.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

tokio::task_local! {
    static WATCH: Watch;
}

/// A stopwatch for one request.
#[derive(Clone)]
pub(super) struct Watch {
    started_at_ms: i64,
    started: Instant,
    marks: Arc<Mutex<Marks>>,
}

#[derive(Clone, Copy, Default)]
struct Marks {
    dns: Option<Duration>,
    opened: Option<Duration>,
    first_byte: Option<Duration>,
}

impl Watch {
    pub(super) fn start() -> Self {
        let started_at_ms = crate::context::now_ms();
        Self { started_at_ms, started: Instant::now(), marks: Arc::default() }
    }

    /// Runs a request: what it opens counts for it.
    pub(super) async fn time<T>(&self, request: impl Future<Output = T>) -> T {
        let result = WATCH.scope(self.clone(), request).await;
        self.mark(|marks| marks.first_byte = Some(self.started.elapsed()));
        result
    }

    /// What it says now. Without an answer there was no first byte.
    pub(super) fn read(&self, answered: bool) -> Timing {
        let marks = *self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let connect =
            marks.opened.map(|opened| opened.saturating_sub(marks.dns.unwrap_or_default()));
        Timing {
            started_at_ms: self.started_at_ms,
            dns_ms: marks.dns.map(millis),
            connect_ms: connect.map(millis),
            first_byte_ms: marks.first_byte.filter(|_| answered).map(millis),
            total_ms: millis(self.started.elapsed()),
        }
    }

    fn current() -> Option<Self> {
        WATCH.try_with(Clone::clone).ok()
    }

    fn mark(&self, set: impl FnOnce(&mut Marks)) {
        set(&mut self.marks.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The system's resolver, with its time taken.
pub(super) struct TimedResolver;

impl Resolve for TimedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = Watch::current();
        Box::pin(async move {
            let started = Instant::now();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(watch) = watch {
                watch.mark(|marks| marks.dns = Some(started.elapsed()));
            }
            let addresses: reqwest::dns::Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// The library's connector, with its time taken.
#[derive(Clone)]
pub(super) struct TimedConnector;

impl<S> Layer<S> for TimedConnector {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed(inner)
    }
}

#[derive(Clone)]
pub(super) struct Timed<S>(S);

impl<S, T> Service<T> for Timed<S>
where
    S: Service<T>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: T) -> Self::Future {
        let (watch, started) = (Watch::current(), Instant::now());
        let opening = self.0.call(target);
        Box::pin(async move {
            let opened = opening.await?;
            if let Some(watch) = watch {
                watch.mark(|marks| marks.opened = Some(started.elapsed()));
            }
            Ok(opened)
        })
    }
}
