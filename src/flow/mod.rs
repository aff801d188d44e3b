//! Flows: the ways to obtain a credential, and what they share, a session with an app.

mod assertion;
pub mod authorization_code;
mod choose;
pub mod compare;
mod device_code;
pub mod discovery;
mod dpop;
pub mod explain;
pub mod explanations;
mod failure;
pub mod fields;
pub mod ftp;
pub mod handover;
mod id_token;
pub mod identity;
pub mod login;
mod names;
pub mod oauth1;
pub mod obtain;
pub mod pending;
pub mod redirect;
pub mod registration;
mod session;
mod signing;
mod step;
mod telling;
pub mod token;
pub mod token_set;
mod waiting;

pub use choose::Chooser;
pub use dpop::Dpop;
pub(crate) use failure::provider_error;
pub use failure::{ChooseError, FlowError, ProviderError, shown};
pub use session::{Grant, Outcome, Session};
