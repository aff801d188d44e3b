//! The practice provider: a server on loopback that speaks every authorization type that a
//! definition can name, strictly where an RFC says MUST, and misbehaves on demand.

#![forbid(unsafe_code)]

mod access_token;
mod api;
mod asked;
mod assertion;
mod authenticate;
mod authorization_type;
mod authorize;
mod called;
mod client;
mod control;
mod device;
mod discovery;
mod dpop;
mod echo;
mod error;
mod form;
mod form_request;
mod grants;
mod guard;
mod host;
mod introspect;
mod ledger;
mod lock;
mod login;
mod misbehave;
mod oauth1;
mod openid;
mod options;
mod page;
mod person;
mod place;
mod practice_keys;
mod protected_resource;
mod provider;
mod random;
mod refusal;
mod replay;
mod resource;
mod revoke;
mod scope;
mod signed;
mod subject;
mod token;
mod user_info;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post, put};

use self::authorization_type::AuthorizationType;
use self::provider::Provider;
use crate::loopback::Loopback;

pub use self::client::{
    CLIENT_ID, CLIENT_SECRET, KEY_CLIENT_ID, PUBLIC_CLIENT_ID, PUSHING_CLIENT_ID,
    PUSHING_CLIENT_SECRET, SECOND_CLIENT_ID, SECOND_CLIENT_SECRET, SERVICE_ACCOUNT,
    SIGNING_CLIENT_ID, SIGNING_CLIENT_SECRET,
};
pub use self::misbehave::Misbehaviour;
pub use self::oauth1::{CONSUMER_KEY, CONSUMER_SECRET, RSA_CONSUMER_KEY};
pub use self::options::{Options, PORT};

// What the stand-in checks in the same way.
pub(crate) use self::dpop::{Target, checked_proof};
pub(crate) use self::oauth1::Message;
pub(crate) use self::practice_keys::practice_key;
pub(crate) use self::signed::{AwsKey, Signed, verify_aws};

/// A sandbox whose ports are bound: connections already queue up, [`Sandbox::run`] answers them.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    loopback: Loopback,
    provider: Arc<Provider>,
}

/// Binds the sandbox to loopback.
///
/// # Errors
/// The port is taken, there is no loopback interface, or the system gives no random numbers.
pub async fn start(options: Options) -> std::io::Result<Sandbox> {
    let loopback = Loopback::bind(options.port).await?;
    let provider = Provider::new(options).map_err(std::io::Error::other)?;
    Ok(Sandbox { address: loopback.address()?, loopback, provider: Arc::new(provider) })
}

impl Sandbox {
    /// The IPv4 address that is served, with the port that was really taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future is dropped; connections that are open by then live on until they
    /// close or the runtime ends.
    pub async fn run(self) {
        // The `Loopback` listener waits out failures to accept, so `serve` has no error to give.
        let _ = axum::serve(self.loopback, router(self.provider)).await;
    }
}

fn router(provider: Arc<Provider>) -> Router {
    let mut router = Router::new()
        .route("/", get(page::welcome))
        .merge(authorization_server())
        .nest("/tenant/{tenant}", authorization_server())
        .route("/.well-known/oauth-authorization-server", get(discovery::oauth))
        .route("/.well-known/oauth-authorization-server/tenant/{tenant}", get(discovery::oauth))
        .route("/.well-known/openid-configuration/tenant/{tenant}", get(discovery::openid))
        .route("/.well-known/oauth-protected-resource/mcp", get(protected_resource::metadata))
        .route("/mcp", any(protected_resource::mcp))
        .route("/token/elsewhere", any(misbehave::redirected_token_request))
        .route("/login/session", post(login::session))
        .route("/oauth1/request_token", post(oauth1::request_token))
        .route("/oauth1/authorize", get(oauth1::authorize))
        .route("/oauth1/authorize/decide", post(oauth1::decide))
        .route("/oauth1/access_token", post(oauth1::access_token))
        .route("/sandbox/keys/{name}", get(practice_keys::pem))
        .route("/sandbox/service-account.json", get(practice_keys::service_account))
        .route("/sandbox/state", get(control::state))
        .route("/sandbox/expire", post(control::expire))
        .route("/sandbox/revoke", post(control::revoke))
        .route("/sandbox/misbehave", put(control::misbehave))
        .route("/sandbox/refuse", put(control::refuse));
    for kind in AuthorizationType::ALL {
        router = router.merge(api::routes(kind, &provider));
    }
    let guard = middleware::from_fn_with_state(Arc::clone(&provider), guard::guard);
    router.layer(guard).with_state(provider)
}

/// What lies beneath an issuer, be it the root or a tenant.
fn authorization_server() -> Router<Arc<Provider>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::openid))
        .route("/authorize", get(authorize::authorize))
        .route("/authorize/decide", post(authorize::decide))
        .route("/par", post(authorize::push))
        .route("/device_authorization", post(device::authorization))
        .route("/device", get(device::enter))
        .route("/device/decide", post(device::decide))
        .route("/token", post(token::token))
        .route("/introspect", post(introspect::introspect))
        .route("/revoke", post(revoke::revoke))
        .route("/register", post(client::register))
        .route("/jwks", get(openid::jwks))
}

#[cfg(test)]
mod tests;
