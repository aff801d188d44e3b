//! The definitions that `apps new` begins with: one for each type, with what is still to be filled in.

use crate::definition::Type;
use crate::draft::{Draft, comment, plain};
use serde_json::{Value, json};

/// A definition of one type.
pub(super) fn of_type(name: &str, kind: Type) -> Draft {
    let mut draft = Draft::new();
    comment(&mut draft, "TODO: the app's name for people, and the vendor's page on authorization.");
    draft.insert("title".into(), plain(name).into());
    draft.insert("docs".into(), "https://example.com/docs".into());
    draft.insert("status".into(), "unverified".into());
    if !kind.has_url() {
        comment(&mut draft, "TODO: what a path given to `tieline call` is relative to.");
        draft.insert("base_url".into(), "https://api.example.com".into());
    }
    let mut auth = Draft::new();
    auth.insert("type".into(), kind.name().into());
    way(&mut auth, kind);
    comment(
        &mut auth,
        "TODO: a call that says who is connected, and where its answer says it.\n\
        `user_info_endpoint: null` where the app has none.",
    );
    let response = json!({ "user_identity": "{{response.email}}" });
    auth.insert("user_info_endpoint".into(), json!({ "url": "/me", "response": response }));
    draft.insert("authorizations".into(), json!({ "main": auth }));
    draft
}

fn way(auth: &mut Draft, kind: Type) {
    let mut put = |key: &str, value: Value| auth.insert(key.to_owned(), value);
    match kind {
        Type::OAuth2 => {
            put(
                "#1",
                "TODO: the vendor's addresses. PKCE is used unless `pkce: none` stands here."
                    .into(),
            );
            put("authorization_uri", "https://example.com/oauth/authorize".into());
            put("token_endpoint", "https://example.com/oauth/token".into());
            put("#2", "TODO: what suffices for the call below.".into());
            put("scopes", json!(["read"]));
            put("#3", "`rotates` where a refresh token works once, `reusable`, or `none`.".into());
            put("refresh", "rotates".into());
        }
        Type::OAuth1 => {
            put("#1", "TODO: the vendor's addresses.".into());
            put("request_token_endpoint", "https://example.com/oauth/request_token".into());
            put("authorization_uri", "https://example.com/oauth/authorize".into());
            put("access_token_endpoint", "https://example.com/oauth/access_token".into());
        }
        Type::ApiKey | Type::ApiKeyUrl => {
            put("#1", "TODO: where a person finds the key, and where it goes.".into());
            let help = json!({ "label": "API key", "help": "In the app's settings" });
            put("fields", json!({ "api_key": help }));
            put("request", json!({ "headers": { "Authorization": "Bearer {{api_key}}" } }));
        }
        Type::ApiSecret => {
            put("#1", "TODO: where the secret goes.".into());
            put("request", json!({ "headers": { "Authorization": "Bearer {{api_secret}}" } }));
        }
        Type::ApiKeySecret => {
            put("#1", "TODO: where both go.".into());
            let headers = json!({ "X-Api-Key": "{{api_key}}", "X-Api-Secret": "{{api_secret}}" });
            put("request", json!({ "headers": headers }));
        }
        Type::BasicApiKey => {
            put("#1", "TODO: where the key goes, beside user name and password.".into());
            put("request", json!({ "headers": { "X-Api-Key": "{{api_key}}" } }));
        }
        Type::Basic | Type::BasicUrl => {}
    }
}
