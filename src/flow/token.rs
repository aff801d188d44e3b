//! Token requests: the standard message comes from the `oauth2` crate, a definition's deviations are
//! laid over it, and the answer is read back into the standard's terms.

use super::failure::{FlowError, check_success, shown};
use super::session::{Session, read_group};
use super::step::run_step;
use super::token_set::{TokenSet, read_token_set};
use crate::definition::{ClientAuthentication, Endpoint, OAuth2, RefreshPolicy};
use crate::request;
use crate::secret::Secret;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl,
};
use std::borrow::Cow;
use std::cell::RefCell;

/// Trades the authorization code for tokens.
///
/// # Errors
/// The provider refused, or the answer is none.
pub async fn exchange_code(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
) -> Result<TokenSet, FlowError> {
    session.grant.grant_type = Some("authorization_code");
    run(session, oauth2, &oauth2.token, "token").await
}

/// Trades the refresh token for new tokens.
///
/// # Errors
/// As [`exchange_code`].
pub async fn refresh(session: &mut Session<'_>, oauth2: &OAuth2) -> Result<TokenSet, FlowError> {
    session.grant.grant_type = Some("refresh_token");
    run(session, oauth2, &oauth2.refresh, "refresh").await
}

/// Whether a session could be refreshed: it has a refresh token, or its refresh needs none.
#[must_use]
pub fn is_renewable(oauth2: &OAuth2, has_refresh_token: bool) -> bool {
    let trades_access = || {
        let mut templates = oauth2.refresh.iter().flat_map(Endpoint::templates);
        templates.any(|template| template.reads("access_token"))
    };
    oauth2.refresh_policy != RefreshPolicy::None && (has_refresh_token || trades_access())
}

/// The first step carries the standard message, the last one gives the tokens.
async fn run(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    steps: &[Endpoint],
    purpose: &str,
) -> Result<TokenSet, FlowError> {
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.iter().enumerate() {
        if at > 0 && at < last {
            run_step(session, purpose, step).await?;
            continue;
        }
        let mut scope = session.scope();
        let base_url = session.base_url_for(step, &scope)?;
        let standard = if at == 0 {
            standard_message(session, oauth2, step).await
        } else {
            Standard::default()
        };
        let mut request = request::from_endpoint(step, &standard.params, &base_url, &scope)?;
        if let Some(value) = &standard.authorization
            && request.header("authorization").is_none()
        {
            request.set_header("authorization", value)?;
        }
        if request.header("accept").is_none() {
            request.set_header("accept", "application/json")?;
        }
        let answer = session.http.send(purpose, &request, &session.hosts).await?;
        answer.fill(&mut scope);
        let default = crate::definition::answer_template("{{response.error}}");
        let fails_if = step.placement.fails_if.as_ref().or(default.as_ref());
        check_success(purpose, &request, &answer, fails_if, &scope, session.http)?;
        if at < last {
            session.extras.extend(read_group(&step.response.extras, &scope)?);
            let secrets = read_group(&step.response.secrets, &scope)?.into_iter();
            session.credential.secrets.extend(secrets.map(|(name, value)| (name, value.into())));
            session.learn_secrets();
            continue;
        }
        let token = read_token_set(step, &answer, &scope, &shown(&request))?;
        token.apply(session);
        return Ok(token);
    }
    Err(FlowError::Incomplete {
        request: "the token endpoint".to_owned(),
        missing: "access_token".to_owned(),
        html: false,
    })
}

/// What the standard would send.
#[derive(Default)]
struct Standard {
    params: Vec<(String, String)>,
    authorization: Option<String>,
}

/// Why the captured request goes no further.
#[derive(Debug, thiserror::Error)]
#[error("captured")]
struct Captured;

type Client =
    BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The standard message as the `oauth2` crate would send it: its request is captured on its way out,
