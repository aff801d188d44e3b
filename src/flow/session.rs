//! A session: everything that templates can see and requests need, for one account in one run.

use super::dpop::Dpop;
use super::failure::{FlowError, check_success};
use crate::account::Account;
use crate::answer::Answer;
use crate::context::now_ms;
use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::hosts::Hosts;
use crate::definition::{Authorization, Definition, Endpoint, Format};
use crate::http::Client;
use crate::request::{self, Request};
use crate::template::{Moment, RenderError, Scope, Template};
use crate::text::hex;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;

/// Everything that templates can see and requests need, for one account in one run.
pub struct Session<'a> {
    /// The HTTP client.
    pub http: &'a Client,
    /// The app.
    pub definition: &'a Definition,
    /// The way in.
    pub auth: &'a Authorization,
    /// The client, for OAuth.
    pub client: Option<OAuthClient>,
    /// Fields that are not secret.
    pub fields: BTreeMap<String, String>,
    /// What answers gave.
    pub extras: BTreeMap<String, String>,
    /// The secrets.
    pub credential: Credential,
    /// What the redirect brought.
    pub callback: BTreeMap<String, String>,
    /// The grant at hand.
    pub grant: Grant,
    /// The hosts that anything may be sent to.
    pub hosts: Hosts,
    /// The key that tokens are bound to (RFC 9449).
    pub dpop: Option<Dpop>,
    /// What a checked ID token says.
    pub id_token: Option<serde_json::Map<String, serde_json::Value>>,
    /// Who the token answer says it is, where the definition reads that.
    pub identity: Option<String>,
}

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

/// Values that exist only while a grant runs.
#[derive(Default)]
pub struct Grant {
    /// The value of the parameter `grant_type`.
    pub grant_type: Option<&'static str>,
    /// The authorization code.
    pub code: Option<crate::secret::Secret>,
    /// RFC 7636.
    pub code_verifier: Option<crate::secret::Secret>,
    /// The state that was sent.
    pub state: Option<crate::secret::Secret>,
    /// The redirect URI, with its port.
    pub redirect_uri: Option<String>,
    /// The scopes asked for, joined.
    pub scope: Option<String>,
    /// RFC 8628.
    pub device_code: Option<crate::secret::Secret>,
    /// What the ID token must repeat (OpenID Connect Core section 3.1.2.1).
    pub nonce: Option<crate::secret::Secret>,
    /// The signed JWT that the definition describes.
    pub assertion: Option<crate::secret::Secret>,
    /// The signed JWT by which the client authenticates itself.
    pub client_assertion: Option<crate::secret::Secret>,
}

/// What an endpoint's answer gave.
pub struct Outcome {
    /// The answer itself.
    pub answer: Answer,
    /// Standard values.
    pub values: BTreeMap<String, String>,
    /// Extras.
    pub extras: BTreeMap<String, String>,
    /// Secret extras.
    pub secrets: BTreeMap<String, String>,
}

impl<'a> Session<'a> {
    /// A session of a kept account.
    ///
    /// # Errors
    /// The key that its tokens are bound to is damaged.
    pub fn of_account(
        http: &'a Client,
        definition: &'a Definition,
        auth: &'a Authorization,
        account: &Account,
        credential: Credential,
        client: Option<OAuthClient>,
    ) -> Result<Self, FlowError> {
        let dpop = credential.dpop_key.as_ref().map(Dpop::read).transpose()?;
        let session = Self {
            http,
            definition,
            auth,
            client,
            fields: account.fields.clone(),
            extras: account.extras.clone(),
            credential,
            callback: BTreeMap::new(),
            grant: Grant::default(),
            hosts: account.host_list(),
            dpop,
            id_token: None,
            identity: None,
        };
        session.learn_secrets();
        Ok(session)
    }

