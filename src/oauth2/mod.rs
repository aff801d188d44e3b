//! OAuth 2.0 as pure functions: the authorization request, and what a redirect may say.

mod authorization_request;
mod callback;

pub use authorization_request::{AuthorizationRequest, authorization_request};
pub use callback::{CallbackError, Redirect, check_state, parse_pasted, read_callback};
