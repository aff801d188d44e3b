//! What a good request is answered with, and what the stand-in remembers of it.

use super::document::{Document, Written};
use super::memory::Memory;
use super::plan::{Role, endpoint};
use super::service::Service;
use super::values::practice_value;
use super::wire::Wire;
use crate::context::now;
use crate::definition::{Endpoint, GrantType, RefreshPolicy, Way};
use crate::template::{Scope, Template};
use serde_json::Value;

/// How long an access token is good, in seconds.
const LIFETIME: i64 = 3600;

/// An answer that is ready.
pub(super) struct Made {
    pub(super) document: Document,
    pub(super) written: Written,
}

/// Values under the standard's names, to be said where the definition looks for them.
type Standard = Vec<(&'static str, Value)>;

impl Service {
    /// Makes the answer of a part and remembers what it says.
    ///
    /// # Errors
    /// The definition looks for something that no answer has.
    pub(super) fn make_answer(
        &self,
        role: Role,
        wire: &Wire,
        scope: &Scope,
        memory: &mut Memory,
    ) -> Result<Made, String> {
        let standard = self.standard(role, wire, memory);
        let written = match role {
            Role::Temporary | Role::Exchange | Role::Renewal => Written::Form,
            _ => Written::Json,
        };
        let mut document = Document::default();
        let api = self.auth().request.fails_if.as_ref();
        let Some(endpoint) = self.endpoint(role) else {
            document.succeed(api, scope)?;
            return Ok(Made { document, written });
        };
        let alike: Vec<&Endpoint> =
            self.alike(role, memory).into_iter().filter_map(|role| self.endpoint(role)).collect();
        for endpoint in &alike {
            self.compose(&mut document, endpoint, &standard, memory);
        }
        for choose in alike.iter().filter_map(|endpoint| endpoint.choose.as_ref()) {
            document.offer(choose);
        }
        let fails_if = endpoint.placement.fails_if.as_ref().or(api.filter(|_| role.is_api()));
        document.succeed(fails_if, scope)?;
        let read = document.read(written, scope);
        for (name, value) in &standard {
            check_said(endpoint, name, value, &read)?;
        }
        let identity = own(endpoint, "user_identity").flatten();
        if let Some(template) = identity.filter(|_| role == Role::UserInfo) {
            let text = template.render(&read).map_err(|error| error.to_string())?;
            text.ok_or_else(|| format!("nothing comes out of `{}`", template.source()))?;
        }
        remember(endpoint, &read, memory)?;
        Ok(Made { document, written })
    }

    pub(super) fn endpoint(&self, role: Role) -> Option<&Endpoint> {
        endpoint(self.auth(), role)
    }

    /// What the standard's names stand for, issued anew.
    fn standard(&self, role: Role, wire: &Wire, memory: &mut Memory) -> Standard {
        let last = |steps: usize, at: usize| at + 1 == steps;
        match (role, &self.auth().way) {
            (Role::Token(at), Way::OAuth2(oauth2)) if last(oauth2.token.len(), at) => {
                if memory.grant.is_none() {
                    memory.grant = oauth2.grants.first().copied();
                }
                self.tokens(memory, true)
            }
            (Role::Refresh(at), Way::OAuth2(oauth2)) if last(oauth2.refresh.len(), at) => {
                let rotates = oauth2.refresh_policy == RefreshPolicy::Rotates || self.rotates();
                self.tokens(memory, rotates)
            }
            (Role::Login(at), Way::Login(steps)) if last(steps.len(), at) => {
                let token = memory.issue("session");
                memory.access_token = Some(token.clone());
                vec![("access_token", token.into()), ("expires_in", LIFETIME.into())]
            }
            // A token that only goes on is not in the answer.
            (Role::Renewal, _) if self.endpoint(role).is_some_and(goes_on) => Vec::new(),
            (Role::Temporary | Role::Exchange | Role::Renewal, _) => pair(role, wire, memory),
            (Role::Device, _) => device(memory),
            (Role::Push, _) => {
                let reference = memory.issue("request-uri");
                if let Some((known, _)) = &mut memory.pushed {
                    known.clone_from(&reference);
                }
                vec![("request_uri", reference.into()), ("expires_in", 60.into())]
            }
            (Role::Introspection, _) => vec![("active", true.into())],
            (Role::Revocation, _) => {
                (memory.access_token, memory.refresh_token) = (None, None);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// RFC 6749 section 5.1.
    fn tokens(&self, memory: &mut Memory, with_refresh_token: bool) -> Standard {
        let Some(oauth2) = self.auth().oauth2() else { return Vec::new() };
        memory.code = None;
        let token = memory.issue("access-token");
        memory.access_token = Some(token.clone());
        let mut standard: Standard = vec![
            ("access_token", token.into()),
            ("token_type", if oauth2.dpop { "DPoP" } else { "Bearer" }.into()),
            ("expires_in", LIFETIME.into()),
        ];
        // RFC 6749 section 4.4.3: a client that acts for itself gets none.
        let may = oauth2.refresh_policy != RefreshPolicy::None && !oauth2.runs_again();
        if with_refresh_token && may {
            let token = memory.issue("refresh-token");
            memory.refresh_token = Some(token.clone());
            standard.push(("refresh_token", token.into()));
        }
        if !oauth2.scopes.is_empty() {
            standard.push(("scope", oauth2.scopes.join(" ").into()));
        }
        standard
    }

    /// Says everything that the endpoint's templates look for.
    fn compose(
        &self,
        document: &mut Document,
        endpoint: &Endpoint,
        standard: &Standard,
        memory: &mut Memory,
    ) {
        let response = &endpoint.response;
        for (name, value) in standard {
            match own(endpoint, name) {
                Some(Some(template)) => document.tell(template, |_| in_units(template, value)),
                Some(None) => {}
                None => document.say(name, value.clone()),
            }
        }
        for (name, template) in &response.values {
            let Some(template) = template else { continue };
            match name.as_str() {
                "expires_at" => document.tell(template, |_| (now() + LIFETIME).into()),
                name if standard.iter().any(|(known, _)| *known == name) => {}
                // What does not come is not there.
                "refresh_token" | "id_token" | "expires_in" => {}
                _ => document.tell(template, practice_value),
            }
        }
        for (name, template) in &response.extras {
            let server = self.server_behind(name);
            document.tell(template, |path| match &server {
                Some(server) => server.as_str().into(),
                None => practice_value(path),
            });
        }
        for (name, template) in &response.secrets {
            let secret = memory.issue(name);
            document.tell(template, |_| secret.as_str().into());
        }
        if let Some(label) = endpoint.choose.as_ref().and_then(|choose| choose.label.as_ref()) {
            document.tell(label, practice_value);
        }
    }
}

/// Extras and secrets as the client reads them.
fn remember(endpoint: &Endpoint, read: &Scope, memory: &mut Memory) -> Result<(), String> {
    let render = |template: &Template| template.render(read).map_err(|error| error.to_string());
    for (name, template) in &endpoint.response.extras {
        if let Some(value) = render(template)? {
            memory.extras.insert(name.clone(), value);
        }
    }
    for (name, template) in &endpoint.response.secrets {
        if let Some(value) = render(template)? {
            memory.secrets.insert(name.clone(), value);
        }
    }
    Ok(())
}

/// A token and its secret (RFC 5849 sections 2.1 and 2.3).
fn pair(role: Role, wire: &Wire, memory: &mut Memory) -> Standard {
    let own = role == Role::Temporary;
    if own {
        memory.begin();
        memory.redirect_uri = super::signed::oauth_parameter(wire, "oauth_callback");
    }
    memory.verifier = None;
    let (token, secret) = match own {
        true => (memory.issue("request-token"), memory.issue("request-secret")),
        false => (memory.issue("token"), memory.issue("token-secret")),
    };
    (memory.access_token, memory.token_secret) = (Some(token.clone()), Some(secret.clone()));
    let mut standard: Standard =
        vec![("access_token", token.clone().into()), ("token_secret", secret.clone().into())];
    standard.extend([("oauth_token", token.into()), ("oauth_token_secret", secret.into())]);
    if own {
        standard.push(("oauth_callback_confirmed", "true".into()));
    }
    standard
}

/// RFC 8628 section 3.2. Somebody agrees at once.
fn device(memory: &mut Memory) -> Standard {
    memory.begin();
    memory.grant = Some(GrantType::DeviceCode);
    let code = memory.issue("device-code");
    memory.device_code = Some(code.clone());
    vec![
        ("device_code", code.into()),
        ("user_code", "ADA-1815".into()),
        ("verification_uri", "https://stand-in.test/device".into()),
        ("expires_in", 600.into()),
        ("interval", 1.into()),
    ]
}

/// Whether the access token after this is the one from before.
fn goes_on(endpoint: &Endpoint) -> bool {
    own(endpoint, "access_token").flatten().is_some_and(|template| !template.reads("response"))
}

/// What the endpoint says of a standard value: a template of its own, or that it means nothing.
fn own<'e>(endpoint: &'e Endpoint, name: &str) -> Option<Option<&'e Template>> {
    let found = endpoint.response.values.iter().find(|(known, _)| known == name);
    found.map(|(_, template)| template.as_ref())
}

/// A lifetime in the unit that its template adds.
fn in_units(template: &Template, value: &Value) -> Value {
    match value.as_i64() {
        Some(seconds) if template.source().ends_with("}}ms") => (seconds * 1000).into(),
        _ => value.clone(),
    }
}

/// The definition finds what was said, and not something else.
fn check_said(endpoint: &Endpoint, name: &str, value: &Value, read: &Scope) -> Result<(), String> {
    let wanted = match (name, value) {
        (
            "access_token" | "refresh_token" | "token_secret" | "device_code",
            Value::String(text),
        ) => text,
        _ => return Ok(()),
    };
    let Some(Some(template)) = own(endpoint, name) else { return Ok(()) };
    let found = template.render(read).map_err(|error| error.to_string())?;
    match found.as_ref() == Some(wanted) {
        true => Ok(()),
        false => Err(format!("`{name}` does not come out of `{}`", template.source())),
    }
}
