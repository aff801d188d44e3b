//! Signing a request: the `oauth_` parameters, their signature, and where they travel (RFC 5849
//! sections 3.1 and 3.5).

use super::base_string::base_string;
use super::encoding::{encode, join};
use super::signature::{self, KeyError};
use crate::definition::{ParametersIn, SignatureMethod};
use crate::request::{Body, Request, RequestError};
use crate::secret::Secret;

/// What signs.
pub struct Credentials {
    /// The client's identifier.
    pub consumer_key: String,
    /// The client's secret, or for the RSA methods its private key in PEM.
    pub consumer_secret: Option<Secret>,
    /// The token, once there is one.
    pub token: Option<Secret>,
    /// Its secret.
    pub token_secret: Option<Secret>,
}

/// How it is signed.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Section 3.4.
    pub method: SignatureMethod,
    /// Section 3.5.1; never part of what is signed.
    pub realm: Option<&'a str>,
    /// Section 3.5.
    pub parameters_in: ParametersIn,
}

/// What makes each request another one (section 3.3).
pub struct Moment<'a> {
    /// Unix seconds.
    pub timestamp: i64,
    /// Never used twice.
    pub nonce: &'a str,
}

/// Why a request cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A form that is sent as it is read would have to be read twice.
    #[error("a form from a file or standard input cannot be signed; give its members with `-f`")]
    Stream,
    /// What section 3.6 encodes is text, and a server that reads bytes would sign another one.
    #[error("a query or form that is not UTF-8 beneath its percent-encoding cannot be signed")]
    NotText,
    /// The parameters were to go into a body that is no form.
    #[error("`parameters_in: body` needs a form body, and this request has none")]
    NoForm,
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A value cannot stand in a header.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// Signs a request. `extra` are further `oauth_` parameters of the three legs, such as the callback.
///
/// # Errors
/// The request or the key is not fit for it.
pub fn sign(
    request: &mut Request,
    credentials: &Credentials,
    options: &Options<'_>,
    extra: &[(&str, &str)],
    moment: &Moment<'_>,
) -> Result<(), SignError> {
    let exposed =
        |secret: &Option<Secret>| secret.as_ref().map_or_else(String::new, |s| s.expose().into());
    let mut oauth = parameters(credentials, options, extra, moment);
    unsign(request, &oauth);
    let mut all = of_request(request)?;
    all.extend(oauth.iter().cloned());
    let base = base_string(request.method.as_str(), &request.url, &all);
    let signature = signature::sign(
        options.method,
        &base,
        &exposed(&credentials.consumer_secret),
        &exposed(&credentials.token_secret),
    )?;
    oauth.push(("oauth_signature".to_owned(), signature.expose().to_owned()));
    place(request, options, &oauth)
}

/// Removes a former signature: a redirect may repeat the query that it came in, and no parameter may
/// occur twice (section 3.1).
fn unsign(request: &mut Request, oauth: &[(String, String)]) {
    let own =
        |name: &str| name != "oauth_signature" && !oauth.iter().any(|(signed, _)| signed == name);
    if let Some(query) = request.url.query().filter(|query| query.contains("oauth_signature=")) {
        let own = |pair: &&str| own(pair.split('=').next().unwrap_or_default());
        let rest: Vec<&str> = query.split('&').filter(own).collect();
        let rest = (!rest.is_empty()).then(|| rest.join("&"));
        request.url.set_query(rest.as_deref());
    }
    if let Body::Form(pairs) = &mut request.body {
        pairs.retain(|(name, _)| own(name));
    }
}

/// The signature that a request with these parameters, all but the signature itself, must have: for
/// whoever checks one.
///
/// # Errors
/// The key cannot sign.
pub fn signature_of(
    method: SignatureMethod,
    http_method: &str,
    url: &url::Url,
    parameters: &[(String, String)],
    consumer_secret: &str,
    token_secret: &str,
) -> Result<Secret, KeyError> {
    let base = base_string(http_method, url, parameters);
    signature::sign(method, &base, consumer_secret, token_secret)
}

