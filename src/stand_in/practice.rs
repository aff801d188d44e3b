//! What somebody would type who connects to the stand-in: a value for every field of an authorization, and a
//! client. All of it is made up, and fits.

use super::pattern::fitting;
use crate::definition::{
    Authorization, Definition, Field, Format, Signature, SignatureMethod, Way,
};
use crate::sandbox::practice_key;
use crate::template::Template;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The client's identifier, where no pattern asks for another.
const CLIENT_ID: &str = "practice-client";
/// Long enough to be a key for HMAC (RFC 7518 section 3.2).
const CLIENT_SECRET: &str = "practice-client-secret-0123456789abcdef";

/// What somebody who connects has to give.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The fields of the account, by name.
    pub fields: BTreeMap<String, String>,
    /// What belongs to the client, beside id and secret.
    pub client_fields: BTreeMap<String, String>,
    /// The client's id, where one is needed.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<String>,
}

impl Inputs {
    /// Everything that an authorization asks for.
    pub(super) fn new(definition: &Definition, auth: &Authorization) -> Self {
        let keys = Keys::of(auth);
        let value = |field: &Field| (field.name.clone(), keys.value(field));
        let mut fields: BTreeMap<_, _> = auth.fields.iter().map(value).collect();
        let asked_id = fields.remove("client_id");
        let asked_secret = fields.remove("client_secret");
        let by_person = auth.has_client() && auth.redirection().is_some() || needs_person(auth);
        let secret = || match keys.algorithm("client_secret") {
            Some(pem) => pem.to_owned(),
            None => CLIENT_SECRET.to_owned(),
        };
        let client_id = asked_id.or_else(|| by_person.then(|| CLIENT_ID.to_owned()));
        Self {
            client_secret: asked_secret.or_else(|| by_person.then(secret)),
            client_fields: match client_id {
                Some(_) => definition.client_fields.iter().map(value).collect(),
                None => BTreeMap::new(),
            },
            client_id,
            fields,
        }
    }
}

fn needs_person(auth: &Authorization) -> bool {
    match &auth.way {
        Way::OAuth2(oauth2) => oauth2.grants.iter().any(|grant| grant.needs_person()),
        Way::OAuth1(oauth1) => oauth1.legs.is_some(),
        Way::Fields | Way::Login(_) => false,
    }
}

/// Which values have to be private keys, and every template that reads inside one that is JSON.
struct Keys<'a> {
    pem: Vec<(String, Vec<String>, &'static str)>,
    templates: Vec<&'a Template>,
}

impl<'a> Keys<'a> {
    fn of(auth: &'a Authorization) -> Self {
        let mut keys = Self { pem: Vec::new(), templates: Vec::new() };
        let steps: Vec<_> = match &auth.way {
            Way::Login(steps) => steps.iter().collect(),
            Way::OAuth2(oauth2) => oauth2.client_endpoints().collect(),
            Way::OAuth1(oauth1) => oauth1.endpoints().collect(),
            Way::Fields => Vec::new(),
        };
        let endpoints: Vec<_> =
            steps.into_iter().chain(&auth.user_info).chain(&auth.lookups).collect();
        let placements =
            endpoints.iter().map(|endpoint| &endpoint.placement).chain([&auth.request]);
        for signature in placements.filter_map(|placement| placement.signature.as_ref()) {
            match signature {
                Signature::Jwt(assertion) => keys.add(&assertion.key, &assertion.algorithm),
                Signature::OAuth1(oauth1) if is_rsa(oauth1.signing.method) => {
                    keys.add(&oauth1.consumer_secret, "RS256");
                }
                _ => {}
            }
        }
        if let Some(assertion) = auth.oauth2().and_then(|oauth2| oauth2.assertion.as_ref()) {
            keys.add(&assertion.key, &assertion.algorithm);
            keys.templates.extend(assertion.templates());
        }
        keys.templates.extend(endpoints.iter().flat_map(|endpoint| endpoint.templates()));
        keys.templates.extend(auth.request.templates());
        keys
    }

    fn add(&mut self, template: &Template, algorithm: &str) {
        let Some(pem) = practice_key(algorithm) else { return };
        for name in template.names() {
            let of_client = name.root() == "client";
            let parts = &name.parts[usize::from(of_client).min(name.parts.len() - 1)..];
            self.pem.push((parts[0].clone(), parts[1..].to_vec(), pem));
        }
    }

    fn algorithm(&self, name: &str) -> Option<&'static str> {
        let found = self.pem.iter().find(|(known, rest, _)| known == name && rest.is_empty());
        found.map(|(_, _, pem)| *pem)
    }

    fn value(&self, field: &Field) -> String {
        if field.format == Some(Format::Json) {
            return self.object(&field.name).to_string();
        }
        if let Some(pem) = self.algorithm(&field.name) {
            return pem.trim_end().to_owned();
        }
        value(field)
    }

    /// A JSON object that has everything that is read of it.
    fn object(&self, field: &str) -> Value {
        let mut map = Map::new();
        for name in self.templates.iter().flat_map(|t| t.names()).filter(|n| n.root() == field) {
            let Some(member) = name.parts.get(1) else { continue };
            map.insert(member.clone(), format!("practice-{member}").into());
        }
        for (name, rest, pem) in &self.pem {
            if let (true, [member]) = (name == field, rest.as_slice()) {
                map.insert(member.clone(), (*pem).into());
            }
        }
        Value::Object(map)
    }
}

fn is_rsa(method: SignatureMethod) -> bool {
    matches!(
        method,
        SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 | SignatureMethod::RsaSha512
    )
}

/// What fits a field: its choice or default, its example where that is one, else something made up.
fn value(field: &Field) -> String {
    let made_up = match field.format {
        Some(Format::Url) => "https://server.stand-in.test".to_owned(),
        Some(Format::FtpUrl) => "ftps://ftp.stand-in.test".to_owned(),
        Some(Format::Host) => "server.stand-in.test".to_owned(),
        Some(Format::Email) => "ada@stand-in.test".to_owned(),
        Some(Format::Uuid) => "8c0d5b1e-1815-4e2c-9f3a-1852ada00001".to_owned(),
        Some(Format::Json) => "{}".to_owned(),
        None => format!("practice-{}", field.name.replace('_', "-")),
    };
    let pattern = field.pattern.as_ref();
    let candidates = [
        field.options.first().map(|(option, _)| option.clone()),
        field.default.clone().filter(|_| field.format != Some(Format::Url)),
        field.example.clone().filter(|text| field.pattern.is_some() && text.is_ascii()),
        Some(made_up.clone()),
        pattern.and_then(|pattern| fitting(pattern.text(), &field.name)),
        field.example.clone(),
    ];
    let mut fit = candidates.into_iter().flatten().filter_map(|text| field.accept(&text).ok());
    fit.next().unwrap_or(made_up)
}
