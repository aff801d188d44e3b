//! Whether what an OAuth 2.0 authorization says fits together: its grants have what they need, and
//! nothing is written that they would never look at.

use super::authorization::Authorization;
use super::endpoint::{ClientAuthentication, Endpoint};
use super::finding::Finding;
use super::grant::GrantType;
use super::oauth2::OAuth2;
use super::reader::{Entries, Reader};
use super::rule::Rule;
use super::yaml::Value as Yaml;
use crate::template::Template;

/// Keys that only a grant with a person has a use for.
const FOR_PERSONS: &[&str] = &[
    "authorization_uri",
    "authorization_params",
    "pkce",
    "redirect_uri",
    "port",
    "response_mode",
    "callback",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "registration_endpoint",
];

/// Checks one authorization, whose parts have been read.
pub(super) fn check(reader: &mut Reader, entries: &Entries, auth: &Authorization) {
    let Some(oauth2) = auth.oauth2() else { return };
    check_grants(reader, entries, oauth2);
    check_endpoints(reader, entries, oauth2);
    check_assertion(reader, entries, auth, oauth2);
    check_certificate(reader, entries, auth, oauth2);
    check_issuer(reader, entries, oauth2);
    check_resource(reader, entries, oauth2);
}

fn check_grants(reader: &mut Reader, entries: &Entries, oauth2: &OAuth2) {
    let Some(node) = entries.take("grant") else { return };
    let grants = &oauth2.grants;
    if matches!(&node.value, Yaml::List(items) if items.is_empty()) {
        reader.report(Rule::MissingKey, &node.span, "`grant` is an empty list");
    }
    let twice = grants.iter().enumerate().find(|(at, grant)| grants[..*at].contains(grant));
    if let Some((_, grant)) = twice {
        let message = format!("`{}` stands twice", grant.name());
        reader.report(Rule::Grant, &node.span.narrow(grant.name()), message);
    }
    let Some(alone) = grants.iter().find(|grant| !grant.needs_person()) else { return };
    if grants.len() > 1 && twice.is_none() {
        let message = format!("`{}` cannot be one of several grants", alone.name());
        let finding = Finding::new(Rule::Grant, node.span.narrow(alone.name()), message);
        reader
            .findings
            .push(finding.help("it asks for other fields: write an authorization for it"));
        return;
    }
    for key in FOR_PERSONS {
        let Some(written) = entries.take(key) else { continue };
        let message = format!("`{key}` has no effect: nobody is asked in `{}`", alone.name());
        let finding = Finding::new(Rule::NoEffect, written.span.clone(), message);
        reader.findings.push(finding.help("leave it out, or let `grant` be `authorization_code`"));
    }
}

/// Without an issuer, whose metadata could tell, every endpoint that a grant needs is written.
fn check_endpoints(reader: &mut Reader, entries: &Entries, oauth2: &OAuth2) {
    let needs = |grant: GrantType| match grant {
        GrantType::AuthorizationCode => Some("authorization_uri"),
        GrantType::DeviceCode => Some("device_authorization_endpoint"),
        _ => None,
    };
    // One that is written and wrong has been told already.
    if oauth2.issuer.is_some() || entries.take("issuer").is_some() {
        return;
    }
    let all = oauth2.grants.iter().map(|grant| (*grant, needs(*grant)));
    let first = oauth2.grants.first().map(|grant| (*grant, Some("token_endpoint")));
    for (grant, key) in first.into_iter().chain(all) {
        let Some(key) = key.filter(|key| entries.take(key).is_none()) else { continue };
        let message = format!("`{}` needs `{key}`, or an `issuer` that names it", grant.name());
        reader.report(Rule::MissingKey, entries.span, message);
    }
}

