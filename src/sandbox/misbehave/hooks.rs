//! Defines the moments at which a misbehaviour acts. Of several that would act at the same
//! moment the first wins, except where each only edits.

use std::time::{Duration, Instant};

use axum::Json;
use axum::response::{IntoResponse, Response};

use super::about::{Answer, Parameters};
use super::misbehaviour::Misbehaviour;
use super::switches::Switches;
use super::{
    access_denied, device_denied, device_expired, drop_after_refresh, echoed_secret, error_in_200,
    fewer_scopes, form_answer, hostile_error, hostile_identity, html_200, html_error, huge_answer,
    id_token_audience, id_token_expired, id_token_issuer, id_token_nonce, id_token_signature,
    invalid_client, invalid_grant, invalid_scope, metadata_issuer, metadata_resource, missing_iss,
    missing_state, no_expires_in, no_refresh_rotation, no_refresh_token, no_token_type,
    oauth1_problem, oauth1_wrong_token, par_expired, refused_refresh, repeated_code,
    revocation_fails, server_error, server_error_once, slow, somebody_else, stray_callback,
    temporarily_unavailable, text_expires_in, token_redirect, too_many_requests,
    too_many_requests_once, truncated_answer, unauthorized, unauthorized_client, unauthorized_once,
    unknown_token_type, wrong_content_type, wrong_iss, wrong_state,
};
use crate::jose::{KeyError, SigningKey};
use crate::sandbox::error::{NO_STORE, OAuthError};
use crate::sandbox::grants::GrantType;
use crate::sandbox::ledger::Rotation;

/// An authorization request came, with a client and a redirect URI that are good.
pub(in crate::sandbox) fn authorization_error(switches: &Switches) -> Option<OAuthError> {
    switches.on().into_iter().find_map(|misbehaviour| match misbehaviour {
        Misbehaviour::InvalidScope => Some(invalid_scope::error()),
        Misbehaviour::UnauthorizedClient => Some(unauthorized_client::error()),
        Misbehaviour::AccessDenied => Some(access_denied::error()),
        Misbehaviour::TemporarilyUnavailable => Some(temporarily_unavailable::error()),
        _ => None,
    })
}

/// A redirect is about to be sent.
pub(in crate::sandbox) async fn redirect(
    switches: &Switches,
    redirect_uri: &str,
    parameters: &mut Parameters,
) {
    for misbehaviour in switches.on() {
        match misbehaviour {
            Misbehaviour::WrongState => wrong_state::edit(parameters),
            Misbehaviour::MissingState => missing_state::edit(parameters),
            Misbehaviour::WrongIss => wrong_iss::edit(parameters),
            Misbehaviour::MissingIss => missing_iss::edit(parameters),
            Misbehaviour::RepeatedCode => repeated_code::edit(parameters),
            Misbehaviour::Oauth1WrongToken => oauth1_wrong_token::edit(parameters),
            Misbehaviour::StrayCallback => stray_callback::send(redirect_uri).await,
            _ => {}
        }
    }
}

/// A token request came and nobody has looked at it yet.
pub(in crate::sandbox) async fn instead_of_token(
    switches: &Switches,
    body: &[u8],
) -> Option<Response> {
    let on = switches.on();
    if on.contains(&Misbehaviour::Slow) {
        slow::wait().await;
    }
    on.into_iter().find_map(|misbehaviour| match misbehaviour {
        Misbehaviour::InvalidGrant => Some(invalid_grant::error().into_response()),
        Misbehaviour::InvalidClient => Some(invalid_client::error().into_response()),
        Misbehaviour::HostileError => Some(hostile_error::error().into_response()),
        Misbehaviour::EchoedSecret => Some(echoed_secret::error(body).into_response()),
        Misbehaviour::HtmlError => Some(html_error::answer()),
        Misbehaviour::Html200 => Some(html_200::answer()),
        Misbehaviour::ErrorIn200 => Some(error_in_200::answer()),
        Misbehaviour::TokenRedirect => Some(token_redirect::answer()),
        Misbehaviour::HugeAnswer => Some(huge_answer::answer()),
        Misbehaviour::ServerErrorOnce => {
            switches.first_time(misbehaviour).then(server_error_once::answer)
        }
        _ => None,
    })
}

/// A token request is understood and its client authenticated.
pub(in crate::sandbox) fn grant_error(
    switches: &Switches,
    grant_type: GrantType,
) -> Option<OAuthError> {
    switches.on().into_iter().find_map(|misbehaviour| match misbehaviour {
        Misbehaviour::RefusedRefresh => refused_refresh::error(grant_type),
        Misbehaviour::DeviceExpired => device_expired::error(grant_type),
        Misbehaviour::DeviceDenied => device_denied::error(grant_type),
        _ => None,
    })
}

/// A device polls.
pub(in crate::sandbox) fn poll_is_too_fast(switches: &Switches) -> bool {
    switches.on().contains(&Misbehaviour::SlowDown) && switches.first_time(Misbehaviour::SlowDown)
}

/// A refresh token is about to be used.
pub(in crate::sandbox) fn rotation(switches: &Switches) -> Rotation {
    if switches.on().contains(&Misbehaviour::NoRefreshRotation) {
        no_refresh_rotation::rotation()
    } else {
        Rotation::OneTime
    }
}