/// since deviations may change anything about it.
async fn standard_message(session: &Session<'_>, oauth2: &OAuth2, step: &Endpoint) -> Standard {
    let Some(client) = standard_client(session, oauth2, step) else { return Standard::default() };
    let captured: RefCell<Option<HttpRequest>> = RefCell::new(None);
    let wire = |request: HttpRequest| {
        *captured.borrow_mut() = Some(request);
        async { Err::<HttpResponse, Captured>(Captured) }
    };
    let grant = &session.grant;
    if grant.grant_type == Some("refresh_token") {
        let Some(token) = &session.credential.refresh_token else { return Standard::default() };
        let token = RefreshToken::new(token.expose().to_owned());
        let _ = client.exchange_refresh_token(&token).request_async(&wire).await;
    } else {
        let code = grant.code.as_ref().map_or_else(String::new, |code| code.expose().to_owned());
        let mut request = client.exchange_code(AuthorizationCode::new(code));
        if let Some(verifier) = &grant.code_verifier {
            request =
                request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        }
        let uri = grant.redirect_uri.clone().and_then(|uri| RedirectUrl::new(uri).ok());
        if let Some(uri) = uri {
            request = request.set_redirect_uri(Cow::Owned(uri));
        }
        let _ = request.request_async(&wire).await;
    }
    captured.into_inner().map_or_else(Standard::default, |request| read_standard(&request))
}

fn standard_client(session: &Session<'_>, oauth2: &OAuth2, step: &Endpoint) -> Option<Client> {
    let registered = session.client.as_ref()?;
    let method = step.client_authentication.unwrap_or(oauth2.client_authentication);
    // Where the message is captured its address does not matter.
    let token_uri = TokenUrl::new("https://token.invalid/".to_owned()).ok()?;
    let mut client =
        BasicClient::new(ClientId::new(registered.id.clone())).set_token_uri(token_uri);
    if method != ClientAuthentication::None
        && let Some(secret) = &registered.secret
    {
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    Some(client.set_auth_type(match method {
        ClientAuthentication::ClientSecretBasic => AuthType::BasicAuth,
        _ => AuthType::RequestBody,
    }))
}

fn read_standard(request: &HttpRequest) -> Standard {
    let params = url::form_urlencoded::parse(request.body()).into_owned().collect();
    let authorization = request.headers().get("authorization");
    Standard {
        params,
        authorization: authorization.and_then(|v| v.to_str().ok()).map(ToOwned::to_owned),
    }
}

/// Revokes a token (RFC 7009): the refresh token where there is one, since that ends both.
///
/// # Errors
/// The provider refused, or there was no answer.
pub async fn revoke(
    session: &Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
) -> Result<(), FlowError> {
    let credential = &session.credential;
    let token = credential.refresh_token.as_ref().map(|token| ("refresh_token", token));
    let token = token.or(credential.access_token.as_ref().map(|token| ("access_token", token)));
    let mut standard = Vec::new();
    if let Some((hint, token)) = token {
        standard.push(("token".to_owned(), token.expose().to_owned()));
        standard.push(("token_type_hint".to_owned(), hint.to_owned()));
    }
    let mut authorization = None;
    if let Some(client) = &session.client {
        let method = endpoint.client_authentication.unwrap_or(oauth2.client_authentication);
        let secret = client.secret.as_ref().filter(|_| method != ClientAuthentication::None);
        match (method, secret) {
            (ClientAuthentication::ClientSecretBasic, Some(secret)) => {
                authorization = Some(client_secret_basic(&client.id, secret));
            }
            (_, secret) => {
                standard.push(("client_id".to_owned(), client.id.clone()));
                standard
                    .extend(secret.map(|s| ("client_secret".to_owned(), s.expose().to_owned())));
            }
        }
    }
    let mut scope = session.scope();
    let base_url = session.base_url_for(endpoint, &scope)?;
    let mut request = request::from_endpoint(endpoint, &standard, &base_url, &scope)?;
    if let Some(value) = authorization.filter(|_| request.header("authorization").is_none()) {
        request.set_header("authorization", &value)?;
    }
    let answer = session.http.send("revocation", &request, &session.hosts).await?;
    answer.fill(&mut scope);
    let fails_if = endpoint.placement.fails_if.as_ref();
    check_success("revocation", &request, &answer, fails_if, &scope, session.http)
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
fn client_secret_basic(id: &str, secret: &Secret) -> String {
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    request::basic_value(&encode(id), &encode(secret.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn basic_form_encodes_both_halves() {
        // RFC 6749 section 2.3.1 with the encoding of its appendix B.
        let value = client_secret_basic("svc:colon", &Secret::from("p@ss w/%2B+:"));
        let encoded = value.strip_prefix("Basic ").unwrap();
        let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), "svc%3Acolon:p%40ss+w%2F%252B%2B%3A");
    }
}
