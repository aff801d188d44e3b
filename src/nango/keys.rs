//! Keys, passwords and logins of a provider as an authorization.

use super::endpoint::{bare_if_alone, extras, headers, params, token_endpoint};
use super::entry::Entry;
use super::field::{as_text, snake};
use super::name::{response, step_name};
use crate::draft::Draft;
use serde_json::{Map, Value, json};

/// An API key, whatever else is asked beside it.
pub(super) fn api_key(entry: &mut Entry<'_>) {
    let credentials = credentials(entry);
    let main = main_of(&credentials).unwrap_or_else(|| "apiKey".to_owned());
    declare(entry, &credentials, &[(&main, "api_key")]);
}

/// User name and password.
pub(super) fn basic(entry: &mut Entry<'_>) {
    let credentials = credentials(entry);
    declare(entry, &credentials, &[("username", "username"), ("password", "password")]);
}

/// A login: the type by what is asked for, and the requests that lead to a token.
pub(super) fn login(entry: &mut Entry<'_>) -> Result<Draft, String> {
    let credentials = credentials(entry);
    let mut auth = Draft::new();
    let has = |name: &str| credentials.iter().any(|(known, _)| known == name);
    let kind = if has("username") && has("password") {
        declare(entry, &credentials, &[("username", "username"), ("password", "password")]);
        "basic"
    } else if let [(first, _), .., (last, _)] = credentials.as_slice() {
        let main = main_of(&credentials).unwrap_or_else(|| last.clone());
        let other = if &main == first { last } else { first };
        declare(entry, &credentials, &[(other, "api_key"), (&main, "api_secret")]);
        "api_key_secret"
    } else {
        let main = main_of(&credentials).unwrap_or_else(|| "apiKey".to_owned());
        declare(entry, &credentials, &[(&main, "api_key")]);
        "api_key"
    };
    auth.insert("type".into(), kind.into());
    if entry.get("assertion").is_some() || entry.get("assertion_option").is_some() {
        return Err("assertion: a signed assertion for a login cannot be written".into());
    }
    let mut first = token_endpoint(entry, &[])?;
    first.insert("response".into(), Value::Object(token_response(entry)));
    let steps = more_steps(entry)?;
    for key in ["refresh_token_params", "refresh_token_headers"] {
        if entry.get(key).is_some() {
            entry.note(key, "the login is run again in place of a refresh");
        }
    }
    if entry.get("token_response_headers").is_some() {
        entry.note("token_response_headers", "cookies of the login are not kept");
    }
    auth.insert(
        "token_endpoint".into(),
        match steps.is_empty() {
            true => bare_if_alone(first),
            false => all_steps(entry, first, steps),
        },
    );
    Ok(auth)
}

/// The answer of each step keeps what later ones name; only the last gives the token.
fn all_steps(entry: &Entry<'_>, mut first: Draft, mut steps: Vec<Draft>) -> Value {
    if let (Some(answer), Some(last)) = (first.remove("response"), steps.last_mut()) {
        last.insert("response".into(), answer);
    }
    let mut all = vec![first];
    all.extend(steps);
    for (number, path) in &entry.steps {
        let Some(step) = number.checked_sub(1).and_then(|at| all.get_mut(at)) else { continue };
        let kept = format!("{{{{{}}}}}", response(path));
        let answer = step.entry("response").or_insert_with(|| json!({}));
        answer["secrets"][step_name(*number, path)] = kept.into();
    }
    Value::Array(all.into_iter().map(Value::Object).collect())
}

fn more_steps(entry: &mut Entry<'_>) -> Result<Vec<Draft>, String> {
    let steps = entry.get("additional_steps").and_then(Value::as_array);
    let mut all = Vec::new();
    for step in steps.into_iter().flatten() {
        let Some(step) = step.as_object() else { continue };
        let mut endpoint = Draft::new();
        let url = step.get("token_url").map(as_text).ok_or("additional_steps: no `token_url`")?;
        endpoint.insert("url".into(), entry.url(&url)?.into());
        let method = step.get("token_request_method").map(|m| as_text(m).to_uppercase());
        if let Some(method) = method.filter(|method| method != "POST") {
            endpoint.insert("method".into(), method.into());
        }
        let mut step = Entry::beneath(entry, step);
        let format = step.text("body_format").unwrap_or("form").to_owned();
        headers(&mut step, "token_headers", &mut endpoint)?;
        params(&mut step, "token_params", &format, &[], &mut endpoint)?;
        let Entry { inputs, steps, notes, .. } = step;
        (entry.inputs, entry.steps, entry.notes) = (inputs, steps, notes);
        all.push(endpoint);
    }
    Ok(all)
}