    /// Tells the HTTP client every secret, so that none is shown.
    pub fn learn_secrets(&self) {
        for (name, secret) in self.credential.named() {
            self.http.learn(name, secret);
        }
        if let Some(client) = &self.client {
            if let Some(secret) = &client.secret {
                self.http.learn("client_secret", secret);
            }
            for (name, secret) in &client.secret_fields {
                self.http.learn(name, secret);
            }
        }
        for (name, secret) in [
            ("code", &self.grant.code),
            ("code_verifier", &self.grant.code_verifier),
            ("state", &self.grant.state),
            ("device_code", &self.grant.device_code),
            ("nonce", &self.grant.nonce),
            ("assertion", &self.grant.assertion),
            ("client_assertion", &self.grant.client_assertion),
        ] {
            if let Some(secret) = secret {
                self.http.learn(name, secret);
            }
        }
    }

    /// The names that templates know, with their values now.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let mut scope = Scope::new(moment());
        for name in crate::definition::names::RESERVED {
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

    /// What a relative path is relative to.
    ///
    /// # Errors
    /// A value that it needs is missing.
    pub fn base_url(&self, scope: &Scope) -> Result<String, RenderError> {
        self.auth.base_url.require(scope)
    }

    /// The request of an endpoint that is an API call: headers from above and the credential
    /// beneath the endpoint's own.
    ///
    /// # Errors
    /// A template cannot be filled.
    pub fn api_request(&self, endpoint: &Endpoint, scope: &Scope) -> Result<Request, FlowError> {
        let base_url = self.base_url_for(endpoint, scope)?;
        let mut request = request::from_endpoint(endpoint, &[], &base_url, scope)?;
        let own = |name: &str| {
            endpoint.placement.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        let beneath = |headers: &[(String, Option<Template>)]| -> Vec<(String, Option<Template>)> {
            headers.iter().filter(|(name, _)| !own(name)).cloned().collect()
        };
        request::place_headers(&mut request, &beneath(&self.auth.headers), scope)?;
        if !endpoint.places_credential(&self.auth.credential_names()) {
            let mut placement = self.auth.request.clone();
            placement.headers = beneath(&placement.headers);
            request::authenticate(&mut request, &placement, scope)?;
            self.sign(&mut request, placement.signature.as_ref(), scope)?;
        }
        self.sign(&mut request, endpoint.placement.signature.as_ref(), scope)?;
        Ok(request)
    }

    /// Runs an endpoint that is an API call.
    ///
    /// # Errors
    /// Any step of it failed.
    pub async fn call(&self, purpose: &str, endpoint: &Endpoint) -> Result<Outcome, FlowError> {
        let mut scope = self.scope();
        let mut request = self.api_request(endpoint, &scope)?;
        let answer = self.send(purpose, &mut request, true).await?;
        answer.fill(&mut scope);
        let fails_if = endpoint.placement.fails_if.as_ref().or(self.auth.request.fails_if.as_ref());
        check_success(purpose, &request, &answer, fails_if, &scope, self.http)?;
        Ok(Outcome {
            values: read_values(endpoint, &scope)?,
            extras: read_group(&endpoint.response.extras, &scope)?,
            secrets: read_group(&endpoint.response.secrets, &scope)?,
            answer,
        })
    }

    /// An absolute endpoint needs no base URL, which an answer may be yet to give.
    pub(crate) fn base_url_for(
        &self,
        endpoint: &Endpoint,
        scope: &Scope,
    ) -> Result<String, FlowError> {
        let absolute = endpoint.url.source().contains("://") || endpoint.url.raw_start().is_some();
        if absolute { Ok(String::new()) } else { Ok(self.base_url(scope)?) }
    }
}

/// The standard values that an endpoint's own response template gives.
pub(crate) fn read_values(
    endpoint: &Endpoint,
    scope: &Scope,
) -> Result<BTreeMap<String, String>, FlowError> {
    let mut values = BTreeMap::new();
    for (name, template) in &endpoint.response.values {
        if let Some(template) = template
            && let Some(value) = template.render(scope)?
        {
            values.insert(name.clone(), value);
        }
    }
    Ok(values)
}

/// Extras or secrets: what renders empty is left out.
pub(crate) fn read_group(
    group: &[(String, Template)],
    scope: &Scope,
) -> Result<BTreeMap<String, String>, FlowError> {
    let mut values = BTreeMap::new();
    for (name, template) in group {
        if let Some(value) = template.render(scope)? {
            values.insert(name.clone(), value);
        }
    }
    Ok(values)
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
