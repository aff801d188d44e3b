//! Whether the credential that an authorization asks for is sent at all.

use super::authorization::{Authorization, Type, Way};
use super::endpoint::Endpoint;
use super::finding::Finding;
use super::reader::{Entries, Reader};
use super::rule::Rule;
use crate::template::Template;

/// Checks one authorization, whose parts have been read.
pub(super) fn check(reader: &mut Reader, entries: &Entries, auth: &Authorization) {
    let span = entries.take("request").map_or(entries.span, |node| &node.span);
    let calls: Vec<&Template> = calls(auth).collect();
    let sends = |name: &str| calls.iter().any(|template| template.reads(name));
    let mut unsent = Vec::new();
    if gets_a_token(auth) {
        if !sends("access_token") && !sends("secrets") {
            unsent.push("access_token".to_owned());
        }
    } else {
        let ways: Vec<&Template> = way(auth).flat_map(Endpoint::templates).collect();
        let asked = |name: &str| sends(name) || ways.iter().any(|template| template.reads(name));
        let needed = auth.fields.iter().filter(|field| field.secret && !field.optional);
        unsent.extend(needed.map(|field| field.name.clone()).filter(|name| !asked(name)));
    }
    for name in unsent {
        let message = format!("`{name}` is nowhere sent");
        let finding = Finding::new(Rule::CredentialNotSent, span.clone(), message);
        reader.findings.push(finding.help(format!("name `{{{{{name}}}}}` in `request`")));
    }
}

/// Whether what is sent is a token, and not what a person is asked for.
fn gets_a_token(auth: &Authorization) -> bool {
    auth.kind == Type::OAuth2 || matches!(auth.way, Way::Login(_))
}

fn way(auth: &Authorization) -> impl Iterator<Item = &Endpoint> {
    let steps: &[Endpoint] = match &auth.way {
        Way::Login(steps) => steps,
        _ => &[],
    };
    steps.iter()
}

/// Every template that an API call is made of.
fn calls(auth: &Authorization) -> impl Iterator<Item = &Template> {
    let headers = auth.headers.iter().filter_map(|(_, value)| value.as_ref());
    let tls = auth.tls.iter().flat_map(|tls| [&tls.certificate, &tls.key]);
    std::iter::once(&auth.base_url).chain(headers).chain(auth.request.templates()).chain(tls)
}
