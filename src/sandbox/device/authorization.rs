//! Defines the device authorization endpoint (RFC 8628 section 3.1).

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::sandbox::error::{NO_STORE, OAuthError};
use crate::sandbox::form_request::FormRequest;
use crate::sandbox::grants::GrantType;
use crate::sandbox::provider::Provider;
use crate::sandbox::{resource, scope};

use super::codes::LIFETIME;

/// `POST /device_authorization`
pub(in crate::sandbox) async fn authorization(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    match authorize(&provider, request).await {
        Ok(answer) => (NO_STORE, Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn authorize(provider: &Provider, request: Request) -> Result<Value, OAuthError> {
    let request = FormRequest::read(request).await?;
    let (client, parameters) = request.authenticated(provider)?;
    client.may_use(GrantType::DeviceCode)?;
    let access = (scope::asked(parameters.one("scope"))?, resource::asked(&parameters)?);
    let times = (Instant::now(), provider.interval);
    let (device_code, user_code) = provider.devices().add(&client.id, access, times);
    let page = format!("{}/device", request.called.issuer);
    Ok(json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": provider.interval.as_secs(),
    }))
}
