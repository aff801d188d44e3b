//! What the issuer says of itself, where a definition leaves open what only it can tell.

use super::memory::{Memory, Now};
use super::service::Service;
use crate::definition::{Definition, ServerMetadata};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::Url;

impl Service {
    pub(super) fn issuer(&self, memory: &Memory) -> Option<Url> {
        issuer(&self.definition, self.at, memory)
    }

    /// RFC 8414 section 2.
    pub(super) fn metadata(&self) -> Response {
        let metadata = self.auth().oauth2().and_then(|oauth2| oauth2.metadata.as_ref());
        Json(json!(metadata)).into_response()
    }
}

fn issuer(definition: &Definition, at: usize, memory: &Memory) -> Option<Url> {
    let auth = &definition.authorizations[at];
    let scope = memory.scope(definition, auth, &Now::default());
    Url::parse(&auth.oauth2()?.issuer.as_ref()?.require(&scope).ok()?).ok()
}

/// With the endpoints that only an issuer can name: beneath it, by made-up names.
pub(super) fn completed(definition: Definition, at: usize, memory: &Memory) -> Definition {
    let Some(issuer) = issuer(&definition, at, memory) else { return definition };
    let auth = &definition.authorizations[at];
    let Some(oauth2) = auth.oauth2() else { return definition };
    // Where nothing is open nobody asks, and nothing that it says counts.
    if !oauth2.is_open() && !oauth2.scopes.iter().any(|scope| scope == "openid") {
        return definition;
    }
    let scope = memory.scope(&definition, auth, &Now::default());
    // To the letter (RFC 8414 section 3.3).
    let name = oauth2.issuer.as_ref().and_then(|issuer| issuer.require(&scope).ok());
    let beneath = |path: &str| Some(format!("{}/{path}", issuer.as_str().trim_end_matches('/')));
    let metadata = ServerMetadata {
        issuer: name.unwrap_or_default(),
        authorization_endpoint: beneath("authorize"),
        token_endpoint: beneath("token"),
        userinfo_endpoint: beneath("userinfo").filter(|_| auth.user_info_open),
        ..Default::default()
    };
    let name = auth.name.clone();
    definition.completed(&name, &metadata)
}