/// Tokens were issued and the answer is about to be sent.
pub(in crate::sandbox) fn token_answer(
    switches: &Switches,
    grant_type: GrantType,
    mut answer: Answer,
) -> Response {
    let on = switches.on();
    for misbehaviour in &on {
        match misbehaviour {
            Misbehaviour::NoExpiresIn => no_expires_in::edit(&mut answer),
            Misbehaviour::TextExpiresIn => text_expires_in::edit(&mut answer),
            Misbehaviour::NoTokenType => no_token_type::edit(&mut answer),
            Misbehaviour::UnknownTokenType => unknown_token_type::edit(&mut answer),
            Misbehaviour::NoRefreshToken => no_refresh_token::edit(&mut answer),
            Misbehaviour::FewerScopes => fewer_scopes::edit(&mut answer),
            _ => {}
        }
    }
    let encoded = on.into_iter().find_map(|misbehaviour| match misbehaviour {
        Misbehaviour::FormAnswer => Some(form_answer::encode(answer.clone())),
        Misbehaviour::WrongContentType => Some(wrong_content_type::encode(answer.clone())),
        Misbehaviour::TruncatedAnswer => Some(truncated_answer::encode(answer.clone())),
        Misbehaviour::DropAfterRefresh => drop_after_refresh::answer(grant_type),
        _ => None,
    });
    (NO_STORE, encoded.unwrap_or_else(|| Json(answer).into_response())).into_response()
}

/// A request was pushed: when it counts as pushed.
pub(in crate::sandbox) fn pushed_at(
    switches: &Switches,
    now: Instant,
    lifetime: Duration,
) -> Instant {
    let expired = switches.on().contains(&Misbehaviour::ParExpired);
    if expired { par_expired::since(now, lifetime) } else { now }
}

/// A request token of OAuth 1.0a was asked for.
pub(in crate::sandbox) fn instead_of_request_token(switches: &Switches) -> Option<Response> {
    let problem = switches.on().contains(&Misbehaviour::Oauth1Problem);
    problem.then(oauth1_problem::answer)
}

/// Whether a request token says that the callback is bound to it.
pub(in crate::sandbox) fn confirms_callback(switches: &Switches) -> bool {
    !switches.on().contains(&Misbehaviour::Oauth1Unconfirmed)
}

/// The server's metadata is about to be sent.
pub(in crate::sandbox) fn metadata(switches: &Switches, metadata: &mut Answer) {
    if switches.on().contains(&Misbehaviour::MetadataIssuer) {
        metadata_issuer::edit(metadata);
    }
}

/// Somebody asks for the metadata of RFC 8414.
pub(in crate::sandbox) fn has_no_oauth_metadata(switches: &Switches) -> bool {
    switches.on().contains(&Misbehaviour::NoOauthMetadata)
}

/// The metadata of a protected resource is about to be sent.
pub(in crate::sandbox) fn resource_metadata(switches: &Switches, metadata: &mut Answer) {
    if switches.on().contains(&Misbehaviour::MetadataResource) {
        metadata_resource::edit(metadata);
    }
}

/// An ID token is about to be signed.
pub(in crate::sandbox) fn id_token(switches: &Switches, claims: &mut Answer) {
    for misbehaviour in switches.on() {
        match misbehaviour {
            Misbehaviour::IdTokenIssuer => id_token_issuer::edit(claims),
            Misbehaviour::IdTokenAudience => id_token_audience::edit(claims),
            Misbehaviour::IdTokenNonce => id_token_nonce::edit(claims),
            Misbehaviour::IdTokenExpired => id_token_expired::edit(claims),
            _ => {}
        }
    }
}

/// The key that signs an ID token in place of the right one.
pub(in crate::sandbox) fn other_signing_key(
    switches: &Switches,
) -> Result<Option<SigningKey>, KeyError> {
    let other = switches.on().contains(&Misbehaviour::IdTokenSignature);
    other.then(id_token_signature::key).transpose()
}

/// A proof came that has no nonce.
pub(in crate::sandbox) fn demands_nonce(switches: &Switches) -> bool {
    switches.on().contains(&Misbehaviour::DpopNonce)
}

/// A revocation request came.
pub(in crate::sandbox) fn instead_of_revocation(switches: &Switches) -> Option<Response> {
    switches.on().contains(&Misbehaviour::RevocationFails).then(revocation_fails::answer)
}

/// An API call came whose credential is good.
pub(in crate::sandbox) fn instead_of_api(switches: &Switches) -> Option<Response> {
    switches.on().into_iter().find_map(|misbehaviour| match misbehaviour {
        Misbehaviour::TooManyRequests => Some(too_many_requests::answer()),
        Misbehaviour::TooManyRequestsOnce => {
            switches.first_time(misbehaviour).then(too_many_requests_once::answer)
        }
        Misbehaviour::ServerError => Some(server_error::answer()),
        Misbehaviour::Unauthorized => Some(unauthorized::answer()),
        Misbehaviour::UnauthorizedOnce => {
            switches.first_time(misbehaviour).then(unauthorized_once::answer)
        }
        _ => None,
    })
}

/// User information is about to be sent.
pub(in crate::sandbox) fn user_info(switches: &Switches, claims: &mut Answer) {
    for misbehaviour in switches.on() {
        match misbehaviour {
            Misbehaviour::SomebodyElse => somebody_else::edit(claims),
            Misbehaviour::HostileIdentity => hostile_identity::edit(claims),
            _ => {}
        }
    }
}
