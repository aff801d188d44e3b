//! After a credential is there: the lookups, and who is connected.

use super::choose::Chooser;
use super::failure::{FlowError, check_success};
use super::session::{Outcome, Session, read_group, read_values};
use crate::definition::{Endpoint, IDENTITY};
use crate::text::short;

/// Who is connected.
pub struct Identity {
    /// For people.
    pub name: Option<String>,
    /// Whether the app itself said so.
    pub verified: bool,
}

/// Runs the lookups: what they give becomes extras.
///
/// # Errors
/// A lookup failed, or no row fits.
pub async fn look_up(session: &mut Session<'_>, chooser: &Chooser<'_>) -> Result<(), FlowError> {
    let auth = session.auth;
    for lookup in &auth.lookups {
        let outcome = call(session, "lookup", lookup, chooser).await?;
        session.extras.extend(outcome.extras);
        let secrets = outcome.secrets.into_iter().map(|(name, value)| (name, value.into()));
        session.credential.secrets.extend(secrets);
        session.learn_secrets();
    }
    Ok(())
}

/// Asks who is connected. Without a user information endpoint the token answer, the ID token or the
/// fields tell what they can.
///
/// # Errors
/// The call failed, or its answer does not say.
pub async fn identify(
    session: &mut Session<'_>,
    chooser: &Chooser<'_>,
) -> Result<Identity, FlowError> {
    let auth = session.auth;
    if auth.is_ftp() {
        return super::ftp::identify(session).await;
    }
    let Some(endpoint) = &auth.user_info else {
        let told_by_app = session.identity.as_deref().map(|text| tidy(&session.http.mask(text)));
        if let Some(name) = told_by_app.filter(|name| !name.is_empty()) {
            return Ok(Identity { name: Some(name), verified: true });
        }
        if let Some(name) = session.id_token.as_ref().and_then(claimed) {
            return Ok(Identity { name: Some(name), verified: true });
        }
        let name = told(session).map(|text| short(text, 80));
        return Ok(Identity { name, verified: false });
    };
    let outcome = call(session, "user information", endpoint, chooser).await?;
    session.extras.extend(outcome.extras);
    let secrets = outcome.secrets.into_iter().map(|(name, value)| (name, value.into()));
    session.credential.secrets.extend(secrets);
    let name = outcome.values.get(IDENTITY).map(|text| tidy(&session.http.mask(text)));
    match name.filter(|name| !name.is_empty()) {
        Some(name) => Ok(Identity { name: Some(name), verified: true }),
        None => Err(FlowError::Incomplete {
            request: "the user information".to_owned(),
            missing: IDENTITY.to_owned(),
            html: outcome.answer.is_html(),
        }),
    }
}

/// What the fields tell. A client that acts for nobody is nobody but itself.
fn told<'s>(session: &'s Session<'_>) -> Option<&'s str> {
    let names = ["username", "url", "email", "subdomain"];
    let of_person = names.iter().find_map(|name| session.fields.get(*name));
    let own = session.auth.oauth2().filter(|oauth2| oauth2.runs_again());
    let client = own.and(session.client.as_ref()).map(|client| &client.id);
    of_person.or(client).or_else(|| session.fields.values().next()).map(String::as_str)
}

/// Who a checked ID token says it is (OpenID Connect Core section 5.1).
fn claimed(claims: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let names = ["email", "preferred_username", "name", "sub"];
    names.iter().find_map(|name| claims.get(*name)?.as_str()).map(tidy)
}

async fn call(
    session: &Session<'_>,
    purpose: &str,
    endpoint: &Endpoint,
    chooser: &Chooser<'_>,
) -> Result<Outcome, FlowError> {
    let Some(choose) = &endpoint.choose else { return session.call(purpose, endpoint).await };
    let mut scope = session.scope();
    let mut request = session.api_request(endpoint, &scope)?;
    let answer = session.send(purpose, &mut request, true).await?;
    answer.fill(&mut scope);
    let fails_if = endpoint.placement.fails_if.as_ref().or(session.auth.request.fails_if.as_ref());
    check_success(purpose, &request, &answer, fails_if, &scope, session.http)?;
    chooser.choose(session, endpoint, choose, &answer, &mut scope)?;
    Ok(Outcome {
        values: read_values(endpoint, &scope)?,
        extras: read_group(&endpoint.response.extras, &scope)?,
        secrets: read_group(&endpoint.response.secrets, &scope)?,
        answer,
    })
}

/// What an identity template leaves where a part was absent: doubled spaces, loose separators, empty
/// or unmatched brackets.
fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join(" ").replace("( )", "").replace("()", "");
    let mut rest = joined.as_str();
    loop {
        let (open, close) = (rest.matches('(').count(), rest.matches(')').count());
        let loose = |c: char| match c {
            ' ' | '/' | ',' | '-' => true,
            '(' => open > close,
            ')' => close > open,
            _ => false,
        };
        match (rest.strip_prefix(loose), rest.strip_suffix(loose)) {
            (Some(shorter), _) | (None, Some(shorter)) => rest = shorter,
            (None, None) => return short(rest, 80),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn an_identity_keeps_what_belongs_to_it() {
        for (rendered, shown) in [
            ("Ada Lovelace / ada@a.test", "Ada Lovelace / ada@a.test"),
            (" / ada@a.test", "ada@a.test"),
            ("Ada / ", "Ada"),
            ("Ada  Lovelace", "Ada Lovelace"),
            ("Acme (test site)", "Acme (test site)"),
            ("Acme ()", "Acme"),
            ("Acme ( )", "Acme"),
            ("(ada)", "(ada)"),
            ("Acme (", "Acme"),
            ("", ""),
            (" - / ", ""),
        ] {
            assert_eq!(tidy(rendered), shown, "{rendered:?}");
        }
    }
}
