//! What the browser is answered with: somebody agrees at once, and is sent back.

use super::expected::{Expected, Facts, is_registered};
use super::judge::differences;
use super::memory::{Memory, Now};
use super::plan::{Role, endpoint};
use super::service::{OUT_OF_BAND, Service};
use super::wire::Wire;
use crate::definition::{Endpoint, GrantType, OAuth2, Pkce, REQUEST_TOKEN, ResponseMode, Way};
use crate::request::{Body, Request, override_params};
use crate::template::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{Method, StatusCode};
use std::fmt::Write;
use url::Url;

type Pairs = Vec<(String, String)>;

/// Stands in for a random value that did not come, so that it is missed.
const MISSING: &str = "?";

impl Service {
    /// The authorization request (RFC 6749 section 4.1.1), answered with a code.
    pub(super) fn authorize(
        &self,
        wire: &Wire,
        memory: &mut Memory,
    ) -> Result<Response, Vec<String>> {
        let one = |text: String| vec![text];
        let Some(oauth2) = self.auth().oauth2() else { return Err(Vec::new()) };
        let came = wire.query();
        let (parameters, asked) = match memory.pushed.take() {
            Some((reference, asked)) => {
                let id = memory.inputs.client_id.clone().unwrap_or_default();
                let own = [("client_id", id), ("request_uri", reference)];
                (own.map(|(name, value)| (name.to_owned(), value)).to_vec(), asked)
            }
            None => (self.asked(oauth2, &came, memory).map_err(one)?, came),
        };
        let address = self.facts(memory).address(Role::Authorization);
        let address = address.ok_or_else(|| one("there is no authorization endpoint".into()))?;
        let found = differences(wire, &get(with_query(address, &parameters)), true, &[]);
        if !found.is_empty() {
            return Err(found);
        }
        self.remember_question(oauth2, &asked, memory);
        Ok(self.send_back(oauth2, memory))
    }

    /// The parameters that the definition asks for, with the random values of those that came.
    fn asked(&self, oauth2: &OAuth2, came: &Pairs, memory: &Memory) -> Result<Pairs, String> {
        let random = |name: &str| value(came, name).unwrap_or_else(|| MISSING.to_owned());
        let redirect_uri = registered(oauth2, value(came, "redirect_uri"));
        let mut memory = memory.clone();
        memory.state = Some(random("state"));
        memory.redirect_uri = Some(redirect_uri.clone());
        let facts = Facts { memory: &memory, ..self.facts(&memory) };
        let separator = if oauth2.scope_separator == "+" { " " } else { &oauth2.scope_separator };
        let scopes = Some(oauth2.scopes.join(separator)).filter(|scopes| !scopes.is_empty());
        let id = memory.inputs.client_id.clone().unwrap_or_default();
        let mut standard = vec![
            ("response_type", "code".to_owned()),
            ("client_id", id),
            ("redirect_uri", redirect_uri),
            ("state", random("state")),
        ];
        standard.extend(scopes.clone().map(|scopes| ("scope", scopes)));
        if let Some(method) = challenge_method(oauth2) {
            let challenge = Some(random("code_challenge")).filter(|text| text.len() >= 43);
            standard.push(("code_challenge", challenge.unwrap_or_else(|| MISSING.to_owned())));
            standard.push(("code_challenge_method", method.to_owned()));
        }
        if oauth2.scopes.iter().any(|scope| scope == "openid") {
            standard.push(("nonce", random("nonce")));
        }
        if oauth2.dpop {
            standard.push(("dpop_jkt", random("dpop_jkt")));
        }
        if oauth2.redirection.response_mode == ResponseMode::FormPost {
            standard.push(("response_mode", "form_post".to_owned()));
        }
        let mut standard: Pairs =
            standard.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        standard.extend(facts.targets(oauth2));
        let now = Now { scope: scopes, granting: true, ..Now::default() };
        let scope = memory.scope(&self.definition, self.auth(), &now);
        override_params(&standard, &oauth2.authorization_params, &scope)
            .map_err(|error| error.to_string())
    }

    /// A pushed request carries the parameters of the authorization request (RFC 9126 section 2.1).
    pub(super) fn expect_pushed(
        &self,
        expected: &mut Expected,
        wire: &Wire,
        memory: &mut Memory,
    ) -> Result<(), String> {
        let Some(oauth2) = self.auth().oauth2() else { return Ok(()) };
        let came = wire.parameters();
        let asked = self.asked(oauth2, &came, memory)?;
        if let Body::Form(pairs) = &mut expected.request.body {
            let more = asked.iter().filter(|(name, _)| name != "client_id");
            pairs.extend(more.cloned());
        }
        memory.pushed = Some((String::new(), came));
        Ok(())
    }

