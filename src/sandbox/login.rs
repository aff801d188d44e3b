//! Defines the login that trades user name and password for a session, as many APIs had it
//! before OAuth.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::authenticate::{PASSWORD, USERNAME};
use super::error::NO_STORE;
use super::provider::Provider;
use super::random::random;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    username: String,
    password: String,
}

/// `POST /login/session`
pub(super) async fn session(
    State(provider): State<Arc<Provider>>,
    Json(login): Json<Login>,
) -> Response {
    if (&*login.username, &*login.password) != (USERNAME, PASSWORD) {
        let body = Json(json!({
            "error": "unauthorized",
            "error_description": "the user name or the password is wrong",
        }));
        return (StatusCode::UNAUTHORIZED, NO_STORE, body).into_response();
    }
    let token = random("practice-session-");
    provider.sessions().insert(token.clone(), Instant::now() + provider.lifetime);
    provider.count(|counters| counters.logins += 1);
    let body = Json(json!({"token": token, "expires_in": provider.lifetime.as_secs()}));
    (NO_STORE, body).into_response()
}
