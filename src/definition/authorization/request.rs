//! How an API call is authenticated: by what `request` says, else as the type has it.

use super::kind::Type;
use crate::definition::endpoint::{Basic, Placement};
use crate::definition::oauth1;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::signature::{OAuth1Signature, Signature};
use crate::template::{Place, Template};

pub(super) fn read_request(reader: &mut Reader, entries: &Entries, kind: Type) -> Placement {
    let mut default = default_placement(kind, entries.take("token_endpoint").is_some());
    if kind == Type::OAuth1 {
        // Its findings are told where the type reads the same keys.
        let signing = oauth1::read_signing(&mut Reader::default(), entries);
        let signature = OAuth1Signature::standard(signing);
        default.signature = signature.map(|signature| Signature::OAuth1(Box::new(signature)));
    }
    let Some(node) = entries.take("request") else {
        if matches!(kind, Type::ApiKeySecret | Type::BasicApiKey) {
            let message =
                format!("`{}` needs a `request` that says where the key goes", kind.name());
            reader.report(Rule::MissingKey, entries.span, message);
        }
        return default;
    };
    let Some(request) = Placement::read_request(reader, node) else { return default };
    if request.places_something() {
        return Placement {
            // `basic_api_key` is HTTP Basic and a key: `request` adds the key.
            basic: request
                .basic
                .or_else(|| (kind == Type::BasicApiKey).then_some(default.basic).flatten()),
            ..request
        };
    }
    Placement { fails_if: request.fails_if, ..default }
}

/// The default way to authenticate a request; a login's token takes the place of its fields.
fn default_placement(kind: Type, login: bool) -> Placement {
    let bearer = match kind {
        _ if login => "access_token",
        Type::OAuth2 => "access_token",
        Type::ApiKey | Type::ApiKeyUrl => "api_key",
        Type::ApiSecret => "api_secret",
        Type::Basic | Type::BasicUrl | Type::BasicApiKey => return basic(),
        // Its signature needs what else is written: see `read_request`.
        Type::OAuth1 | Type::ApiKeySecret => return Placement::default(),
    };
    let value = Template::parse(&format!("Bearer {{{{{bearer}}}}}"), Place::Header).ok();
    Placement { headers: vec![("Authorization".to_owned(), value)], ..Placement::default() }
}

fn basic() -> Placement {
    let half = |name: &str| Template::parse(&format!("{{{{{name}}}}}"), Place::Text).ok();
    let basic = half("username")
        .zip(half("password"))
        .map(|(username, password)| Basic { username, password });
    Placement { basic, ..Placement::default() }
}