/// Section 3.1.
fn parameters(
    credentials: &Credentials,
    options: &Options<'_>,
    extra: &[(&str, &str)],
    moment: &Moment<'_>,
) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut oauth = vec![
        pair("oauth_consumer_key", &credentials.consumer_key),
        pair("oauth_signature_method", options.method.name()),
        pair("oauth_timestamp", &moment.timestamp.to_string()),
        pair("oauth_nonce", moment.nonce),
        pair("oauth_version", "1.0"),
    ];
    if let Some(token) = &credentials.token {
        oauth.push(pair("oauth_token", token.expose()));
    }
    oauth.extend(extra.iter().map(|(name, value)| pair(name, value)));
    oauth
}

/// Section 3.4.1.3.1: the query, and a body that is a form. Any other body is not signed.
fn of_request(request: &Request) -> Result<Vec<(String, String)>, SignError> {
    let mut parameters = pairs(request.url.query().unwrap_or_default())?;
    let is_form = is_form(request);
    match &request.body {
        Body::Form(pairs) => parameters.extend(pairs.iter().cloned()),
        Body::Text(text) if is_form => parameters.extend(pairs(text)?),
        Body::Stream if is_form => return Err(SignError::Stream),
        _ => {}
    }
    Ok(parameters)
}

fn place(
    request: &mut Request,
    options: &Options<'_>,
    oauth: &[(String, String)],
) -> Result<(), SignError> {
    match options.parameters_in {
        ParametersIn::Header => {
            let realm = options.realm.map(|realm| format!("realm=\"{}\"", quoted(realm)));
            let pairs =
                oauth.iter().map(|(name, value)| format!("{}=\"{}\"", encode(name), encode(value)));
            let all: Vec<String> = realm.into_iter().chain(pairs).collect();
            request.set_header("authorization", &format!("OAuth {}", all.join(", ")))?;
        }
        ParametersIn::Query => place_in_query(request, oauth),
        ParametersIn::Body => place_in_body(request, oauth)?,
    }
    Ok(())
}

/// Appended as it was signed: writing the query anew could spell it in another way.
fn place_in_query(request: &mut Request, oauth: &[(String, String)]) {
    let query = match request.url.query() {
        Some(query) if !query.is_empty() => format!("{query}&{}", join(oauth)),
        _ => join(oauth),
    };
    request.url.set_query(Some(&query));
}

fn place_in_body(request: &mut Request, oauth: &[(String, String)]) -> Result<(), SignError> {
    let (is_form, has_body) = (is_form(request), has_body(request));
    let mut form = match &mut request.body {
        Body::Form(pairs) => std::mem::take(pairs),
        Body::Text(text) if is_form => pairs(text)?,
        // A GET's body has no meaning (RFC 9110 section 9.3.1), so the next best place is taken.
        Body::Empty if !has_body => {
            place_in_query(request, oauth);
            return Ok(());
        }
        Body::Empty => Vec::new(),
        _ => return Err(SignError::NoForm),
    };
    form.extend_from_slice(oauth);
    request.body = Body::Form(form);
    Ok(())
}

fn has_body(request: &Request) -> bool {
    matches!(request.method.as_str(), "POST" | "PUT" | "PATCH")
}

/// Whether the request names its body a form; [`Body::Form`] is one without that.
fn is_form(request: &Request) -> bool {
    request.header("content-type").is_some_and(|value| {
        let media_type = value.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn pairs(form: &str) -> Result<Vec<(String, String)>, SignError> {
    if percent_encoding::percent_decode_str(form).decode_utf8().is_err() {
        return Err(SignError::NotText);
    }
    Ok(url::form_urlencoded::parse(form.as_bytes()).into_owned().collect())
}

/// A quoted string of RFC 9110 section 5.6.4.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
