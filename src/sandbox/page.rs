//! Defines the pages for people: the consent page and its refusals. No script, one style sheet.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use url::{Host, Url};

use super::authorization_request::AuthorizationRequest;
use super::error::NO_STORE;
use super::person::Person;
use super::random::random;
use super::scope;

const STYLE: &str = include_str!("page.css");

/// The page that asks; `id` is what the request is kept under until somebody decides.
pub(super) fn consent(request: &AuthorizationRequest, id: &str) -> Response {
    let form_action = form_action(&request.redirect_uri);
    let client = escaped(request.client_name);
    let target = escaped(&shown_target(&request.redirect_uri));
    let scopes: String = request.scopes.iter().map(|scope| scope_item(scope)).collect();
    let people: String = Person::ALL.into_iter().map(person_choice).collect();
    let body = format!(
        r#"<h1>{client} asks for access</h1>
<p>If you allow it, <strong>{client}</strong> may:</p>
<ul class="scopes">{scopes}</ul>
<form method="post" action="/authorize/decide">
<input type="hidden" name="request" value="{id}">
<fieldset><legend>Continue as</legend>{people}</fieldset>
<div class="buttons"><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="allow">Allow</button></div>
</form>
<p class="note">You will go back to <code>{target}</code>. Nothing here is real: this is a
practice provider on your own computer.</p>"#
    );
    page(StatusCode::OK, "Allow access?", &body, &form_action)
}

/// The answer as a form that the browser posts (OAuth 2.0 Form Post Response Mode, section 2). The
/// pages here have no script, so that a person presses the button.
pub(super) fn form_post(redirect_uri: &str, parameters: &[(&'static str, String)]) -> Response {
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

/// A refusal that must not be redirected.
pub(super) fn refusal(reason: &str) -> Response {
    let body = format!(
        "<h1>This request cannot be answered</h1><p>{}</p>\
         <p class=\"note\">Because of that, nobody was sent back to the app.</p>",
        escaped(reason)
    );
    page(StatusCode::BAD_REQUEST, "Request refused", &body, "'none'")
}

/// `GET /`
pub(super) async fn welcome() -> Response {
    let body = "<h1>The sandbox is running</h1>\
        <p>It plays a provider: apps are connected to it, and nothing here is real.</p>\
        <p class=\"note\">What it has seen so far: <a href=\"/sandbox/state\">counters</a></p>";
    page(StatusCode::OK, "Sandbox", body, "'none'")
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

fn page(status: StatusCode, title: &str, body: &str, form_action: &str) -> Response {
    let nonce = random("");
    let html = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Sandbox</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><style nonce="{nonce}">{STYLE}</style></head>
<body><main><p class="brand">Sandbox</p>
{body}
</main></body></html>
"#
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action {form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: the form would then be sent with `Origin: null`.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, NO_STORE, headers, Html(html)).into_response()
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escaped(r#"<a href="x">&"#), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }

    #[test]
    fn the_policy_lets_the_form_redirect_to_the_app() {
        let action = form_action("http://127.0.0.1:5000/callback");
        assert_eq!(action, "'self' http://127.0.0.1:5000");
        assert_eq!(form_action("http://[::1]:5000/callback"), "'self' http:");
    }
}
