//! Defines the pages for people. No script, one style sheet.

mod consent;
mod device;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::error::NO_STORE;
use super::random::random;

pub(super) use self::consent::{consent, consumer_consent, form_post};
pub(super) use self::device::{device_consent, user_code};

const STYLE: &str = include_str!("page.css");

/// A refusal that must not be redirected.
pub(super) fn refusal(reason: &str) -> Response {
    let body = format!(
        "<h1>This request cannot be answered</h1><p>{}</p>\
         <p class=\"note\">Because of that, nobody was sent back to the app.</p>",
        escaped(reason)
    );
    page(StatusCode::BAD_REQUEST, "Request refused", &body, "'none'")
}

/// A decision was taken, and the app hears of it by other ways than this page.
pub(super) fn done(title: &str) -> Response {
    let body = format!("<h1>{title}</h1><p>You can close this page.</p>");
    page(StatusCode::OK, title, &body, "'none'")
}

/// The verifier in place of a redirect, to be typed (RFC 5849 section 2.1).
pub(super) fn pin(verifier: &str) -> Response {
    let verifier = escaped(verifier);
    let body = format!(
        "<h1>Your PIN</h1><p><code id=\"pin\">{verifier}</code></p><p>Type it where you came from.</p>"
    );
    page(StatusCode::OK, "Your PIN", &body, "'none'")
}

/// `GET /`
pub(super) async fn welcome() -> Response {
    let body = "<h1>The sandbox is running</h1>\
        <p>It plays a provider: apps are connected to it, and nothing here is real.</p>\
        <p class=\"note\">What it has seen so far: <a href=\"/sandbox/state\">counters</a></p>";
    page(StatusCode::OK, "Sandbox", body, "'none'")
}

/// `form_action` is where forms of the page may lead, in the words of a content security policy.
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
}
