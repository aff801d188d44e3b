//! Defines the consent page: which app asks for what, the form that decides, and the way back.

use axum::http::StatusCode;
use axum::response::Response;
use url::{Host, Url};

use crate::sandbox::authorize::AuthorizationRequest;
use crate::sandbox::person::Person;
use crate::sandbox::scope;

use super::{escaped, page};

/// The page that asks; `id` is what the request is kept under until somebody decides.
pub(in crate::sandbox) fn consent(request: &AuthorizationRequest, id: &str) -> Response {
    let target = escaped(&shown_target(&request.redirect_uri));
    let action = format!("{}/authorize/decide", request.issuer);
    let question = question((&request.client_name, &request.scopes), &action, id);
    let body = format!(
        r#"{question}
<p class="note">You will go back to <code>{target}</code>. Nothing here is real: this is a
practice provider on your own computer.</p>"#
    );
    page(StatusCode::OK, "Allow access?", &body, &form_action(&request.redirect_uri))
}

/// The same for a consumer of OAuth 1.0a, which asks for no scopes.
pub(in crate::sandbox) fn consumer_consent(consumer: &str, callback: &str, id: &str) -> Response {
    let question = question((consumer, &["profile".to_owned()]), "/oauth1/authorize/decide", id);
    page(StatusCode::OK, "Allow access?", &question, &form_action(callback))
}

/// The answer as a form that the browser posts (OAuth 2.0 Form Post Response Mode, section 2). The
/// pages here have no script, so that a person presses the button.
pub(in crate::sandbox) fn form_post(
    redirect_uri: &str,
    parameters: &[(&'static str, String)],
) -> Response {
    let input = |(name, value): &(&str, String)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value))
    };
    let inputs: String = parameters.iter().map(input).collect();
    let (action, target) = (escaped(redirect_uri), escaped(&shown_target(redirect_uri)));
    let body = format!(
        "<h1>Go back to the app</h1><form method=\"post\" action=\"{action}\">\n{inputs}\
         <div class=\"buttons\"><button class=\"primary\">Go on</button></div></form>\
         <p class=\"note\">The answer goes to <code>{target}</code>.</p>"
    );
    page(StatusCode::OK, "Go back", &body, &form_action(redirect_uri))
}

/// Who asks for which scopes, and a form that sends `request`, `person` and `decision`.
pub(super) fn question((client_name, scopes): (&str, &[String]), action: &str, id: &str) -> String {
    let (client, action) = (escaped(client_name), escaped(action));
    let scopes: String = scopes.iter().map(|scope| scope_item(scope)).collect();
    let people: String = Person::ALL.into_iter().map(person_choice).collect();
    format!(
        r#"<h1>{client} asks for access</h1>
<p>If you allow it, <strong>{client}</strong> may:</p>
<ul class="scopes">{scopes}</ul>
<form method="post" action="{action}">
<input type="hidden" name="request" value="{id}">
<fieldset><legend>Continue as</legend>{people}</fieldset>
<div class="buttons"><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="allow">Allow</button></div>
</form>"#
    )
}

fn scope_item(scope: &str) -> String {
    let meaning = scope::meaning(scope).unwrap_or_default();
    format!("<li>{}<code>{}</code></li>", escaped(meaning), escaped(scope))
}

fn person_choice(person: Person) -> String {
    let checked = if person == Person::Ada { " checked" } else { "" };
    let initial = person.name().chars().next().unwrap_or_default();
    format!(
        r#"<label><input type="radio" name="person" value="{}"{checked}><b class="face">{initial}</b>
<span>{}<small>{}</small></span></label>"#,
        person.sub(),
        person.name(),
        person.email()
    )
}

/// Browsers hold the redirect that follows a form against `form-action` too, so the origin of
/// the redirect URI belongs in there. A policy cannot name an IPv6 address.
fn form_action(redirect_uri: &str) -> String {
    let target = match Url::parse(redirect_uri) {
        Ok(url) if matches!(url.host(), Some(Host::Ipv6(_)) | None) => format!("{}:", url.scheme()),
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => String::new(),
    };
    format!("'self' {target}").trim_end().to_owned()
}

fn shown_target(redirect_uri: &str) -> String {
    Url::parse(redirect_uri)
        .map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_the_form_redirect_to_the_app() {
        let action = form_action("http://127.0.0.1:5000/callback");
        assert_eq!(action, "'self' http://127.0.0.1:5000");
        assert_eq!(form_action("http://[::1]:5000/callback"), "'self' http:");
    }
}