    fn remember_question(&self, oauth2: &OAuth2, asked: &Pairs, memory: &mut Memory) {
        memory.begin();
        memory.grant = Some(GrantType::AuthorizationCode);
        memory.key = value(asked, "dpop_jkt");
        memory.state = value(asked, "state");
        memory.redirect_uri = Some(registered(oauth2, value(asked, "redirect_uri")));
        let challenge =
            value(asked, "code_challenge").filter(|_| challenge_method(oauth2).is_some());
        memory.challenge = challenge.map(|challenge| (oauth2.pkce, challenge));
        let code = memory.issue("code");
        memory.callback.insert(oauth2.callback.code.clone(), code.clone());
        memory.code = Some(code);
        for (extra, parameter) in &oauth2.callback.extras {
            let value = self.server_behind(extra).unwrap_or_else(|| format!("practice-{extra}"));
            memory.callback.insert(parameter.clone(), value.clone());
            memory.extras.insert(extra.clone(), value);
        }
        // What a template reads of the redirect comes with it.
        let templates = self.roles().filter_map(|role| endpoint(self.auth(), role));
        for name in templates.flat_map(Endpoint::templates).flat_map(Template::names) {
            if let ("callback", Some(parameter)) = (name.root(), name.parts.get(1)) {
                let value = format!("practice-{parameter}");
                memory.callback.entry(parameter.clone()).or_insert(value);
            }
        }
    }

    fn send_back(&self, oauth2: &OAuth2, memory: &Memory) -> Response {
        let to = memory.redirect_uri.clone().unwrap_or_default();
        let mut pairs: Pairs = memory.callback.clone().into_iter().collect();
        pairs.extend(memory.state.clone().map(|state| ("state".to_owned(), state)));
        match oauth2.redirection.response_mode {
            ResponseMode::Query => redirect(&to, &pairs),
            ResponseMode::FormPost => form(&to, &pairs),
        }
    }

    /// RFC 5849 section 2.2: somebody agrees, and the consumer gets a verifier.
    pub(super) fn permit(&self, wire: &Wire, memory: &mut Memory) -> Result<Response, Vec<String>> {
        let Way::OAuth1(oauth1) = &self.auth().way else { return Err(Vec::new()) };
        let Some(legs) = &oauth1.legs else { return Err(Vec::new()) };
        let token = memory.access_token.clone().unwrap_or_default();
        let now = Now { granting: true, ..Now::default() };
        let mut scope = memory.scope(&self.definition, self.auth(), &now);
        scope.set(REQUEST_TOKEN, Some(&token));
        let own = [("oauth_token".to_owned(), token.clone())];
        let parameters = override_params(&own, &legs.authorization_params, &scope)
            .map_err(|error| vec![error.to_string()])?;
        let address = self.facts(memory).address(Role::Permission);
        let address = address.ok_or_else(|| vec!["there is no authorization endpoint".into()])?;
        let found = differences(wire, &get(with_query(address, &parameters)), true, &[]);
        if !found.is_empty() {
            return Err(found);
        }
        let verifier = memory.issue("verifier");
        memory.verifier = Some(verifier.clone());
        let pairs = [("oauth_token".to_owned(), token), ("oauth_verifier".to_owned(), verifier)];
        match &memory.redirect_uri {
            Some(uri) if uri != OUT_OF_BAND => Ok(redirect(uri, &pairs)),
            _ => Ok(Html(format!("<p>PIN: <b>{}</b></p>\n", pairs[1].1)).into_response()),
        }
    }
}

/// With a whole `body` at the token endpoint, PKCE is used only if it names the verifier.
fn challenge_method(oauth2: &OAuth2) -> Option<&'static str> {
    let first = oauth2.token.first();
    let without = first.is_some_and(|step| {
        step.body.is_some() && !step.templates().any(|template| template.reads("code_verifier"))
    });
    match oauth2.pkce {
        _ if without => None,
        Pkce::S256 => Some("S256"),
        Pkce::Plain => Some("plain"),
        Pkce::None => None,
    }
}

/// The redirect URI that came, if it is registered; else one that is.
fn registered(oauth2: &OAuth2, came: Option<String>) -> String {
    let uris = &oauth2.redirection.uris;
    let came = came.unwrap_or_default();
    match uris.iter().any(|uri| is_registered(uri, &came)) {
        true => came,
        false => uris.first().cloned().unwrap_or_default(),
    }
}

fn value(pairs: &Pairs, name: &str) -> Option<String> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn get(url: Url) -> Request {
    Request { method: Method::GET, url, headers: Vec::new(), body: Body::Empty }
}

fn with_query(mut url: Url, pairs: &[(String, String)]) -> Url {
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

fn redirect(to: &str, pairs: &[(String, String)]) -> Response {
    match Url::parse(to) {
        Ok(url) => {
            let location = with_query(url, pairs).to_string();
            (StatusCode::FOUND, [("location", location)]).into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// OAuth 2.0 Form Post Response Mode, section 2: the browser posts it by itself.
fn form(to: &str, pairs: &[(String, String)]) -> Response {
    let mut inputs = String::new();
    for (name, value) in pairs {
        let _ = write!(inputs, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    }
    let page = format!(
        "<body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\"{to}\">{inputs}</form></body>\n"
    );
    Html(page).into_response()
}
