//! OpenAPI descriptions (2.0, 3.0 and 3.1) as definitions: servers become the base URL, and each security
//! scheme that a definition can say becomes an authorization.

use crate::definition::yaml;
use crate::draft::{Draft, comment, plain};
use serde_json::{Map, Value, json};

/// The longest description that is read, in bytes. The longest in use have about 15 megabytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// How many scopes are asked for where the description does not say which matter.
const FEW_SCOPES: usize = 4;

/// Paths that tell who is asking, where they are there.
const WHO: &[&str] =
    &["/me", "/user", "/users/me", "/account", "/whoami", "/v1/me", "/userinfo", "/profile"];

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The definition.
    pub draft: Draft,
    /// Schemes that could not be converted, and why.
    pub notes: Vec<String>,
}

/// Reads a description in JSON or YAML; `name` is the app's.
///
/// # Errors
/// In words: it is no such description, or none of its schemes can be said.
pub fn convert(text: &str, name: &str) -> Result<Read, String> {
    let document = yaml::plain(text, MAX_BYTES)?;
    let version =
        ["openapi", "swagger"].into_iter().find_map(|key| Some(version(document.get(key)?)));
    let version = version.ok_or("it has neither `openapi` nor `swagger`")?;
    if !(version.starts_with("3.") || version.starts_with('2')) {
        return Err(format!("it is of version {version}, and 2.0, 3.0 and 3.1 are known"));
    }
    let mut notes = Vec::new();
    let mut auths = Draft::new();
    for (name, scheme) in ordered(&document) {
        for (suffix, auth) in authorizations(&document, &name, scheme, &mut notes) {
            let name = format!("{}{suffix}", word(&name));
            auths.insert(name, Value::Object(auth));
        }
    }
    pair(&document, &mut auths);
    if auths.is_empty() {
        return Err(match notes.is_empty() {
            true => "it has no security scheme, so nothing says how it is authorized".into(),
            false => notes.join("; "),
        });
    }
    let mut draft = head(&document, name);
    let who = WHO.iter().find(|path| !document["paths"][**path]["get"].is_null());
    for (_, auth) in &mut auths {
        let Value::Object(auth) = auth else { continue };
        user_info(auth, who.copied());
    }
    draft.insert("authorizations".into(), Value::Object(auths));
    Ok(Read { draft, notes })
}

/// YAML takes an unquoted 2.0 for a number.
fn version(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Every scheme, those that the whole API demands first.
fn ordered(document: &Value) -> Vec<(String, &Value)> {
    let schemes = document["components"]["securitySchemes"].as_object();
    let schemes = schemes.or_else(|| document["securityDefinitions"].as_object());
    let demanded = |name: &String| {
        let all = document["security"].as_array().into_iter().flatten();
        !all.filter_map(Value::as_object).any(|one| one.contains_key(name))
    };
    let mut all: Vec<(String, &Value)> =
        schemes.into_iter().flatten().map(|(name, scheme)| (name.clone(), scheme)).collect();
    all.sort_by_key(|(name, _)| demanded(name));
    all
}

fn head(document: &Value, name: &str) -> Draft {
    let mut draft = Draft::new();
    let title = document["info"]["title"].as_str().map(plain).filter(|title| !title.is_empty());
    draft.insert("title".into(), title.unwrap_or_else(|| name.to_owned()).into());
    let docs = document["externalDocs"]["url"].as_str().filter(|url| url.starts_with("https://"));
    match docs {
        Some(docs) => draft.insert("docs".into(), plain(docs).into()),
        None => {
            comment(&mut draft, "TODO: `docs`, the vendor's page on authorization.");
            None
        }
    };
    draft.insert("status".into(), "unverified".into());
    let mut fields = Draft::new();
    match base_url(document, &mut fields) {
        Some(url) => draft.insert("base_url".into(), url.into()),
        None => {
            comment(&mut draft, "TODO: the description names no server.");
            draft.insert("base_url".into(), "https://api.example.com".into())
        }
    };
    if !fields.is_empty() {
        draft.insert("fields".into(), Value::Object(fields));
    }
    draft
}

/// The first server over https; its variables become fields.
fn base_url(document: &Value, fields: &mut Draft) -> Option<String> {
    if let Some(host) = document["host"].as_str() {
        let path = document["basePath"].as_str().unwrap_or_default().trim_end_matches('/');
        return Some(format!("https://{host}{path}"));
    }
    let servers = document["servers"].as_array()?;
    let usable = |server: &&Value| {
        server["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("https://") || url.starts_with('{'))
    };
    let server = servers.iter().find(usable)?;
    let mut url = server["url"].as_str()?.trim_end_matches('/').to_owned();
    let none = Map::new();
    for (name, variable) in server["variables"].as_object().unwrap_or(&none) {
        let field = word(name);
        let braces = format!("{{{name}}}");
        let Some(at) = url.find(&braces) else { continue };
        let default = variable["default"].as_str().unwrap_or_default();
        let options: Vec<String> = match variable["enum"].as_array() {
            Some(options) => options.iter().filter_map(Value::as_str).map(plain).collect(),
            None => Vec::new(),
        };
        let host = !url[..at].trim_start_matches("https://").contains('/');
        let inside = url[at + braces.len()..].starts_with(['.', '-']);
        let fixed = at == 0 || default.is_empty() && options.is_empty();
        // At the end of a host only a closed choice keeps it where it belongs.
        let open = fixed || options.is_empty();
        if host && !inside && open {
            url = url.replace(&braces, default);
            continue;
        }
        url = url.replace(&braces, &format!("{{{{{field}}}}}"));
        fields.insert(field, variable_field(variable, &options, default, host));
    }
    url.starts_with("https://").then_some(url)
}

fn variable_field(variable: &Value, options: &[String], default: &str, host: bool) -> Value {
    let mut field = Draft::new();
    let label = variable["description"].as_str().map(plain).filter(|label| !label.is_empty());
    field.extend(label.map(|label| ("label".to_owned(), Value::from(label))));
    if !options.is_empty() {
        let pairs = options.iter().map(|option| (option.clone(), option.clone().into()));
        field.insert("options".into(), Value::Object(pairs.collect()));
    } else if host {
        field.insert("pattern".into(), "[A-Za-z0-9][A-Za-z0-9_-]*".into());
    }
    let fits = options.is_empty() && !(host && default.contains('.'));
    if !default.is_empty() && (fits || options.iter().any(|option| option == default)) {
        field.insert("default".into(), plain(default).into());
    }
    Value::Object(field)
}

/// A scheme as authorizations: one for each flow, told apart by a suffix.
fn authorizations(
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
fn pair(document: &Value, auths: &mut Draft) {
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

fn user_info(auth: &mut Draft, who: Option<&str>) {
    match who {
        Some(path) => {
            comment(auth, "TODO: where the answer says who it is.");
            let response = json!({ "user_identity": "{{response.email}}" });
            let endpoint = json!({ "url": path, "response": response });
            auth.insert("user_info_endpoint".into(), endpoint);
        }
        None => {
            comment(auth, "TODO: a call that says who is connected, if there is one.");
            auth.insert("user_info_endpoint".into(), Value::Null);
        }
    }
}

/// A name of fields and authorizations.
fn word(name: &str) -> String {
    let map = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let word: String = name.chars().map(map).collect();
    let word = word.trim_matches('_');
    let starts = word.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts { word.to_owned() } else { format!("its_{word}") }
}
