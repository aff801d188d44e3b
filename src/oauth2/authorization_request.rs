//! The authorization request (RFC 6749 section 4.1.1) with PKCE (RFC 7636).

use crate::definition::{OAuth2, Pkce, ResponseMode};
use crate::request::{RequestError, override_params};
use crate::secret::Secret;
use crate::template::Scope;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope as OAuthScope};
use url::Url;

/// A URL for the browser and what must be remembered until it comes back.
pub struct AuthorizationRequest {
    /// Where the browser goes.
    pub url: Url,
    /// What is asked there.
    pub parameters: Vec<(String, String)>,
    /// What must come back.
    pub state: Secret,
    /// What proves, at the token endpoint, that we asked.
    pub code_verifier: Option<Secret>,
    /// The scopes as they are sent.
    pub scope: Option<String>,
}

/// Makes the authorization request. The standard parameters come from the `oauth2` crate, with a
/// random state and verifier; `extra` are those of its extensions; the definition's own override,
/// add to, or remove them.
///
/// # Errors
/// A template cannot be filled, or the authorization endpoint is no URL.
pub fn authorization_request(
    oauth2: &OAuth2,
    client_id: &str,
    redirect_uri: &str,
    scopes: &[String],
    extra: Vec<(String, String)>,
    scope: &Scope,
) -> Result<AuthorizationRequest, RequestError> {
    let invalid = |what: &str| RequestError::Url(what.to_owned());
    let endpoint = oauth2.authorization_uri.as_ref();
    let endpoint = endpoint.ok_or_else(|| invalid("authorization_uri"))?.require(scope)?;
    let auth_url =
        AuthUrl::new("https://authorization.invalid/".to_owned()).map_err(|_| invalid("it"))?;
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| invalid(redirect_uri))?;
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(auth_url)
        .set_redirect_uri(redirect);
    let mut request = client.authorize_url(CsrfToken::new_random);
    let pkce = match pkce_of(oauth2) {
        Pkce::S256 => Some(PkceCodeChallenge::new_random_sha256()),
        Pkce::Plain => Some(PkceCodeChallenge::new_random_plain()),
        Pkce::None => None,
    };
    let mut code_verifier = None;
    if let Some((challenge, verifier)) = pkce {
        request = request.set_pkce_challenge(challenge);
        code_verifier = Some(Secret::from(verifier.secret().as_str()));
    }
    request = request.add_scopes(scopes.iter().cloned().map(OAuthScope::new));
    let (standard, state) = request.url();
    let mut params: Vec<(String, String)> = standard.query_pairs().into_owned().collect();
    params.extend(extra);
    if oauth2.redirection.response_mode == ResponseMode::FormPost {
        params.push(("response_mode".to_owned(), "form_post".to_owned()));
    }
    let joined = scopes.join(&oauth2.scope_separator);
    for (name, value) in &mut params {
        if name == "scope" {
            value.clone_from(&joined);
        }
    }
    let mut scope = scope.clone();
    scope.set("state", Some(state.secret()));
    scope.set("redirect_uri", Some(redirect_uri));
    scope.set("scope", (!joined.is_empty()).then_some(joined.as_str()));
    let params = override_params(&params, &oauth2.authorization_params, &scope)?;
    let url = with_query(&endpoint, &params, &oauth2.scope_separator)
        .ok_or_else(|| invalid(&endpoint))?;
    Ok(AuthorizationRequest {
        url,
        parameters: params,
        state: Secret::from(state.secret().as_str()),
        code_verifier,
        scope: (!joined.is_empty()).then_some(joined),
    })
}

impl AuthorizationRequest {
    /// The same request after it was pushed: the browser carries only a reference (RFC 9126 section
    /// 4).
    ///
    /// # Errors
    /// What came back cannot stand in a URL.
    pub fn pushed(mut self, client_id: &str, request_uri: &str) -> Result<Self, RequestError> {
        let mut url = self.url.clone();
        let own: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let kept = own.into_iter().filter(|(name, _)| {
            // What stood in the endpoint's own query stays.
            !self.parameters.iter().any(|(known, _)| known == name)
        });
        let kept: Vec<_> = kept.collect();
        let reference = [("client_id", client_id), ("request_uri", request_uri)];
        url.query_pairs_mut().clear().extend_pairs(&kept).extend_pairs(reference);
        self.url = url;
        Ok(self)
    }
}

/// With a whole `body` at the token endpoint, PKCE is used only if it names the verifier.
fn pkce_of(oauth2: &OAuth2) -> Pkce {
    let first = oauth2.token.first();
    let own_body = first.is_some_and(|step| step.body.is_some());
    let names = first.is_some_and(|step| step.templates().any(|t| t.reads("code_verifier")));
    if own_body && !names { Pkce::None } else { oauth2.pkce }
}

/// Appends a query; with a fragment path (`#/login`) the query goes behind it. A literal `+` between
/// scopes stays a `+`.
fn with_query(endpoint: &str, params: &[(String, String)], separator: &str) -> Option<Url> {
    let mut query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    if separator == "+" {
        query = plain_plus(&query);
    }
    let joint = match endpoint.rsplit_once('#').map_or(endpoint, |(_, fragment)| fragment) {
        part if part.ends_with(['?', '&']) => "",
        part if part.contains('?') => "&",
        _ => "?",
    };
    let (base, fragment) = match endpoint.split_once('#') {
        Some((base, fragment)) if !fragment.starts_with('/') => (base, Some(fragment)),
        _ => (endpoint, None),
    };
    let mut text = format!("{base}{joint}{query}");
    if let Some(fragment) = fragment {
        text = format!("{text}#{fragment}");
    }
    Url::parse(&text).ok()
}

fn plain_plus(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.strip_prefix("scope=") {
        Some(scope) => format!("scope={}", scope.replace("%2B", "+")),
        None => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_goes_where_the_endpoint_wants_it() {
        let params = [("a".to_owned(), "1 2".to_owned())];
        let url = |endpoint: &str| with_query(endpoint, &params, " ").unwrap().to_string();
        assert_eq!(url("https://a.test/x"), "https://a.test/x?a=1+2");
        assert_eq!(url("https://a.test/x?k=v"), "https://a.test/x?k=v&a=1+2");
        assert_eq!(url("https://a.test/#/oauth"), "https://a.test/#/oauth?a=1+2");
    }

    #[test]
    fn a_plus_between_scopes_stays_one() {
        let params = [("scope".to_owned(), "a+b".to_owned())];
        let url = with_query("https://a.test/", &params, "+").unwrap();
        assert_eq!(url.query(), Some("scope=a+b"));
    }
}
