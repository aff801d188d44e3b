//! Security schemes as authorizations: keys, passwords, and each flow of OAuth 2.0.

use super::word;
use crate::draft::{Draft, comment, plain};
use serde_json::{Value, json};

/// How many scopes are asked for where the description does not say which matter.
const FEW_SCOPES: usize = 4;

/// A scheme as authorizations: one for each flow, told apart by a suffix.
pub(super) fn authorizations(
    document: &Value,
    name: &str,
    scheme: &Value,
    notes: &mut Vec<String>,
) -> Vec<(String, Draft)> {
    let pointer = scheme["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    let scheme = pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(scheme);
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    let mut note = |why: &str| notes.push(format!("`{name}`: {why}"));
    let one = |auth: Draft| vec![(String::new(), auth)];
    match (text("type"), text("scheme").to_ascii_lowercase().as_str()) {
        ("basic", _) | ("http", "basic") => one(of_type("basic")),
        ("http", "bearer") => one(key("header", "Authorization", "Bearer {{api_key}}")),
        ("http", other) => {
            note(&format!("the HTTP scheme `{other}` is none that is known here"));
            Vec::new()
        }
        ("apiKey", _) => match text("in") {
            "cookie" => one(key("header", "Cookie", &format!("{}={{{{api_key}}}}", text("name")))),
            place @ ("header" | "query") => one(key(place, text("name"), "{{api_key}}")),
            other => {
                note(&format!("a key in `{other}` is none that is known here"));
                Vec::new()
            }
        },
        ("openIdConnect", _) => match text("openIdConnectUrl").split_once("/.well-known/") {
            Some((issuer, _)) => {
                let mut auth = of_type("oauth2");
                auth.insert("issuer".into(), issuer.into());
                auth.insert("scopes".into(), json!(["openid", "profile", "email"]));
                one(auth)
            }
            None => {
                note("its `openIdConnectUrl` is no address of discovery");
                Vec::new()
            }
        },
        ("oauth2", _) => flows(scheme, &mut note),
        ("mutualTLS", _) => {
            note("a certificate alone is no type here: write `tls` beside another one");
            Vec::new()
        }
        (other, _) => {
            note(&format!("the type `{other}` is none that is known here"));
            Vec::new()
        }
    }
}

fn of_type(kind: &str) -> Draft {
    Draft::from_iter([("type".to_owned(), Value::from(kind))])
}

fn key(place: &str, name: &str, value: &str) -> Draft {
    let mut auth = of_type("api_key");
    let place = if place == "query" { "query" } else { "headers" };
    auth.insert("request".into(), json!({ place: { name: value } }));
    auth
}

/// Each flow is an authorization of its own: they ask for other things.
fn flows(scheme: &Value, note: &mut dyn FnMut(&str)) -> Vec<(String, Draft)> {
    // In 2.0 a scheme is one flow.
    let single = scheme["flow"].as_str().map(|flow| (flow.to_owned(), scheme));
    let several = scheme["flows"].as_object().into_iter().flatten();
    let all: Vec<(String, &Value)> =
        single.into_iter().chain(several.map(|(name, flow)| (name.clone(), flow))).collect();
    let mut auths = Vec::new();
    for (name, flow) in all {
        let grant = match name.as_str() {
            "authorizationCode" | "accessCode" => None,
            "clientCredentials" | "application" => Some("client_credentials"),
            "password" => Some("password"),
            "implicit" => {
                note("the implicit flow is not used any more (RFC 9700 section 2.1.2)");
                continue;
            }
            other => {
                note(&format!("the flow `{other}` is none that is known here"));
                continue;
            }
        };
        match oauth2(flow, grant) {
            Some(auth) => {
                let suffix = grant.filter(|_| !auths.is_empty()).map(|grant| format!("_{grant}"));
                auths.push((suffix.unwrap_or_default(), auth));
            }
            None => note(&format!("the flow `{name}` lacks an address over https")),
        }
    }
    auths
}

fn oauth2(flow: &Value, grant: Option<&str>) -> Option<Draft> {
    let url = |key: &str| flow[key].as_str().filter(|url| url.starts_with("https://"));
    let mut auth = of_type("oauth2");
    match grant {
        Some(grant) => auth.insert("grant".into(), grant.into()),
        None => auth.insert("authorization_uri".into(), url("authorizationUrl")?.into()),
    };
    auth.insert("token_endpoint".into(), url("tokenUrl")?.into());
    if let Some(refresh) = url("refreshUrl").filter(|refresh| Some(*refresh) != url("tokenUrl")) {
        auth.insert("refresh_endpoint".into(), refresh.into());
    }
    let scopes: Vec<String> =
        flow["scopes"].as_object().into_iter().flatten().map(|(s, _)| s.clone()).collect();
    if scopes.len() > FEW_SCOPES {
        let offered = plain(&scopes.join(" "));
        comment(&mut auth, &format!("TODO: which of these scopes? {offered}"));
    } else if !scopes.is_empty() {
        auth.insert("scopes".into(), scopes.into());
    }
    Some(auth)
}

/// Two keys that are demanded together are one authorization.
pub(super) fn pair(document: &Value, auths: &mut Draft) {
    let demanded =
        document["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    for names in demanded.filter(|names| names.len() == 2) {
        let names: Vec<String> = names.keys().map(|name| word(name)).collect();
        let request = |name: &String| {
            let auth = auths.get(name)?;
            (auth["type"] == "api_key").then(|| auth["request"].clone())
        };
        let (Some(first), Some(second)) = (request(&names[0]), request(&names[1])) else {
            continue;
        };
        let second = second.to_string().replace("{{api_key}}", "{{api_secret}}");
        let Ok(Value::Object(second)) = serde_json::from_str(&second) else { continue };
        let mut both = first;
        for (place, values) in second {
            for (name, value) in values.as_object().into_iter().flatten() {
                both[&place][name] = value.clone();
            }
        }
        let mut auth = of_type("api_key_secret");
        auth.insert("request".into(), both);
        auths.retain(|name, _| !names.contains(name));
        auths.insert(names.join("_"), Value::Object(auth));
    }
}