/// Where token and lifetime sit in a login's answer.
fn token_response(entry: &mut Entry<'_>) -> Draft {
    let none = Map::new();
    let said = entry.object("token_response").unwrap_or(&none);
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    let template = |path: &str| Value::from(format!("{{{{{}}}}}", response(path)));
    let mut answer = Draft::new();
    let token = text("token").unwrap_or("access_token");
    answer.insert("access_token".into(), template(token));
    if let Some(path) = text("token_expiration") {
        let at =
            text("token_expiration_strategy").is_some_and(|s| s.to_lowercase().ends_with("at"));
        let value = match text("token_expiration_unit") {
            Some(unit) if unit.starts_with("milli") && !at => {
                Value::from(format!("{{{{{}}}}}ms", response(path)))
            }
            _ => template(path),
        };
        answer.insert(if at { "expires_at" } else { "expires_in" }.into(), value);
    } else if let Some(ms) = entry.get("token_expires_in_ms").and_then(Value::as_i64) {
        let seconds = ms / 1000;
        if seconds > 0 {
            answer.insert("expires_in".into(), seconds.to_string().into());
        }
    }
    let extras = extras(entry);
    if !extras.is_empty() {
        answer.insert("extras".into(), Value::Object(extras));
    }
    answer
}

/// A JSON Web Token that is signed here for every call.
pub(super) fn jwt(entry: &mut Entry<'_>) -> Result<Draft, String> {
    let credentials = credentials(entry);
    let main = main_of(&credentials).ok_or("`credentials` names no key to sign with")?;
    declare(entry, &credentials, &[(&main, "api_key")]);
    let token = entry.object("token").ok_or("`token` does not say what is signed")?;
    let header = token.get("header").cloned().unwrap_or_else(|| json!({}));
    let mut assertion = Draft::new();
    if let Some(algorithm) = header.get("alg") {
        assertion.insert("algorithm".into(), algorithm.clone());
    }
    let key = token.get("signing_key").map(as_text).ok_or("token: no `signing_key`")?;
    assertion.insert("key".into(), entry.template(&key)?.into());
    let members = |value: &Value, without: &[&str]| -> Value {
        let pairs = value.as_object().into_iter().flatten();
        Value::Object(
            pairs
                .filter(|(name, _)| !without.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    };
    for (name, value, without) in [
        ("header", header, &["alg", "typ"][..]),
        ("claims", token.get("payload").cloned().unwrap_or(Value::Null), &["iat", "exp"][..]),
    ] {
        let members = entry.templates(&members(&value, without))?;
        if members.as_object().is_some_and(|members| !members.is_empty()) {
            assertion.insert(name.into(), members);
        }
    }
    if let Some(ms) = token.get("expires_in_ms").and_then(Value::as_i64) {
        assertion.insert("expires_in".into(), (ms / 1000).max(1).into());
    }
    let mut auth = Draft::new();
    auth.insert("type".into(), "api_key".into());
    auth.insert("request".into(), json!({ "signature": { "jwt": assertion } }));
    Ok(auth)
}

/// OAuth 1.0a with a token that the person has.
pub(super) fn token_based(entry: &mut Entry<'_>) -> Draft {
    entry.get("credentials");
    let realm = entry.inputs.iter_mut().find(|(known, _)| snake(known).contains("account"));
    let mut auth = Draft::new();
    auth.insert("type".into(), "oauth1".into());
    auth.insert("signature_method".into(), "HMAC-SHA256".into());
    if let Some((_, input)) = realm {
        input.used = true;
        auth.insert("realm".into(), format!("{{{{{}}}}}", input.name).into());
    }
    auth
}

/// AWS Signature Version 4.
pub(super) fn aws(entry: &mut Entry<'_>) -> Draft {
    let credentials = credentials(entry);
    let find = |word: &str| {
        let mut names = credentials.iter().map(|(name, _)| name.clone());
        names.find(|name| snake(name).contains(word))
    };
    let (id, secret) = (
        find("key_id").or_else(|| find("username")).unwrap_or_else(|| "accessKeyId".into()),
        find("secret").or_else(|| find("password")).unwrap_or_else(|| "secretAccessKey".into()),
    );
    declare(entry, &credentials, &[(&id, "api_key"), (&secret, "api_secret")]);
    let mut value = |words: &[&str]| {
        let found =
            entry.inputs.iter_mut().find(|(known, _)| words.contains(&snake(known).as_str()));
        found.map(|(_, input)| {
            input.used = true;
            format!("{{{{{}}}}}", input.name)
        })
    };
    let service = value(&["service", "service_name"]).unwrap_or_else(|| "execute-api".into());
    let region = value(&["region", "aws_region"]).unwrap_or_else(|| "us-east-1".into());
    let signature = json!({ "aws_sigv4": { "service": service, "region": region } });
    let mut auth = Draft::new();
    auth.insert("type".into(), "api_key_secret".into());
    auth.insert("request".into(), json!({ "signature": signature }));
    auth
}

/// WSSE user name tokens; other protocols are code.
pub(super) fn signature(entry: &mut Entry<'_>) -> Result<Draft, String> {
    let protocol = entry.object("signature").and_then(|said| said.get("protocol")).map(as_text);
    if protocol.as_deref() != Some("WSSE") {
        let protocol = protocol.unwrap_or_default();
        return Err(format!("signature: how `{protocol}` signs is code and not in the file"));
    }
    basic(entry);
    for (_, input) in &mut entry.inputs {
        input.used |= input.credential;
    }
    let token = "UsernameToken Username=\"{{username}}\", PasswordDigest=\"{{base64 (hash \"sha1\" \
                 (concat (random) (now \"iso\") password) \"hex\")}}\", Nonce=\"{{random}}\", \
                 Created=\"{{now \"iso\"}}\"";
    let mut auth = Draft::new();
    auth.insert("type".into(), "basic".into());
    auth.insert("request".into(), json!({ "headers": { "X-WSSE": token } }));
    Ok(auth)
}

type Credentials<'a> = Vec<(String, &'a Value)>;

fn credentials<'a>(entry: &mut Entry<'a>) -> Credentials<'a> {
    let all = entry.object("credentials").into_iter().flatten();
    all.map(|(name, schema)| (name.clone(), schema)).collect()
}

