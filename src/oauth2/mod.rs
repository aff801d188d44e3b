//! OAuth 2.0 and OpenID Connect as pure functions: the authorization request, what a redirect may
//! say, the check of an ID token, assertions and proofs of possession.

mod assertion;
mod authorization_request;
mod callback;
pub mod dpop;
mod id_token;

pub use assertion::{assertion, client_claims};
pub use authorization_request::{AuthorizationRequest, authorization_request};
pub use callback::{CallbackError, Redirect, check_state, parse_pasted, read_callback};
pub use id_token::{Claims, Expected, IdTokenError, check_id_token};
