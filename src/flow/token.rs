//! Token requests: the standard message, a definition's deviations laid over it, and the answer read
//! back into the standard's terms.

use super::assertion::prepare_assertion;
use super::failure::{FlowError, check_success, shown};
use super::session::{Session, read_group};
use super::step::run_step;
use super::token_set::{TokenSet, read_token_set};
use crate::answer::Answer;
use crate::definition::{Endpoint, GrantType, OAuth2, RefreshPolicy};
use crate::oauth2::{ClientProof, TokenGrant};
use crate::request::{self, Request};
use crate::secret::Secret;
use crate::template::Scope;

/// Gets tokens by a grant. What the grant needs (a code, a device code) is in the session.
///
/// # Errors
/// The provider refused, or the answer is none.
pub async fn obtain_token(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    grant: GrantType,
) -> Result<TokenSet, FlowError> {
    session.grant.grant_type = Some(grant.parameter());
    run(session, oauth2, &oauth2.token, "token").await
}

/// Trades the refresh token for new tokens. Without one, or where it is over, runs a grant again that
/// needs no person.
///
/// # Errors
/// As [`obtain_token`].
pub async fn refresh(session: &mut Session<'_>, oauth2: &OAuth2) -> Result<TokenSet, FlowError> {
    if let Some(grant) = again(session, oauth2) {
        return obtain_token(session, oauth2, grant).await;
    }
    session.grant.grant_type = Some("refresh_token");
    let refreshed = run(session, oauth2, &oauth2.refresh, "refresh").await;
    match (&refreshed, oauth2.grants.first()) {
        (Err(FlowError::Provider(refusal)), Some(grant))
            if oauth2.runs_again() && refusal.code == "invalid_grant" =>
        {
            session.http.note("the refresh token is over, so the grant is run again");
            session.credential.refresh_token = None;
            obtain_token(session, oauth2, *grant).await
        }
        _ => refreshed,
    }
}

/// The grant that is run again in place of a refresh.
fn again(session: &Session<'_>, oauth2: &OAuth2) -> Option<GrantType> {
    let has_token = session.credential.refresh_token.is_some();
    let refreshes =
        oauth2.refresh_policy != RefreshPolicy::None && (has_token || trades_access_token(oauth2));
    if refreshes || !oauth2.runs_again() { None } else { oauth2.grants.first().copied() }
}

/// Whether a session could be renewed: it has a refresh token, its refresh needs none, or its grant
/// can be run again.
#[must_use]
pub fn is_renewable(oauth2: &OAuth2, has_refresh_token: bool) -> bool {
    let refreshes = has_refresh_token || trades_access_token(oauth2);
    oauth2.runs_again() || oauth2.refresh_policy != RefreshPolicy::None && refreshes
}

fn trades_access_token(oauth2: &OAuth2) -> bool {
    let mut templates = oauth2.refresh.iter().flat_map(Endpoint::templates);
    templates.any(|template| template.reads("access_token"))
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
        let says = if at == 0 { Says::AsClient } else { Says::Nothing };
        let standard = |session: &Session<'_>| message(session, oauth2);
        let (request, answer, scope) = send(session, oauth2, step, says, standard, purpose).await?;
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
    Err(FlowError::NoEndpoint("token_endpoint"))
}

/// The standard message of the grant at hand.
fn message(session: &Session<'_>, oauth2: &OAuth2) -> Vec<(String, String)> {
    let grant = &session.grant;
    let fields = &session.fields;
    let secret = |name: &str| session.credential.fields.get(name);
    let token_grant = match grant.grant_type {
        Some("refresh_token") => {
            session.credential.refresh_token.as_ref().map(TokenGrant::RefreshToken)
        }
        Some("client_credentials") => Some(TokenGrant::ClientCredentials),
        Some("password") => secret("password").map(|password| TokenGrant::Password {
            username: fields.get("username").map(String::as_str).unwrap_or_default(),
            password,
        }),
        Some(name) if name == GrantType::DeviceCode.parameter() => {
            grant.device_code.as_ref().map(TokenGrant::DeviceCode)
        }
        Some(name) if name == GrantType::JwtBearer.parameter() => {
            grant.assertion.as_ref().map(TokenGrant::JwtBearer)
        }
        Some(name) if name == GrantType::TokenExchange.parameter() => {
            secret("subject_token").map(|subject_token| TokenGrant::TokenExchange { subject_token })
        }
        _ => grant.code.as_ref().map(|code| TokenGrant::AuthorizationCode {
            code,
            redirect_uri: grant.redirect_uri.as_deref(),
            code_verifier: grant.code_verifier.as_ref(),
        }),
    };
    let mut parameters =
        token_grant.map_or_else(Vec::new, |token| token.parameters(grant.scope.as_deref()));
    parameters.extend(target_parameters(session, oauth2));
    parameters
}

