//! Flows: the ways to obtain a credential, and what they share, a session with an app.

pub mod authorization_code;
mod choose;
pub mod explain;
mod failure;
pub mod fields;
pub mod identity;
pub mod login;
pub mod obtain;
pub mod pending;
pub mod redirect;
mod session;
mod step;
mod telling;
pub mod token;
pub mod token_set;
mod waiting;

pub use choose::Chooser;
pub(crate) use failure::provider_error;
pub use failure::{ChooseError, FlowError, ProviderError, shown};
pub use session::{Grant, Outcome, Session};
