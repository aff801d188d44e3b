//! Keys of endpoints, of `request`, and of what both place and read.

use super::super::endpoint::{CLIENT_AUTHENTICATIONS, ENCODINGS, METHODS, Use};
use super::app::HEADERS;
use super::authorization::ASSERTION;
use super::{Known, NAMED_TEXTS, PARAMS, Shape, keys, words};
use crate::definition::oauth1::{PLACES, SIGNATURE_METHODS};

/// Which client authentications there are.
pub(super) const AUTHENTICATION: Shape = Shape::Choice(|| words(CLIENT_AUTHENTICATIONS));

const BASIC_AUTHENTICATION: Shape = Shape::Object(|| BASIC.to_vec());
const SIGNATURES: Shape = Shape::Named(
    "signature",
    &Shape::Either(&[Shape::Choice(|| vec!["oauth1"]), Shape::Object(|| SIGNATURE.to_vec())]),
);

/// What gives tokens in one step.
pub(super) const TOKEN_CALL: Shape = Shape::Named(
    "token-call",
    &Shape::Either(&[Shape::Text, Shape::Object(|| endpoint(Use::Token))]),
);
/// What gives tokens, in one step or several.
pub(super) const TOKEN_ENDPOINT: Shape = Shape::Named(
    "token-endpoint",
    &Shape::Either(&[
        Shape::Text,
        Shape::Object(|| endpoint(Use::Token)),
        Shape::Items(&TOKEN_CALL),
    ]),
);
/// What says who is connected.
pub(super) const USER_INFO_ENDPOINT: Shape = Shape::Named(
    "user-info-endpoint",
    &Shape::Either(&[Shape::Text, Shape::Object(|| endpoint(Use::UserInfo))]),
);
/// What is asked once after connecting, in one step or several.
pub(super) const LOOKUPS: Shape = Shape::Either(&[
    Shape::Text,
    Shape::Object(|| endpoint(Use::Lookup)),
    Shape::Items(&Shape::Either(&[Shape::Text, Shape::Object(|| endpoint(Use::Lookup))])),
]);
/// What gives device codes.
pub(super) const DEVICE_ENDPOINT: Shape =
    Shape::Either(&[Shape::Text, Shape::Object(|| endpoint(Use::DeviceAuthorization))]);
/// What else a client says with its own authentication.
pub(super) const CLIENT_ENDPOINT: Shape = Shape::Named(
    "client-endpoint",
    &Shape::Either(&[Shape::Text, Shape::Object(|| endpoint(Use::Client))]),
);
/// How an API call is authenticated.
pub(super) const CALL: Shape = Shape::Object(|| REQUEST.to_vec());

