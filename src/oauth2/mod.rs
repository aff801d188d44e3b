//! OAuth 2.0 as pure functions: what is asked of a provider, and what it may answer.

mod assertion;
mod authorization_request;
mod callback;
mod client_authentication;
mod dpop;
mod id_token;
mod metadata;
mod token_request;

pub use assertion::{Lifetime, signed_assertion};
pub use authorization_request::{AuthorizationRequest, authorization_request};
pub use callback::{CallbackError, Issuer, Redirect, check_state, parse_pasted, read_callback};
pub use client_authentication::ClientProof;
pub use dpop::proof;
pub use id_token::{Expected, IdTokenError, check_id_token};
pub use metadata::{
    MetadataError, ResourceMetadata, metadata_urls, read_resource_metadata, read_server_metadata,
    resource_metadata_of, resource_metadata_urls,
};
pub use token_request::TokenGrant;
