//! Defines what was granted: codes, access tokens and refresh tokens, and when each is refused.
//!
//! All tokens that descend from one consent belong to one grant, so that a replay can take
//! them all back (RFC 9700 section 4.14.2).

mod grant;
mod issued;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::authorize::pkce;
use super::error::OAuthError;
use super::random::random;
use super::{resource, scope};

pub(super) use self::grant::{Binding, Grant, Redemption};
pub(super) use self::issued::{Authority, Issued, Rotation, Terms};

/// RFC 6749 section 4.1.2: a code should live ten minutes at most; one that is used at once
/// needs far less.
const CODE_LIFETIME: Duration = Duration::from_secs(60);

struct Code {
    grant: usize,
    binding: Binding,
    issued: Instant,
    used: bool,
}

struct AccessToken {
    grant: usize,
    scopes: Vec<String>,
    audience: Vec<String>,
    key: Option<String>,
    since: Instant,
    expires: Instant,
}

struct RefreshToken {
    grant: usize,
    since: Instant,
    key: Option<String>,
    used: bool,
}

/// Everything that was granted since the start.
#[derive(Default)]
pub(super) struct Ledger {
    /// `None` once revoked.
    grants: Vec<Option<Grant>>,
    codes: HashMap<String, Code>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
}

impl Ledger {
    /// Somebody agreed: gives the code.
    pub(super) fn agree(&mut self, grant: Grant, binding: Binding, now: Instant) -> String {
        let code = random("practice-code-");
        let grant = self.enter(grant);
        self.codes.insert(code.clone(), Code { grant, binding, issued: now, used: false });
        code
    }

    /// RFC 6749 section 4.1.3, with PKCE.
    pub(super) fn redeem(
        &mut self,
        presented: &Redemption<'_>,
        terms: &Terms,
    ) -> Result<Issued, OAuthError> {
        let Some(found) = self.codes.get_mut(presented.code) else {
            return Err(OAuthError::invalid_grant("the authorization code is unknown"));
        };
        let index = found.grant;
        if found.used {
            // Somebody else may have used it first: the tokens go too (section 4.1.2).
            self.grants[index] = None;
            return Err(OAuthError::invalid_grant("the authorization code was used before"));
        }
        let grant =
            self.grants[index].as_ref().filter(|grant| grant.client_id == presented.client_id);
        let Binding { redirect_uri, code_challenge, .. } = &found.binding;
        let granted = match grant {
            None => Err("the authorization code is revoked or belongs to another client"),
            Some(_) if terms.now - found.issued > CODE_LIFETIME => {
                Err("the authorization code expired")
            }
            Some(_) if redirect_uri != presented.redirect_uri => {
                Err("redirect_uri is not the one of the authorization request")
            }
            Some(_) if !pkce::matches(presented.code_verifier, code_challenge) => {
                Err("code_verifier does not match the code challenge")
            }
            Some(_) if found.binding.key.is_some() && found.binding.key != terms.key => {
                Err("the authorization code is bound to another key")
            }
            Some(grant) => Ok(grant),
        };
        let grant = granted.map_err(OAuthError::invalid_grant)?;
        let resources = resource::narrowed(&grant.resources, &terms.resources)?;
        let asked = Grant { resources, ..grant.clone() };
        found.used = true;
        Ok(self.issue(index, asked, terms))
    }

    /// The tokens of a grant that needs no code.
    pub(super) fn grant(&mut self, grant: Grant, terms: &Terms) -> Result<Issued, OAuthError> {
        let resources = resource::narrowed(&grant.resources, &terms.resources)?;
        let asked = Grant { resources, ..grant.clone() };
        let index = self.enter(grant);
        Ok(self.issue(index, asked, terms))
    }

