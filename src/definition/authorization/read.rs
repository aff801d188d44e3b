//! Reading an authorization from a definition's tree.

use super::kind::{TYPES, Type};
use super::request::read_request;
use super::{App, Authorization, Way, ftp};
use crate::definition::endpoint::{Endpoint, IDENTITY, Use, read_base_url, read_call_headers};
use crate::definition::field::Field;
use crate::definition::finding::Finding;
use crate::definition::keys::authorization as keys;
use crate::definition::presets::more_presets;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::{Rule, Severity};
use crate::definition::signature::TlsClient;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::definition::{coherence, environment, literal, sending};
use crate::template::{Place, Template};

impl Authorization {
    pub(in crate::definition) fn read(
        reader: &mut Reader,
        name: &str,
        node: &Node,
        app: &App,
    ) -> Option<Self> {
        let found = reader.findings.len();
        let entries = reader.entries(node, "an authorization", &keys::authorization(None))?;
        let kind = read_type(reader, &entries)?;
        refuse_keys_of_others(reader, &entries, kind);
        let fields = read_fields(reader, &entries, kind, app);
        let way = Way::read(reader, &entries, kind);
        let mut headers = app.headers.to_vec();
        if let Some(node) = entries.take("headers") {
            headers.extend(read_call_headers(reader, node));
        }
        let base_url = base_url_of(reader, &entries, kind, app);
        let request = read_request(reader, &entries, kind);
        let ftp = base_url.as_ref().is_some_and(|url| ftp::is_ftp(url, &fields));
        if ftp {
            ftp::check(reader, &entries, &request);
        }
        let user_info = read_user_info(reader, &entries, kind, ftp);
        let lookups = entries
            .take("lookups")
            .map_or_else(Vec::new, |node| Endpoint::read_steps(reader, node, Use::Lookup));
        literal::check(node, &mut reader.findings);
        let mut auth = Self {
            name: name.to_owned(),
            kind,
            fields,
            base_url: base_url?,
            headers,
            request,
            user_info,
            user_info_open: entries.take_or_null("user_info_endpoint").is_none(),
            lookups,
            tls: entries.take("tls").and_then(|node| TlsClient::read(reader, node)),
            environment: Vec::new(),
            way: way?,
        };
        let environment = entries.take("environment");
        auth.environment = environment::read(reader, app.environment, environment, &auth);
        coherence::check(reader, &entries, &auth);
        // A name that is misspelt has been told, and would be missing here.
        if reader.findings[found..].iter().all(|f| f.rule.severity() == Severity::Warning) {
            sending::check(reader, &entries, &auth);
        }
        Some(auth)
    }
}

fn read_type(reader: &mut Reader, entries: &Entries) -> Option<Type> {
    let Some(node) = entries.take("type") else {
        reader.report(Rule::MissingKey, entries.span, "an authorization needs a `type`");
        return None;
    };
    reader.choice(node, "type", TYPES)
}

/// A key of another type would be ignored, and its author would wonder why.
fn refuse_keys_of_others(reader: &mut Reader, entries: &Entries, kind: Type) {
    let own = keys::authorization(Some(kind));
    let mut told = Vec::new();
    for (keys, owner) in [(keys::OAUTH2, "oauth2"), (keys::OAUTH1, "oauth1")] {
        let foreign =
            keys.iter().map(|key| key.name).filter(|key| own.iter().all(|own| own.name != *key));
        for key in foreign {
            let Some(node) = entries.take_or_null(key).filter(|_| !told.contains(&key)) else {
                continue;
            };
            told.push(key);
            let message = format!("`{key}` belongs to `{owner}`, and this is `{}`", kind.name());
            reader.findings.push(Finding::new(Rule::WrongTypeForKey, node.span.clone(), message));
        }
    }
    if let (Type::OAuth1, Some(node)) = (kind, entries.take("token_endpoint")) {
        let message = "`oauth1` has `request_token_endpoint` and `access_token_endpoint`";
        reader.report(Rule::WrongTypeForKey, &node.span, message);
    }
}

/// Presets first, then what app and authorization add; either may relabel or constrain a preset.
fn read_fields(reader: &mut Reader, entries: &Entries, kind: Type, app: &App) -> Vec<Field> {
    let mut fields = kind.presets();
    fields.extend(more_presets(entries, kind, &reader.client_fields));
    for node in [app.fields, entries.take("fields")].into_iter().flatten() {
        let Some(pairs) = reader.pairs(node, "`fields`") else { continue };
        for (key, node) in pairs {
            let at = fields.iter().position(|field| field.name == key.name);
            let field = Field::read(reader, &key.name, node, at.map(|at| &fields[at]));
            match at {
                Some(at) => fields[at] = field,
                None => fields.push(field),
            }
        }
    }
    reader.fields = fields.iter().map(|field| field.name.clone()).collect();
    let secret = fields.iter().filter(|field| field.secret);
    reader.secret_fields = secret.map(|field| field.name.clone()).collect();
    fields
}

fn base_url_of(reader: &mut Reader, entries: &Entries, kind: Type, app: &App) -> Option<Template> {
    if let Some(node) = entries.take("base_url") {
        return read_base_url(reader, node);
    }
    if let Some(base_url) = app.base_url {
        return Some(base_url.clone());
    }
    if kind.has_url() {
        return Template::parse("{{{url}}}", Place::Url).ok();
    }
    reader.report(Rule::MissingKey, entries.span, "there is no `base_url`, at the app or here");
    None
}

fn read_user_info(
    reader: &mut Reader,
    entries: &Entries,
    kind: Type,
    ftp: bool,
) -> Option<Endpoint> {
    let node = entries.take_or_null("user_info_endpoint");
    match node {
        Some(node) if matches!(node.value, Yaml::Null) => None,
        Some(node) => {
            let endpoint = Endpoint::read(reader, node, Use::UserInfo)?;
            // One that is written and wrong has been told already.
            if node.member("response").and_then(|node| node.member(IDENTITY)).is_none() {
                let message = "`user_info_endpoint` needs `response: {user_identity: …}`";
                reader.report(Rule::MissingKey, &node.span, message);
            }
            Some(endpoint)
        }
        None => {
            // An issuer's metadata may name it.
            if kind != Type::BasicApiKey && entries.take("issuer").is_none() && !ftp {
                let message =
                    "there is no `user_info_endpoint`, so nobody can tell who is connected";
                let finding = Finding::new(Rule::MissingKey, entries.span.clone(), message);
                reader.findings.push(finding.help(
                    "write one, or `user_info_endpoint: null` and a comment if the app has none",
                ));
            }
            None
        }
    }
}
