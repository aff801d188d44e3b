//! The names that templates know in a session, and their values now.

use super::session::Session;
use crate::context::now_ms;
use crate::definition::Format;
use crate::definition::names::RESERVED;
use crate::template::{Moment, Scope};
use crate::text::hex;
use ring::rand::{SecureRandom, SystemRandom};

/// Names whose values never stand in an address that a browser is sent to.
const SECRET_NAMES: [&str; 7] = [
    "client_secret",
    "access_token",
    "refresh_token",
    "token_secret",
    "code",
    "code_verifier",
    "assertion",
];

impl Session<'_> {
    /// The names that templates know, with their values now.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let mut scope = Scope::new(moment());
        for name in RESERVED {
            scope.set(name, None);
        }
        for group in ["extras", "secrets", "callback", "client"] {
            scope.set_value(group, serde_json::json!({}));
        }
        scope.set("title", Some(&self.definition.title));
        for field in &self.auth.fields {
            scope.set(&field.name, None);
        }
        // A client may be one of the fields, and is itself all the same.
        self.fill_client(&mut scope);
        self.fill_grant(&mut scope);
        for (name, value) in &self.fields {
            scope.set(name, Some(value));
        }
        for (name, value) in &self.credential.fields {
            match self.auth.field(name).and_then(|field| field.format) {
                Some(Format::Json) => scope.set_value(name, json(value.expose())),
                _ => scope.set(name, Some(value.expose())),
            }
        }
        for (name, value) in &self.extras {
            scope.set_in("extras", name, value);
        }
        for (name, value) in &self.callback {
            scope.set_in("callback", name, value);
        }
        for (name, value) in &self.credential.secrets {
            scope.set_in("secrets", name, value.expose());
        }
        scope.set("access_token", self.credential.access_token.as_ref().map(|s| s.expose()));
        scope.set("refresh_token", self.credential.refresh_token.as_ref().map(|s| s.expose()));
        scope.set("token_secret", self.credential.token_secret.as_ref().map(|s| s.expose()));
        scope
    }

    /// The same without anything secret: for what a browser's address bar will show. A template that
    /// names a secret there finds nothing.
    #[must_use]
    pub fn public_scope(&self) -> Scope {
        let mut scope = self.scope();
        for name in SECRET_NAMES {
            scope.set(name, None);
        }
        for name in self.credential.fields.keys() {
            scope.set(name, None);
        }
        scope.set_value("secrets", serde_json::json!({}));
        scope.set_value("client", serde_json::json!({}));
        for (name, value) in self.client.iter().flat_map(|client| &client.fields) {
            scope.set_in("client", name, value);
        }
        scope
    }

    fn fill_client(&self, scope: &mut Scope) {
        let Some(client) = &self.client else { return };
        scope.set("client_id", Some(&client.id));
        scope.set("client_secret", client.secret.as_ref().map(|secret| secret.expose()));
        for (name, value) in &client.fields {
            scope.set_in("client", name, value);
        }
        for (name, value) in &client.secret_fields {
            scope.set_in("client", name, value.expose());
        }
    }

    fn fill_grant(&self, scope: &mut Scope) {
        let grant = &self.grant;
        scope.set("grant_type", grant.grant_type);
        scope.set("code", grant.code.as_ref().map(|secret| secret.expose()));
        scope.set("code_verifier", grant.code_verifier.as_ref().map(|secret| secret.expose()));
        scope.set("state", grant.state.as_ref().map(|secret| secret.expose()));
        scope.set("redirect_uri", grant.redirect_uri.as_deref());
        scope.set("scope", grant.scope.as_deref());
        scope.set("assertion", grant.assertion.as_ref().map(|secret| secret.expose()));
    }
}

/// A field that is JSON, for templates; what is none has been refused when it was asked for.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn moment() -> Moment {
    let mut bytes = [0_u8; 32];
    // Without randomness nothing here is secure, and the first TLS handshake says so.
    let _ = SystemRandom::new().fill(&mut bytes);
    let digits = hex(&bytes);
    let (uuid, random) = digits.split_at(32);
    // RFC 9562 section 5.4: version 4, variant 10.
    let variant = ["8", "9", "a", "b"][usize::from(bytes[8] & 3)];
    let uuid = format!(
        "{}-{}-4{}-{variant}{}-{}",
        &uuid[..8],
        &uuid[8..12],
        &uuid[13..16],
        &uuid[17..20],
        &uuid[20..32]
    );
    Moment { now_ms: now_ms(), uuid, random: random.to_owned() }
}
