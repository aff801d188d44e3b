//! OAuth 1.0a of a provider as an authorization.

use super::endpoint::{bare_if_alone, params, text_of, token_endpoint};
use super::entry::Entry;
use crate::draft::Draft;
use serde_json::Value;

/// OAuth 1.0a in three legs.
pub(super) fn oauth1(entry: &mut Entry<'_>) -> Result<Draft, String> {
    let mut auth = Draft::new();
    auth.insert("type".into(), "oauth1".into());
    let mut request = Draft::new();
    let url = entry.text("request_url").ok_or("`request_url` is missing")?;
    request.insert("url".into(), entry.url(url)?.into());
    params(entry, "request_params", "form", &[], &mut request)?;
    auth.insert("request_token_endpoint".into(), bare_if_alone(request));
    let url = entry.text("authorization_url").ok_or("`authorization_url` is missing")?;
    auth.insert("authorization_uri".into(), entry.url(url)?.into());
    let mut asked = Draft::new();
    for (name, value) in entry.object("authorization_params").into_iter().flatten() {
        let value = entry.templates(value)?;
        asked.insert(name.clone(), text_of(value));
    }
    if !asked.is_empty() {
        auth.insert("authorization_params".into(), Value::Object(asked));
    }
    let token = token_endpoint(entry, &[])?;
    auth.insert("access_token_endpoint".into(), bare_if_alone(token));
    if let Some(method) = entry.text("signature_method").filter(|method| *method != "HMAC-SHA1") {
        auth.insert("signature_method".into(), method.into());
    }
    if entry.get("default_scopes").is_some() {
        entry.note("default_scopes", "OAuth 1.0a knows no scopes");
    }
    Ok(auth)
}
