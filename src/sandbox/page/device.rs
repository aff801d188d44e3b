//! Defines the pages of the device grant: where the user code is typed, and what it leads to.

use axum::http::StatusCode;
use axum::response::Response;

use super::consent::question;
use super::{escaped, page};

/// The page that asks for the user code, with what was wrong with the last one.
pub(in crate::sandbox) fn user_code(issuer: &str, wrong: &str) -> Response {
    let wrong =
        if wrong.is_empty() { String::new() } else { format!("<p role=\"alert\">{wrong}</p>") };
    let issuer = escaped(issuer);
    let body = format!(
        r#"<h1>Let a device in</h1>
<p>Type the code that it shows.</p>{wrong}
<form method="get" action="{issuer}/device">
<input class="code" name="user_code" aria-label="Code" placeholder="XXXX-XXXX" autocomplete="off"
autocapitalize="characters" spellcheck="false" required autofocus>
<button class="primary">Next</button>
</form>"#
    );
    page(StatusCode::OK, "Let a device in", &body, "'self'")
}

/// The page that asks; RFC 8628 section 3.3.1: the person compares the code, so that nobody is
/// talked into letting in a stranger's device.
pub(in crate::sandbox) fn device_consent(
    issuer: &str,
    asks: (&str, &[String]),
    (user_code, id): (&str, &str),
) -> Response {
    let question = question(asks, &format!("{issuer}/device/decide"), id);
    let body = format!(
        r#"{question}
<p class="note">Allow it only if your device shows <code>{}</code>. Nothing here is real: this is a
practice provider on your own computer.</p>"#,
        escaped(user_code)
    );
    page(StatusCode::OK, "Let this device in?", &body, "'self'")
}