fn check_assertion(reader: &mut Reader, entries: &Entries, auth: &Authorization, oauth2: &OAuth2) {
    let bears = oauth2.grants.contains(&GrantType::JwtBearer);
    let proves = |method| authenticates_by(oauth2, method);
    let by_key = proves(ClientAuthentication::PrivateKeyJwt);
    let by_secret = proves(ClientAuthentication::ClientSecretJwt);
    let Some(assertion) = &oauth2.assertion else {
        if entries.take("assertion").is_none() {
            require_assertion(reader, entries, bears, by_key);
        }
        return;
    };
    let Some(node) = entries.take("assertion") else { return };
    let named = || templates(auth, oauth2).any(|template| template.reads("assertion"));
    if !(bears || by_key || by_secret || named()) {
        let message = "`assertion` has no effect: no grant and no client authentication uses it";
        let finding = Finding::new(Rule::NoEffect, node.span.clone(), message);
        reader.findings.push(finding.help(
            "write `client_authentication: private_key_jwt`, or let `grant` be `jwt_bearer`",
        ));
    }
    let shared = assertion.algorithm.starts_with("HS");
    let wrong = match (by_key, by_secret && !bears) {
        (true, _) if shared => Some(("private_key_jwt", "a private key", "client_secret_jwt")),
        (_, true) if !shared => Some(("client_secret_jwt", "the client secret", "private_key_jwt")),
        _ => None,
    };
    if let Some((method, with, other)) = wrong {
        let message = format!("`{method}` signs with {with}, and not by {}", assertion.algorithm);
        let finding =
            Finding::new(Rule::WrongValue, node.span.narrow(&assertion.algorithm), message);
        reader.findings.push(finding.help(format!("or write `client_authentication: {other}`")));
    }
}

fn require_assertion(reader: &mut Reader, entries: &Entries, bears: bool, by_key: bool) {
    let message = match (bears, by_key) {
        (true, _) => "`jwt_bearer` needs an `assertion`",
        (_, true) => "`private_key_jwt` needs an `assertion` that names the key",
        _ => return,
    };
    reader.report(Rule::MissingKey, entries.span, message);
}

/// RFC 8705 section 2: the certificate is the proof.
fn check_certificate(
    reader: &mut Reader,
    entries: &Entries,
    auth: &Authorization,
    oauth2: &OAuth2,
) {
    let proves = authenticates_by(oauth2, ClientAuthentication::TlsClientAuth);
    if proves && auth.tls.is_none() && entries.take("tls").is_none() {
        let message = "`tls_client_auth` needs `tls` with a `certificate` and its `key`";
        reader.report(Rule::MissingKey, entries.span, message);
    }
}

/// RFC 8414 section 2: an issuer has neither query nor fragment.
fn check_issuer(reader: &mut Reader, entries: &Entries, oauth2: &OAuth2) {
    let Some((node, issuer)) = entries.take("issuer").zip(oauth2.issuer.as_ref()) else { return };
    let text = issuer.source();
    if text.contains("/.well-known/") {
        let message = "this is the address of metadata, and no issuer";
        let finding = Finding::new(Rule::Issuer, node.span.clone(), message);
        reader.findings.push(finding.help("write what stands there as `issuer`"));
    } else if issuer.is_literal() && text.contains(['?', '#']) {
        reader.report(Rule::Issuer, &node.span, "an issuer has neither query nor fragment");
    } else if issuer.is_literal() && !text.contains("://") {
        reader.report(Rule::Issuer, &node.span, "an issuer is a whole URL, https://...");
    }
}

/// RFC 8707 section 2: an absolute URI without a fragment.
fn check_resource(reader: &mut Reader, entries: &Entries, oauth2: &OAuth2) {
    let Some(node) = entries.take("resource") else { return };
    for resource in oauth2.resource.iter().filter(|template| template.is_literal()) {
        let text = resource.source();
        if text.contains('#') || url::Url::parse(text).is_err() {
            let message = "a resource is an absolute URI without a fragment";
            let finding = Finding::new(Rule::Resource, node.span.narrow(text), message);
            reader.findings.push(finding.help("a name that is no URI goes into `audience`"));
        }
    }
}

/// Whether the client authenticates like this anywhere.
fn authenticates_by(oauth2: &OAuth2, method: ClientAuthentication) -> bool {
    oauth2.client_authentication == Some(method)
        || oauth2.client_endpoints().any(|endpoint| endpoint.client_authentication == Some(method))
}

/// Every template that may name the assertion.
fn templates<'a>(
    auth: &'a Authorization,
    oauth2: &'a OAuth2,
) -> impl Iterator<Item = &'a Template> {
    let client = oauth2.client_endpoints().flat_map(Endpoint::templates);
    let calls = auth.lookups.iter().chain(&auth.user_info).flat_map(Endpoint::templates);
    client.chain(calls).chain(auth.request.templates())
}
