//! The request that the definition asks for at this moment: what the one that came is compared with. It is
//! put together from the definition's rules, and not by the code that makes requests for a client.

use super::memory::{Memory, Now};
use super::plan::{Role, endpoint};
use super::service::OUT_OF_BAND;
use super::signed::{Audience, found_assertion, found_verifier};
use super::wire::{Content, Wire};
use crate::definition::{
    Authorization, Definition, Endpoint, GrantType, OAuth2, Placement, Signature, Way,
};
use crate::request::{self, Body, Request, RequestError, from_endpoint, place_headers};
use crate::template::{Scope, Template};
use url::Url;

/// What a request has to be.
pub(super) struct Expected {
    pub(super) request: Request,
    /// What it is signed with as a whole.
    pub(super) signature: Option<Signature>,
    /// Parameters of OAuth 1.0a beside the usual ones.
    pub(super) oauth1: Vec<(&'static str, String)>,
    /// The names that its templates were filled with.
    pub(super) scope: Scope,
}

/// The definition, and which of its authorizations.
pub(super) struct Facts<'a> {
    pub(super) definition: &'a Definition,
    pub(super) auth: &'a Authorization,
    pub(super) memory: &'a Memory,
}

type Pairs = Vec<(String, String)>;

impl Facts<'_> {
    /// The request of a part, given what can only be told from the one that came: its random values.
    ///
    /// # Errors
    /// A template lacks a value, in words.
    pub(super) fn expected(&self, role: Role, wire: &Wire) -> Result<Expected, String> {
        let mut memory = self.memory.clone();
        // Who asks for a request token has none yet.
        if role == Role::Temporary {
            memory.begin();
        }
        let facts = Facts { memory: &memory, ..*self };
        facts.make(role, wire).map_err(|error| error.to_string())
    }

    /// Where a part's requests go, as far as that is known by now.
    pub(super) fn address(&self, role: Role) -> Option<Url> {
        let now = Now { granting: true, ..Now::default() };
        let scope = self.memory.scope(self.definition, self.auth, &now);
        let template = match (role, &self.auth.way) {
            (Role::Authorization, Way::OAuth2(oauth2)) => oauth2.authorization_uri.as_ref()?,
            (Role::Permission, Way::OAuth1(oauth1)) => &oauth1.legs.as_ref()?.authorization_uri,
            _ => {
                let endpoint = endpoint(self.auth, role)?;
                let base_url = self.base_url(&endpoint.url, &scope).ok()?;
                let url = endpoint.url.require(&scope).ok()?;
                return request::resolve(&url, &base_url, endpoint.url.source()).ok();
            }
        };
        let text = template.require(&scope).ok()?;
        // A page that reads what follows `#/` itself.
        Url::parse(&text.replacen("#/", "%23/", 1)).ok()
    }

    fn make(&self, role: Role, wire: &Wire) -> Result<Expected, RequestError> {
        let now = self.now(role, wire);
        let scope = self.memory.scope(self.definition, self.auth, &now);
        let Some(endpoint) = endpoint(self.auth, role) else { return self.call(wire, scope) };
        if role.is_api() {
            return self.api_request(endpoint, scope);
        }
        let base_url = self.base_url(&endpoint.url, &scope)?;
        if let Some(oauth2) = self.auth.oauth2() {
            let (mut standard, header) = self.message(role, oauth2, endpoint, &now);
            standard.retain(|(_, value)| !value.is_empty());
            let mut request = from_endpoint(endpoint, &standard, &base_url, &scope)?;
            if let (Some(header), None) = (header, request.header("authorization")) {
                request.set_header("authorization", &header)?;
            }
            let signature = endpoint.placement.signature.clone();
            return Ok(Expected { request, signature, oauth1: Vec::new(), scope });
        }
        let own = endpoint.placement.signature.clone();
        let request = from_endpoint(endpoint, &[], &base_url, &scope)?;
        if self.auth.oauth1().is_none() {
            return Ok(Expected { request, signature: own, oauth1: Vec::new(), scope });
        }
        let oauth1 = match role {
            Role::Temporary => vec![("oauth_callback", self.callback(wire))],
            Role::Exchange => {
                vec![("oauth_verifier", self.memory.verifier.clone().unwrap_or_default())]
            }
            _ => Vec::new(),
        };
        let signature = own.or_else(|| self.auth.request.signature.clone());
        Ok(Expected { request, signature, oauth1, scope })
    }

    /// What the request at hand knows: which grant, and the values that its sender made up.
    fn now(&self, role: Role, wire: &Wire) -> Now {
        let Some(oauth2) = self.auth.oauth2() else {
            return Now { granting: true, ..Now::default() };
        };
        let scopes = oauth2.scopes.join(&oauth2.scope_separator);
        let scope = Some(scopes).filter(|scopes| !scopes.is_empty());
        let grant = self.grant(oauth2);
        let code_verifier = found_verifier(self.memory.challenge.as_ref(), wire);
        let again = oauth2.runs_again();
        match role {
            Role::Token(_) => Now {
                grant_type: Some(grant.parameter()),
                code_verifier: code_verifier.filter(|_| grant == GrantType::AuthorizationCode),
                assertion: self.assertion(oauth2, wire),
                scope,
                granting: true,
                redirect_uri: false,
            },
            Role::Refresh(_) => Now {
                grant_type: Some("refresh_token"),
                assertion: self.assertion(oauth2, wire),
                scope: scope.filter(|_| again),
                redirect_uri: oauth2.refresh_names_redirect_uri,
                ..Now::default()
            },
            Role::Device => {
                Now { grant_type: Some(GrantType::DeviceCode.parameter()), scope, ..Now::default() }
            }
            Role::Push => Now { scope, granting: true, ..Now::default() },
            Role::Revocation | Role::Introspection => {
                Now { assertion: self.assertion(oauth2, wire), ..Now::default() }
            }
            _ => Now::default(),
        }
    }

    pub(super) fn grant(&self, oauth2: &OAuth2) -> GrantType {
        let first = oauth2.grants.first().copied();
        self.memory.grant.or(first).unwrap_or(GrantType::AuthorizationCode)
    }

    /// The signed JWT in the request that came, if it is a good one.
    fn assertion(&self, oauth2: &OAuth2, wire: &Wire) -> Option<String> {
        let scope = self.memory.scope(self.definition, self.auth, &Now::default());
        let token = self.address(Role::Token(0));
        let token = token.map(|url| url.as_str().split('?').next().unwrap_or_default().to_owned());
        let issuer = oauth2.metadata.as_ref().map(|metadata| metadata.issuer.clone());
        let audience = Audience {
            name: issuer.filter(|issuer| !issuer.is_empty()).or(token).unwrap_or_default(),
            client_id: self.memory.inputs.client_id.as_deref(),
            client_secret: self.memory.inputs.client_secret.as_deref(),
        };
        found_assertion(oauth2, &audience, &scope, wire)
    }

    /// An API call of the definition's own.
    fn api_request(&self, endpoint: &Endpoint, scope: Scope) -> Result<Expected, RequestError> {
        let base_url = self.base_url(&endpoint.url, &scope)?;
        let mut request = from_endpoint(endpoint, &[], &base_url, &scope)?;
        let own = std::mem::take(&mut request.headers);
        place_headers(&mut request, &self.auth.headers, &scope)?;
        let placed = endpoint.places_credential(&self.auth.credential_names());
        let mut signature = endpoint.placement.signature.clone();
        if !placed {
            self.authenticate(&mut request, &endpoint.placement, &scope)?;
            signature = signature.or_else(|| self.auth.request.signature.clone());
        }
        for (name, value) in &endpoint.placement.headers {
            if value.is_none() {
                request.headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name));
            }
        }
        for (name, value) in own {
            request.headers.retain(|(known, _)| *known != name);
            request.headers.push((name, value));
        }
        Ok(Expected { request, signature, oauth1: Vec::new(), scope })
    }

    /// Places the credential, but for the headers that an endpoint writes itself.
    fn authenticate(
        &self,
        request: &mut Request,
        own: &Placement,
        scope: &Scope,
    ) -> Result<(), RequestError> {
        let mut placement = self.auth.request.clone();
        let is_own =
            |name: &str| own.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        placement.headers.retain(|(name, _)| !is_own(name));
        request::authenticate(request, &placement, scope)
    }

    /// Any API call beneath the base URL: what somebody wrote, with the credential where it belongs.
    fn call(&self, wire: &Wire, scope: Scope) -> Result<Expected, RequestError> {
        let placement = &self.auth.request;
        let placed = |name: &String| {
            let params = placement.query.iter().chain(&placement.params);
            name.starts_with("oauth_") || params.map(|(known, _)| known).any(|known| known == name)
        };
        let mut url = wire.url.clone();
        let kept: Pairs = wire.query().into_iter().filter(|(name, _)| !placed(name)).collect();
        match kept.is_empty() {
            true => url.set_query(None),
            false => drop(url.query_pairs_mut().clear().extend_pairs(kept)),
        }
        let body = match wire.content() {
            Content::Empty => Body::Empty,
            Content::Form(pairs) => {
                Body::Form(pairs.into_iter().filter(|(name, _)| !placed(name)).collect())
            }
            Content::Json(mut value) => {
                if let Some(map) = value.as_object_mut() {
                    map.retain(|name, _| !placed(name));
                }
                Body::Json(value)
            }
            Content::Text(text) => Body::Text(text),
        };
        let method = wire.method.clone();
        let mut request = Request { method, url, headers: Vec::new(), body };
        place_headers(&mut request, &self.auth.headers, &scope)?;
        request::authenticate(&mut request, placement, &scope)?;
        let signature = placement.signature.clone();
        Ok(Expected { request, signature, oauth1: Vec::new(), scope })
    }

    /// What a relative path is relative to.
    pub(super) fn base_url(&self, url: &Template, scope: &Scope) -> Result<String, RequestError> {
        let absolute = url.source().contains("://") || url.raw_start().is_some();
        if absolute { Ok(String::new()) } else { Ok(self.auth.base_url.require(scope)?) }
    }

    /// The callback of OAuth 1.0a: the one that the definition has registered, on whatever port.
    fn callback(&self, wire: &Wire) -> String {
        let oauth1 = self.auth.oauth1().and_then(|oauth1| oauth1.legs.as_ref());
        let Some(redirection) = oauth1.and_then(|legs| legs.redirection.as_ref()) else {
            return OUT_OF_BAND.to_owned();
        };
        let came = super::signed::oauth_parameter(wire, "oauth_callback").unwrap_or_default();
        let fits = redirection.uris.iter().any(|uri| is_registered(uri, &came));
        if fits { came } else { redirection.uris.first().cloned().unwrap_or_default() }
    }
}

/// Whether a redirect URI is a registered one. On this machine the port may be any (RFC 8252 section 7.3).
pub(super) fn is_registered(registered: &str, came: &str) -> bool {
    let without_port = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        if crate::definition::hosts::is_loopback(&url) {
            url.set_port(None).ok()?;
        }
        Some(url)
    };
    registered == came
        || without_port(registered).is_some_and(|url| Some(url) == without_port(came))
}