keys! {
    /// An endpoint; its `response` depends on what it is for.
    ENDPOINT {
        "url": Shape::Text => "Template of its address; relative to `base_url` unless it is absolute."
        "method": Shape::Choice(|| words(METHODS)) => "The request method; default: POST for tokens, GET for user information and lookups."
        "query": PARAMS => "Parameters that are always in the URL."
        "headers": HEADERS => "Headers of this request; `null` removes one that comes from above."
        "basic": BASIC_AUTHENTICATION => "HTTP Basic; either half may be fixed."
        "encoding": Shape::Choice(|| words(ENCODINGS)) => "How `params` are sent; default: a form for POST, the query for GET."
        "params": PARAMS => "Parameters; for OAuth they are added to the standard ones, and `null` means that one is never sent."
        "body": Shape::Text => "Template of the whole body, in place of `params`; `\"\"` sends an empty one."
        "response": Shape::Object(|| response(Use::Client)) => "What the answer means: templates that read `response` and `answer`."
        "fails_if": Shape::Text => "Template that gives an error code where an answer means failure, whatever its status."
        "choose": Shape::Object(|| CHOOSE.to_vec()) => "Takes one row of a list in the answer, as `chosen`; several are asked about."
        "client_authentication": AUTHENTICATION => "How the client proves who it is at this endpoint."
        "signature": SIGNATURES => "Signs the whole request, last of all."
    }

    /// `request`.
    REQUEST {
        "headers": HEADERS => "Headers that carry the credential."
        "query": PARAMS => "Query parameters that carry the credential."
        "basic": BASIC_AUTHENTICATION => "HTTP Basic; either half may be fixed."
        "params": PARAMS => "Parameters that are merged into the body."
        "fails_if": Shape::Text => "Template that gives an error code where an answer means failure, whatever its status."
        "signature": SIGNATURES => "Signs the whole request, last of all."
    }

    /// `basic`.
    BASIC {
        "username": Shape::Text => "Template of the part before the colon."
        "password": Shape::Text => "Template of the part behind the colon."
    }

    /// `choose`.
    CHOOSE {
        "from" needed: Shape::Text => "Where in the answer the list stands, such as `response.accounts`."
        "where": NAMED_TEXTS => "What a row must have, by member."
        "label": Shape::Text => "Template of what the menu shows for a row."
    }

    /// What every `response` may give.
    KEPT {
        "extras": NAMED_TEXTS => "Values that are kept with the account and shown; templates read them as `extras.NAME`."
        "secrets": NAMED_TEXTS => "The same, kept with the credential; templates read them as `secrets.NAME`."
    }

    /// Who is connected.
    WHO {
        "user_identity": Shape::Text => "Who is connected, as shown wherever the account is."
    }

    /// The standard values of a token answer (RFC 6749 section 5.1).
    TOKEN {
        "access_token": Shape::Text => "Where the access token stands; default `{{response.access_token}}`."
        "token_type": Shape::Text => "Where the token's type stands."
        "refresh_token": Shape::Text => "Where the refresh token stands."
        "token_secret": Shape::Text => "Where the token's secret stands, for OAuth 1.0a."
        "id_token": Shape::Text => "Where the ID token of OpenID Connect stands."
        "expires_in": Shape::Text => "How long the token lives: seconds, or with a unit such as `{{response.ttl}}ms`."
        "expires_at": Shape::Text => "When the token ends: seconds or milliseconds since 1970, or a date of RFC 3339."
        "scope": Shape::Text => "Where the granted scopes stand."
    }

    /// What a device authorization answer gives (RFC 8628 section 3.2).
    DEVICE {
        "device_code": Shape::Text => "Where the code for this computer stands."
        "user_code": Shape::Text => "Where the code for the person stands."
        "verification_uri": Shape::Text => "Where the address stands that the person opens."
        "verification_uri_complete": Shape::Text => "Where the same address with the code in it stands."
        "expires_in": Shape::Text => "How many seconds the codes live."
        "interval": Shape::Text => "How many seconds lie between two polls."
    }

    /// A signature: one of these.
    SIGNATURE {
        "aws_sigv4": Shape::Object(|| AWS_SIGV4.to_vec()) => "AWS Signature Version 4."
        "jwt": Shape::Object(|| ASSERTION.to_vec()) => "A JSON Web Token signed for the request and sent as bearer token."
        "oauth1": Shape::Object(|| OAUTH1_SIGNATURE.to_vec()) => "A signature of OAuth 1.0a (RFC 5849 section 3)."
    }

    /// `aws_sigv4`.
    AWS_SIGV4 {
        "service" needed: Shape::Text => "The service that is signed for, such as `ses`."
        "region" needed: Shape::Text => "The region that is signed for, such as `eu-central-1`."
        "access_key_id": Shape::Text => "The public half of the key; default `{{api_key}}`."
        "secret_access_key": Shape::Text => "The secret half of the key; default `{{api_secret}}`."
        "session_token": Shape::Text => "The token that comes with temporary keys."
    }

    /// `oauth1` as a signature.
    OAUTH1_SIGNATURE {
        "consumer_key": Shape::Text => "The client's identifier; default `{{client_id}}`."
        "consumer_secret": Shape::Text => "The client's secret, or private key for RSA; default `{{client_secret}}`."
        "token": Shape::Text => "The token; default `{{access_token}}`."
        "token_secret": Shape::Text => "The token's secret; default `{{token_secret}}`."
        "signature_method": SIGNATURE_METHOD => "How the request is signed (RFC 5849 section 3.4); default HMAC-SHA1."
        "realm": Shape::Text => "The `realm` of the header (RFC 5849 section 3.5.1)."
        "parameters_in": PARAMETERS_IN => "Where the `oauth_` parameters travel; default: the header."
    }
}

/// How a request is signed.
pub(super) const SIGNATURE_METHOD: Shape = Shape::Choice(|| words(SIGNATURE_METHODS));
/// Where the `oauth_` parameters go.
pub(super) const PARAMETERS_IN: Shape = Shape::Choice(|| words(PLACES));

/// The keys of an endpoint of this sort.
pub(in crate::definition) fn endpoint(kind: Use) -> Vec<Known> {
    let shape = match kind {
        Use::Token => Shape::Object(|| response(Use::Token)),
        Use::UserInfo => Shape::Object(|| response(Use::UserInfo)),
        Use::DeviceAuthorization => Shape::Object(|| response(Use::DeviceAuthorization)),
        Use::Lookup | Use::Client => Shape::Object(|| response(Use::Client)),
    };
    let chooses = matches!(kind, Use::UserInfo | Use::Lookup);
    let of_kind = |key: &Known| match key.name {
        "response" => Known { shape, ..*key },
        _ => *key,
    };
    ENDPOINT.iter().filter(|key| chooses || key.name != "choose").map(of_kind).collect()
}

/// What the answer of such an endpoint gives by a standard name.
pub(in crate::definition) fn values(kind: Use) -> Vec<Known> {
    match kind {
        Use::Token => [TOKEN, WHO].concat(),
        Use::UserInfo => WHO.to_vec(),
        Use::DeviceAuthorization => DEVICE.to_vec(),
        Use::Lookup | Use::Client => Vec::new(),
    }
}

/// The keys of `response` at such an endpoint.
pub(in crate::definition) fn response(kind: Use) -> Vec<Known> {
    [values(kind), KEPT.to_vec()].concat()
}