/// What the token is meant for: `resource` (RFC 8707) and `audience`.
pub(crate) fn target_parameters(session: &Session<'_>, oauth2: &OAuth2) -> Vec<(String, String)> {
    let scope = session.public_scope();
    let mut parameters = Vec::new();
    let named = oauth2.resource.iter().map(|resource| ("resource", resource));
    for (name, template) in
        named.chain(oauth2.audience.iter().map(|audience| ("audience", audience)))
    {
        let value = template.render(&scope).ok().flatten();
        parameters.extend(value.map(|value| (name.to_owned(), value)));
    }
    parameters
}

/// What is said beside what the definition writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// The standard message and who the client is.
    AsClient,
    /// Nothing.
    Nothing,
}

/// Sends a request to one of the provider's endpoints and checks that it worked. `standard` gives
/// the parameters that an RFC asks for, once the assertion is there that some of them are.
pub(super) async fn send(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
    says: Says,
    standard: impl FnOnce(&Session<'_>) -> Vec<(String, String)>,
    purpose: &str,
) -> Result<(Request, Answer, Scope), FlowError> {
    prepare_assertion(session, oauth2, endpoint)?;
    let mut scope = session.scope();
    let base_url = session.base_url_for(endpoint, &scope)?;
    let (mut parameters, proof) = match says {
        Says::AsClient => (standard(session), client_proof(session, oauth2, endpoint)),
        Says::Nothing => (Vec::new(), ClientProof::default()),
    };
    parameters.extend(proof.parameters.iter().cloned());
    let mut request = request::from_endpoint(endpoint, &parameters, &base_url, &scope)?;
    proof.place(&mut request)?;
    if request.header("accept").is_none() {
        request.set_header("accept", "application/json")?;
    }
    session.sign(&mut request, endpoint.placement.signature.as_ref(), &scope)?;
    let answer = session.send(purpose, &mut request, false).await?;
    answer.fill(&mut scope);
    let default = crate::definition::answer_template("{{response.error}}");
    let fails_if = endpoint.placement.fails_if.as_ref().or(default.as_ref());
    check_success(purpose, &request, &answer, fails_if, &scope, session.http)?;
    Ok((request, answer, scope))
}

fn client_proof(session: &Session<'_>, oauth2: &OAuth2, endpoint: &Endpoint) -> ClientProof {
    let Some(client) = &session.client else { return ClientProof::default() };
    let method = oauth2.client_authentication_at(Some(endpoint));
    let assertion = session.grant.client_assertion.as_ref();
    ClientProof::new(method, &client.id, client.secret.as_ref(), assertion)
}

/// Revokes a token (RFC 7009): the refresh token where there is one, since that ends both.
///
/// # Errors
/// The provider refused, or there was no answer.
pub async fn revoke(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
) -> Result<(), FlowError> {
    send(session, oauth2, endpoint, Says::AsClient, presented, "revocation").await.map(|_| ())
}

/// Asks the provider what it knows of the access token (RFC 7662).
///
/// # Errors
/// As [`revoke`].
pub async fn introspect(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
) -> Result<serde_json::Value, FlowError> {
    let token = |session: &Session<'_>| {
        let token = session.credential.access_token.as_ref();
        token.map_or_else(Vec::new, |token| token_parameters("access_token", token))
    };
    let sent = send(session, oauth2, endpoint, Says::AsClient, token, "introspection").await?;
    Ok(sent.1.value)
}

fn presented(session: &Session<'_>) -> Vec<(String, String)> {
    let credential = &session.credential;
    let refresh = credential.refresh_token.as_ref().map(|token| ("refresh_token", token));
    let token = refresh.or(credential.access_token.as_ref().map(|token| ("access_token", token)));
    token.map_or_else(Vec::new, |(hint, token)| token_parameters(hint, token))
}

/// RFC 7009 section 2.1, RFC 7662 section 2.1.
fn token_parameters(hint: &str, token: &Secret) -> Vec<(String, String)> {
    vec![
        ("token".to_owned(), token.expose().to_owned()),
        ("token_type_hint".to_owned(), hint.to_owned()),
    ]
}
