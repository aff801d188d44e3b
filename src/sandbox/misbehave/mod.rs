//! Defines the misbehaviours: what a provider may do wrong, one file each. `hooks` says at which
//! moment each of them acts.

mod about;
mod access_denied;
mod device_denied;
mod device_expired;
mod dpop_nonce;
mod drop_after_refresh;
mod echoed_secret;
mod error_in_200;
mod fewer_scopes;
mod form_answer;
mod hooks;
mod hostile_error;
mod hostile_identity;
mod html_200;
mod html_error;
mod huge_answer;
mod id_token_audience;
mod id_token_expired;
mod id_token_issuer;
mod id_token_nonce;
mod id_token_signature;
mod invalid_client;
mod invalid_grant;
mod invalid_scope;
mod metadata_issuer;
mod metadata_resource;
mod misbehaviour;
mod missing_iss;
mod missing_state;
mod no_expires_in;
mod no_oauth_metadata;
mod no_refresh_rotation;
mod no_refresh_token;
mod no_token_type;
mod oauth1_problem;
mod oauth1_unconfirmed;
mod oauth1_wrong_token;
mod par_expired;
mod refused_refresh;
mod repeated_code;
mod revocation_fails;
mod server_error;
mod server_error_once;
mod slow;
mod slow_down;
mod somebody_else;
mod stray_callback;
mod switches;
mod temporarily_unavailable;
mod text_expires_in;
mod token_redirect;
mod too_many_requests;
mod too_many_requests_once;
mod truncated_answer;
mod unauthorized;
mod unauthorized_client;
mod unauthorized_once;
mod unknown_token_type;
mod wrong_content_type;
mod wrong_iss;
mod wrong_state;

pub(super) use self::hooks::{
    authorization_error, confirms_callback, demands_nonce, grant_error, has_no_oauth_metadata,
    id_token, instead_of_api, instead_of_request_token, instead_of_revocation, instead_of_token,
    metadata, other_signing_key, poll_is_too_fast, pushed_at, redirect, resource_metadata,
    rotation, token_answer, user_info,
};
pub use self::misbehaviour::Misbehaviour;
pub(super) use self::switches::Switches;
pub(super) use self::token_redirect::redirected_token_request;
