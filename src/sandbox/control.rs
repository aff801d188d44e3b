//! Defines the controls, with which a person or a test looks at the sandbox and changes it.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::misbehave::Misbehaviour;
use super::provider::{Counters, Provider};

#[derive(Serialize)]
struct Seen {
    #[serde(flatten)]
    counters: Counters,
    misbehaviours: Vec<&'static str>,
}

/// `GET /sandbox/state`: counters, and what goes wrong at present.
pub(super) async fn state(State(provider): State<Arc<Provider>>) -> Response {
    let misbehaviours = provider.switches.on().into_iter().map(Misbehaviour::name).collect();
    Json(Seen { counters: provider.counters(), misbehaviours }).into_response()
}

/// `POST /sandbox/expire`: every access token and login session is over.
pub(super) async fn expire(State(provider): State<Arc<Provider>>) -> StatusCode {
    let now = Instant::now();
    provider.ledger().expire_all(now);
    provider.sessions().values_mut().for_each(|expires| *expires = now);
    StatusCode::NO_CONTENT
}

/// `POST /sandbox/revoke`: every grant is over, as if everybody had taken access back.
pub(super) async fn revoke(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.ledger().revoke_all();
    provider.oauth1.revoke();
    StatusCode::NO_CONTENT
}

/// `PUT /sandbox/misbehave`: a JSON list of names takes the place of what went wrong so far.
pub(super) async fn misbehave(
    State(provider): State<Arc<Provider>>,
    Json(names): Json<Vec<String>>,
) -> Response {
    let on: Result<Vec<_>, _> =
        names.iter().map(|name| Misbehaviour::from_name(name).ok_or(name)).collect();
    match on {
        Ok(on) => {
            provider.switches.replace(on);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(name) => {
            let body = Json(json!({"error": format!("`{name}` is no misbehaviour")}));
            (StatusCode::BAD_REQUEST, body).into_response()
        }
    }
}

/// `PUT /sandbox/refuse`: the error that every token request gets; an empty body ends it.
pub(super) async fn refuse(State(provider): State<Arc<Provider>>, error: String) -> StatusCode {
    provider.refusal.replace(error);
    StatusCode::NO_CONTENT
}