    /// RFC 6749 section 6; a token that is used twice takes the whole family with it.
    pub(super) fn refresh(
        &mut self,
        (refresh_token, client_id): (&str, &str),
        scope: Option<&str>,
        terms: &Terms,
    ) -> Result<Issued, OAuthError> {
        let Some(found) = self.refresh_tokens.get_mut(refresh_token) else {
            return Err(OAuthError::invalid_grant("the refresh token is unknown"));
        };
        let index = found.grant;
        let Some(grant) = &self.grants[index] else {
            return Err(OAuthError::invalid_grant("the refresh token was revoked"));
        };
        if grant.client_id != client_id {
            return Err(OAuthError::invalid_grant("the refresh token belongs to another client"));
        }
        if found.used {
            self.grants[index] = None;
            return Err(OAuthError::invalid_grant(
                "the refresh token was used before: everything that came from it is revoked",
            ));
        }
        if found.key.is_some() && found.key != terms.key {
            return Err(OAuthError::invalid_grant("the refresh token is bound to another key"));
        }
        let scopes = scope::narrowed(&grant.scopes, scope)?;
        let resources = resource::narrowed(&grant.resources, &terms.resources)?;
        // OpenID Connect Core section 12.2: a later ID token answers no request with a nonce.
        let asked = Grant { scopes, resources, nonce: None, ..grant.clone() };
        found.used = terms.rotation == Rotation::OneTime;
        Ok(self.issue(index, asked, terms))
    }

    fn enter(&mut self, grant: Grant) -> usize {
        self.grants.push(Some(grant));
        self.grants.len() - 1
    }

    /// Tokens for a grant, or for what of it was asked.
    fn issue(&mut self, index: usize, grant: Grant, terms: &Terms) -> Issued {
        let Grant { client_id, subject, scopes, resources, nonce } = grant;
        let access_token = random("practice-access-");
        let token = AccessToken {
            grant: index,
            scopes: scopes.clone(),
            audience: resources,
            key: terms.key.clone(),
            since: terms.now,
            expires: terms.now + terms.lifetime,
        };
        self.access_tokens.insert(access_token.clone(), token);
        let refresh_token = (terms.rotation == Rotation::OneTime).then(|| {
            let key = terms.key.clone().filter(|_| terms.is_public);
            let token = random("practice-refresh-");
            let kept = RefreshToken { grant: index, since: terms.now, key, used: false };
            self.refresh_tokens.insert(token.clone(), kept);
            token
        });
        Issued {
            client_id,
            subject,
            nonce,
            is_bound: terms.key.is_some(),
            access_token,
            refresh_token,
            scopes,
            issued_token_type: None,
        }
    }

    /// What an access token stands for, or why it does not count.
    pub(super) fn check(
        &self,
        access_token: &str,
        now: Instant,
    ) -> Result<Authority, &'static str> {
        let token = self.access_tokens.get(access_token).ok_or("the access token is unknown")?;
        let grant = self.grants[token.grant].as_ref().ok_or("the access token was revoked")?;
        if now >= token.expires {
            return Err("the access token expired");
        }
        Ok(Authority {
            client_id: grant.client_id.clone(),
            subject: grant.subject.clone(),
            scopes: token.scopes.clone(),
            audience: token.audience.clone(),
            since: token.since,
            until: Some(token.expires),
            key: token.key.clone(),
        })
    }

    /// The same for a refresh token; `None` if it does not count.
    pub(super) fn check_refresh(&self, refresh_token: &str) -> Option<Authority> {
        let token = self.refresh_tokens.get(refresh_token).filter(|token| !token.used)?;
        let grant = self.grants[token.grant].as_ref()?;
        Some(Authority {
            client_id: grant.client_id.clone(),
            subject: grant.subject.clone(),
            scopes: grant.scopes.clone(),
            audience: grant.resources.clone(),
            since: token.since,
            until: None,
            key: token.key.clone(),
        })
    }

    /// RFC 7009 section 2.1: a refresh token takes its whole grant with it, an access token only
    /// itself; whether it existed is not told. True if something was revoked.
    pub(super) fn revoke(&mut self, token: &str, client_id: &str) -> bool {
        let refresh = self.refresh_tokens.get(token).map(|token| token.grant);
        let index = refresh.or_else(|| self.access_tokens.get(token).map(|token| token.grant));
        let Some(index) = index else { return false };
        if self.grants[index].as_ref().is_none_or(|grant| grant.client_id != client_id) {
            return false;
        }
        match refresh {
            Some(_) => self.grants[index] = None,
            None => drop(self.access_tokens.remove(token)),
        }
        true
    }

    pub(super) fn revoke_all(&mut self) {
        self.grants.fill(None);
    }

    pub(super) fn expire_all(&mut self, now: Instant) {
        self.access_tokens.values_mut().for_each(|token| token.expires = now);
    }
}