/// The one that is most secret.
fn main_of(credentials: &Credentials<'_>) -> Option<String> {
    let words = ["apiKey", "api_key", "token", "secret", "password", "key"];
    let found = words.iter().find_map(|word| {
        let word = snake(word);
        credentials.iter().find(|(name, _)| snake(name).contains(&word))
    });
    found.or(credentials.last()).map(|(name, _)| name.clone())
}

/// Declares all of them, the named ones as presets, even where the file leaves them out.
fn declare(entry: &mut Entry<'_>, credentials: &Credentials<'_>, presets: &[(&str, &str)]) {
    for (name, schema) in credentials {
        let preset = presets.iter().find(|(known, _)| known == name).map(|(_, preset)| *preset);
        entry.credential(name, Some(schema), preset);
    }
    for (name, preset) in presets {
        if !credentials.iter().any(|(known, _)| known == name) {
            // The file leaves one half of a pair out where any or none will do.
            let schema = json!({ "optional": presets.len() > 1 });
            entry.credential(name, Some(&schema), Some(preset));
        }
    }
}

impl<'a> Entry<'a> {
    /// A part of the entry that is read like an entry, with the same names.
    fn beneath(entry: &mut Entry<'_>, map: &'a Map<String, Value>) -> Entry<'a> {
        let mut part = Entry::new(map);
        part.inputs = std::mem::take(&mut entry.inputs);
        part.steps = std::mem::take(&mut entry.steps);
        part.notes = std::mem::take(&mut entry.notes);
        part
    }
}
