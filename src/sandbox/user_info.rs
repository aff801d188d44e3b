//! Defines the user information: who agreed, or whose key it is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::authenticate::Caller;
use super::misbehave;
use super::provider::Provider;

/// `GET /userinfo`, and `GET /me` beneath the prefix of every other type.
pub(super) async fn user_info(
    State(provider): State<Arc<Provider>>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let mut claims = caller.subject.claims();
    if let Some(scopes) = caller.scopes {
        claims.insert("scope".to_owned(), scopes.join(" ").into());
    }
    misbehave::user_info(&provider.switches, &mut claims);
    Json(claims).into_response()
}
