//! A definition in words.

use crate::definition::{
    Authorization, Definition, Field, Format, GrantType, Param, Placement, RefreshPolicy,
    Signature, Status, Type, Way,
};
use crate::template::Template;

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Tested => "tested: it was run against the live service",
        Status::Documented => "documented: it agrees with the vendor's page, and was not run live",
        Status::Unverified => "unverified: from a secondary source or from memory",
        Status::Discontinued => "discontinued: the vendor has ended the service",
    }
}

/// How the credential is obtained.
pub(super) fn way(auth: &Authorization) -> String {
    if let Some(oauth2) = auth.oauth2() {
        let grants: Vec<&str> = oauth2.grants.iter().map(|grant| grant_in_words(*grant)).collect();
        return format!("OAuth 2.0 {}", grants.join(" or "));
    }
    let what = match auth.kind {
        Type::OAuth2 => "OAuth 2.0",
        Type::OAuth1 if auth.redirection().is_some() => "OAuth 1.0a in the browser",
        Type::OAuth1 if auth.fields.iter().any(|f| f.name == "token_secret") => {
            "OAuth 1.0a with a token that you have"
        }
        Type::OAuth1 => "OAuth 1.0a with a PIN from the browser",
        Type::Basic => "user name and password",
        Type::BasicUrl => "your server, user name and password",
        Type::BasicApiKey => "your server, user name, password and API key",
        Type::ApiKey => "an API key",
        Type::ApiSecret => "an API secret",
        Type::ApiKeySecret => "an API key and its secret",
        Type::ApiKeyUrl => "your server and an API key",
    };
    match auth.way {
        Way::Login(_) => format!("{what}, traded for a token"),
        _ => what.to_owned(),
    }
}

fn grant_in_words(grant: GrantType) -> &'static str {
    match grant {
        GrantType::AuthorizationCode => "in the browser",
        GrantType::DeviceCode => "on another device",
        GrantType::ClientCredentials => "on the client's own behalf",
        GrantType::Password => "with user name and password",
        GrantType::JwtBearer => "with a signed assertion",
        GrantType::TokenExchange => "by exchange of a token",
    }
}

/// A field in one line: what it is, and what sort of answer fits.
pub(super) fn field(field: &Field) -> String {
    let mut about = Vec::new();
    if field.secret {
        about.push("secret".to_owned());
    }
    if field.optional {
        about.push("optional".to_owned());
    }
    about.extend(field.format.map(|format| format_in_words(format).to_owned()));
    if let Some(default) = &field.default {
        about.push(format!("{default} unless you say otherwise"));
    }
    let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
    format!("{}{about}", field.label)
}

fn format_in_words(format: Format) -> &'static str {
    match format {
        Format::Url => "an address, https://...",
        Format::FtpUrl => "an address, ftps://...",
        Format::Host => "a host name",
        Format::Email => "an e-mail address",
        Format::Uuid => "a UUID",
        Format::Json => "a JSON file's content",
    }
}

/// What else helps with a field.
pub(super) fn more_of(field: &Field) -> Vec<String> {
    let options: Vec<String> = field
        .options
        .iter()
        .map(|(value, label)| match value == label {
            true => value.clone(),
            false => format!("{value} ({label})"),
        })
        .collect();
    let options = (!options.is_empty()).then(|| format!("one of {}", options.join(", ")));
    let example = field.example.as_ref().map(|example| format!("such as {example}"));
    field.help.clone().into_iter().chain(options).chain(example).collect()
}

/// Where the credential goes in a request, one line each.
pub(super) fn placements(auth: &Authorization) -> Vec<String> {
    if auth.is_ftp() {
        return vec!["FTP user name and password".to_owned()];
    }
    let mut lines = placement(&auth.request);
    let names = auth.credential_names();
    let carries = |template: &Template| names.iter().any(|name| template.reads(name));
    let headers = auth.headers.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let header = |(name, value): (&String, &Template)| format!("header {name}: {}", value.source());
    lines.extend(headers.filter(|(_, value)| carries(value)).map(header));
    if carries(&auth.base_url) {
        lines.push("the path of every URL".to_owned());
    }
    lines
}

fn placement(placement: &Placement) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, value) in &placement.headers {
        lines.extend(value.as_ref().map(|value| format!("header {name}: {}", value.source())));
    }
    if let Some(basic) = &placement.basic {
        let (username, password) = (basic.username.source(), basic.password.source());
        lines.push(format!("HTTP Basic: {username} and {password}"));
    }
    for (place, params) in [("query", &placement.query), ("body", &placement.params)] {
        for (name, param) in params {
            lines.push(match param {
                Param::Text(value) => format!("{place} {name}={}", value.source()),
                _ => format!("{place} {name}"),
            });
        }
    }
    lines.extend(placement.signature.as_ref().map(|signature| match signature {
        Signature::AwsSigV4(_) => "signature: AWS Signature Version 4".to_owned(),
        Signature::Jwt(_) => "header Authorization: Bearer and a JWT signed for it".to_owned(),
        Signature::OAuth1(signed) => {
            format!("signature: OAuth 1.0a, {}", signed.signing.method.name())
        }
    }));
    lines
}

/// The hosts that the credential may go to, before any field has a value.
pub(super) fn hosts(definition: &Definition, auth: &Authorization) -> Vec<String> {
    let mut hosts = definition.host_patterns(auth);
    for field in auth.fields.iter().filter(|field| field.is_server()) {
        hosts.push(format!("the server that you name as `{}`", field.name));
    }
    hosts
}

pub(super) fn refresh(auth: &Authorization) -> String {
    let text = match &auth.way {
        Way::Fields => "nothing to renew: it works until you or the app revoke it",
        Way::Login(_) => "logs in again when the token is over",
        Way::OAuth1(oauth1) if oauth1.refresh.is_some() => "the token is renewed before it ends",
        Way::OAuth1(_) => "nothing to renew: the token works until it is revoked",
        Way::OAuth2(oauth2) if oauth2.runs_again() => "asks for a new token when one is over",
        Way::OAuth2(oauth2) => match oauth2.refresh_policy {
            RefreshPolicy::Rotates => {
                "by itself; a refresh token works once, and the next one comes with the answer"
            }
            RefreshPolicy::Reusable => "by itself; the refresh token works again and again",
            RefreshPolicy::None => "none: connect again when the access token is over",
        },
    };
    text.to_owned()
}

/// What is to be known of who is connected; empty where the app simply says it.
pub(super) fn identity(auth: &Authorization) -> &'static str {
    match auth.user_info.is_some() || auth.user_info_open {
        true => "",
        false => "no call of the app says who is connected, so `test` cannot verify it",
    }
}

/// The variables that `exec` sets, as its `--env` would name them.
pub(super) fn environment(auth: &Authorization) -> Vec<String> {
    auth.environment.iter().map(|variable| format!("{}={}", variable.name, variable.part)).collect()
}

/// Whether no client need be registered by hand (RFC 7591).
pub(super) fn registers_itself(auth: &Authorization) -> bool {
    auth.oauth2().is_some_and(|oauth2| oauth2.registration.is_some())
}
