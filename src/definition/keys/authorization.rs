//! Keys of authorizations: those of every type, and what OAuth adds.

use super::super::assertion::ALGORITHMS;
use super::super::authorization::{TYPES, Type};
use super::super::grant::GRANTS;
use super::super::oauth2::{PKCE, POLICIES};
use super::super::redirection::{PORTS, RESPONSE_MODES};
use super::app::{ENVIRONMENT, FIELDS, HEADERS};
use super::endpoint::{
    AUTHENTICATION, CALL, CLIENT_ENDPOINT, DEVICE_ENDPOINT, LOOKUPS, PARAMETERS_IN,
    SIGNATURE_METHOD, TOKEN_CALL, TOKEN_ENDPOINT, USER_INFO_ENDPOINT,
};
use super::{Known, NAMED_TEXTS, PARAMS, Shape, TEXTS, keys, words};

const GRANT: Shape = Shape::Choice(|| words(GRANTS));

keys! {
    /// Of every type.
    COMMON {
        "type" needed: Shape::Choice(|| words(TYPES)) => "Which of the nine types of authorization it is."
        "fields": FIELDS => "What this authorization asks for besides the app's fields; the fields of its type may be relabelled here."
        "base_url": Shape::Text => "The same as at the app, for this authorization."
        "headers": HEADERS => "Headers of every API call, added to the app's."
        "request": CALL => "How an API call is authenticated, in place of the type's own way."
        "token_endpoint": TOKEN_ENDPOINT => "What gives tokens: a URL, an endpoint or several steps; for keys and passwords a login."
        "user_info_endpoint": USER_INFO_ENDPOINT => "The call that says who is connected, which `test` makes too; `null` where the app has none."
        "lookups": LOOKUPS => "Calls that are made once after connecting, and whose answers become `extras`."
        "environment": ENVIRONMENT => "Variables for `exec`, over the app's; `null` takes one of those away."
        "tls": Shape::Object(|| TLS.to_vec()) => "The client's certificate in TLS (RFC 8705)."
    }

    /// `tls`.
    TLS {
        "certificate" needed: Shape::Text => "Template that gives the certificate as PEM."
        "key" needed: Shape::Text => "Template that gives its private key as PEM."
    }

    /// Of `oauth2`.
    OAUTH2 {
        "grant": Shape::Either(&[GRANT, Shape::Items(&GRANT)]) => "How tokens are obtained; of a list, the first that fits the terminal at hand."
        "issuer": Shape::Text => "The provider's identifier: its metadata (RFC 8414) fills in what is not written."
        "authorization_uri": Shape::Text => "Template of the address that the browser is sent to."
        "authorization_params": PARAMS => "Parameters that are added to it; `null` removes a standard one."
        "scopes": TEXTS => "What is asked for unless somebody says otherwise."
        "scope_separator": Shape::Text => "What stands between two scopes; default: a space."
        "pkce": Shape::Choice(|| words(PKCE)) => "Proof Key for Code Exchange (RFC 7636); default S256."
        "redirect_uri": TEXTS => "Where the browser comes back to; default `http://127.0.0.1:8917/callback`."
        "port": Shape::Choice(|| words(PORTS)) => "`any` where the provider ignores the port of a loopback address (RFC 8252 section 7.3)."
        "response_mode": Shape::Choice(|| words(RESPONSE_MODES)) => "Whether the answer comes in the query or in a form that the browser posts."
        "callback": Shape::Object(|| CALLBACK.to_vec()) => "What the redirect brings besides the code, and other names of it."
        "refresh_endpoint": TOKEN_ENDPOINT => "What renews tokens; it inherits every key of `token_endpoint` but `params`."
        "revocation_endpoint": CLIENT_ENDPOINT => "What takes tokens back (RFC 7009)."
        "client_authentication": AUTHENTICATION => "How the client proves who it is; default `client_secret_post`, or what the issuer's metadata says."
        "refresh": Shape::Choice(|| words(POLICIES)) => "Whether a refresh token works once (assumed), again and again, or does not exist."
        "device_authorization_endpoint": DEVICE_ENDPOINT => "What gives codes for other devices (RFC 8628)."
        "introspection_endpoint": CLIENT_ENDPOINT => "What says whether a token is good (RFC 7662)."
        "pushed_authorization_request_endpoint": CLIENT_ENDPOINT => "What takes the authorization request before the browser is sent (RFC 9126)."
        "registration_endpoint": Shape::Text => "Where a client registers itself (RFC 7591)."
        "assertion": Shape::Object(|| ASSERTION.to_vec()) => "The signed JWT of `jwt_bearer` and `private_key_jwt` (RFC 7523)."
        "dpop": Shape::Flag => "Tokens are bound to a key of the account (RFC 9449)."
        "resource": TEXTS => "What the token is meant for (RFC 8707)."
        "audience": Shape::Text => "The same as some providers name it."
    }

    /// `callback`.
    CALLBACK {
        "code": Shape::Text => "The parameter that carries the code; default `code`."
        "extras": NAMED_TEXTS => "Extras, and the parameter that each comes from."
    }

    /// `assertion`.
    ASSERTION {
        "algorithm": Shape::Choice(|| ALGORITHMS.to_vec()) => "The algorithm by its name in RFC 7518; default RS256."
        "key" needed: Shape::Text => "Template that gives the key: PEM, a JWK, or for HMAC the secret itself."
        "header": PARAMS => "Header members besides `alg` and `typ`."
        "claims": PARAMS => "Claims; `iat`, `exp` and `jti` are added where they are not named."
        "expires_in": Shape::Text => "Seconds until it ends; default 300."
    }

    /// Of `oauth1`.
    OAUTH1 {
        "request_token_endpoint": TOKEN_CALL => "The first leg: gives temporary credentials (RFC 5849 section 2.1)."
        "authorization_uri": Shape::Text => "The second leg: template of the address that the browser is sent to."
        "authorization_params": PARAMS => "Parameters that are added to it."
        "access_token_endpoint": TOKEN_CALL => "The third leg: gives token and token secret (RFC 5849 section 2.3)."
        "refresh_endpoint": TOKEN_CALL => "What renews a token, where the app can."
        "signature_method": SIGNATURE_METHOD => "How requests are signed (RFC 5849 section 3.4); default HMAC-SHA1."
        "realm": Shape::Text => "The `realm` of the header (RFC 5849 section 3.5.1)."
        "parameters_in": PARAMETERS_IN => "Where the `oauth_` parameters travel; default: the header."
        "redirect_uri": TEXTS => "Where the browser comes back to, or `oob` for a PIN."
        "port": Shape::Choice(|| words(PORTS)) => "`any` where the provider ignores the port of a loopback address."
    }
}

/// The keys of an authorization of this type, or of any.
pub(in crate::definition) fn authorization(kind: Option<Type>) -> Vec<Known> {
    match kind {
        Some(Type::OAuth2) => [COMMON, OAUTH2].concat(),
        Some(Type::OAuth1) => {
            let common = COMMON.iter().filter(|key| key.name != "token_endpoint");
            common.chain(OAUTH1).copied().collect()
        }
        Some(_) => COMMON.to_vec(),
        None => {
            let of_oauth2 = |key: &&Known| OAUTH2.iter().any(|other| other.name == key.name);
            let more = OAUTH1.iter().filter(|key| !of_oauth2(key));
            COMMON.iter().chain(OAUTH2).chain(more).copied().collect()
        }
    }
}
