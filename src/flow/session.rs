//! A session: everything that templates can see and requests need, for one account in one run.

use super::dpop::Dpop;
use super::failure::{FlowError, check_success};
use crate::account::Account;
use crate::answer::Answer;
use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::hosts::Hosts;
use crate::definition::{Authorization, Definition, Endpoint};
use crate::http::Client;
use crate::request::{self, Request};
use crate::template::{RenderError, Scope, Template};
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
