//! What the stand-in remembers of the one account that is connected to it: the client's values, and what it
//! has answered so far. From this it knows what each request has to look like.

use super::practice::Inputs;
use crate::definition::names::RESERVED;
use crate::definition::{Authorization, Definition, Format, GrantType, Pkce};
use crate::template::{Moment, Scope};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// Everything that was said.
#[derive(Clone, Default)]
pub(super) struct Memory {
    pub(super) inputs: Inputs,
    pub(super) extras: BTreeMap<String, String>,
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) callback: BTreeMap<String, String>,
    /// The grant under way, or that the tokens are from.
    pub(super) grant: Option<GrantType>,
    pub(super) code: Option<String>,
    /// RFC 7636 section 4.3.
    pub(super) challenge: Option<(Pkce, String)>,
    pub(super) redirect_uri: Option<String>,
    pub(super) state: Option<String>,
    pub(super) device_code: Option<String>,
    /// A pushed authorization request (RFC 9126), and the reference to it.
    pub(super) pushed: Option<(String, Vec<(String, String)>)>,
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
    pub(super) token_secret: Option<String>,
    /// The thumbprint of the key that tokens are bound to (RFC 9449 section 6).
    pub(super) key: Option<String>,
    /// OAuth 1.0a: what the redirect brought (RFC 5849 section 2.2).
    pub(super) verifier: Option<String>,
    /// Nonces and the like, which work once.
    pub(super) used: HashSet<String>,
    /// How many values were issued, so that no two are alike.
    issued: u32,
}

/// What a request at hand knows beside the memory.
#[derive(Default)]
pub(super) struct Now {
    pub(super) grant_type: Option<&'static str>,
    pub(super) code_verifier: Option<String>,
    pub(super) assertion: Option<String>,
    pub(super) scope: Option<String>,
    /// The grant is under way: its code and redirect URI can be named.
    pub(super) granting: bool,
    /// A refresh that names its redirect URI.
    pub(super) redirect_uri: bool,
}

impl Memory {
    pub(super) fn new(definition: &Definition, auth: &Authorization) -> Self {
        Self { inputs: Inputs::new(definition, auth), ..Self::default() }
    }

    /// Forgets what came of an earlier grant.
    pub(super) fn begin(&mut self) {
        let Self { inputs, used, issued, .. } = std::mem::take(self);
        *self = Self { inputs, used, issued, ..Self::default() };
    }

    /// A new value that nobody has seen yet.
    pub(super) fn issue(&mut self, what: &str) -> String {
        self.issued += 1;
        format!("practice-{what}-{}", self.issued)
    }

    /// What must not stand anywhere but where the definition puts it.
    pub(super) fn secrets(&self, auth: &Authorization) -> Vec<String> {
        let fields = auth.fields.iter().filter(|field| field.secret);
        let fields = fields.filter_map(|field| self.inputs.fields.get(&field.name));
        let tokens = [&self.access_token, &self.refresh_token, &self.token_secret];
        let tokens = tokens.into_iter().chain([&self.inputs.client_secret]).flatten();
        fields.chain(tokens).chain(self.secrets.values()).cloned().collect()
    }

    /// The names that templates know, with the values that the client has now.
    pub(super) fn scope(&self, definition: &Definition, auth: &Authorization, now: &Now) -> Scope {
        let mut scope = Scope::new(Moment::default());
        for name in RESERVED {
            scope.set(name, None);
        }
        scope.set("title", Some(&definition.title));
        let inputs = &self.inputs;
        for field in &auth.fields {
            let value = inputs.fields.get(&field.name).map(String::as_str);
            match (field.format, value) {
                (Some(Format::Json), Some(text)) => {
                    scope.set_value(&field.name, serde_json::from_str(text).unwrap_or_default());
                }
                _ => scope.set(&field.name, value),
            }
        }
        for (group, values) in [
            ("client", &inputs.client_fields),
            ("extras", &self.extras),
            ("secrets", &self.secrets),
            ("callback", &self.callback),
        ] {
            scope.set_value(group, object(values));
        }
        let granted = |value: &Option<String>| value.clone().filter(|_| now.granting);
        let redirect_uri = self.redirect_uri.clone().filter(|_| now.granting || now.redirect_uri);
        for (name, value) in [
            ("client_id", inputs.client_id.clone()),
            ("client_secret", inputs.client_secret.clone()),
            ("code", granted(&self.code)),
            ("state", granted(&self.state)),
            ("code_verifier", now.code_verifier.clone()),
            ("redirect_uri", redirect_uri),
            ("scope", now.scope.clone()),
            ("assertion", now.assertion.clone()),
            ("grant_type", now.grant_type.map(ToOwned::to_owned)),
            ("refresh_token", self.refresh_token.clone()),
        ] {
            scope.set(name, value.as_deref());
        }
        // Of an account that brings its token, these are fields.
        for (name, value) in
            [("access_token", &self.access_token), ("token_secret", &self.token_secret)]
        {
            if value.is_some() || auth.field(name).is_none() {
                scope.set(name, value.as_deref());
            }
        }
        scope
    }
}

fn object(values: &BTreeMap<String, String>) -> Value {
    json!(values)
}
