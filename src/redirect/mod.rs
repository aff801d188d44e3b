//! The redirect listener: where the browser brings the authorization response (RFC 8252, 7.3).
//!
//! ```text
//! Listener::bind ──▶ redirect_uri, short_link        before anything is opened
//!     └─ start ──▶ Waiting ──callback()──▶ Callback   the caller exchanges the code, stores, …
//!                     └─ finish(Page)                 … and only then the browser is told
//! ```
//!
//! It runs on one thread of its own, so that it answers even while the caller is busy or blocked.
//!
//! `tiny_http` gives the HTTP types and writes the responses, but its `Server` is not used. Tried
//! with 0.12: a connection that is reset before its request is read makes it panic, which would
//! end the whole program; a cookie outside ASCII, which any other program on `localhost` may have
//! set, makes it hang up without an answer; and a body that is announced but never sent blocks
//! everybody else. It also has no limits, no time-outs and CVE-2026-66752 (any `Transfer-Encoding`
//! is taken as chunked). So connections are accepted and read here. CVE-2026-66753 (line breaks in
//! response headers) is kept out by `answer`, which refuses control characters.

mod answer;
mod endpoint;
mod event;
mod holder;
mod listener;
mod page;
mod request;
mod server;
mod site;
#[cfg(test)]
mod tests;
mod tls;
mod waiting;

pub use endpoint::{Endpoint, EndpointError, Host, Port};
pub use event::{Callback, Event};
pub use holder::{Holder, holder};
pub use listener::{BindError, Listener, StartError};
pub use page::{Outcome, Page, Row};
pub use tls::{Certificate, TlsError};
pub use waiting::Waiting;
