//! Defines what was granted: codes, access tokens and refresh tokens, and when each is refused.
//!
//! All tokens that descend from one consent belong to one grant, so that a replay can take
//! them all back (RFC 9700 section 4.14.2).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::error::OAuthError;
use super::person::Person;
use super::pkce;
use super::random::random;

/// RFC 6749 section 4.1.2: a code should live ten minutes at most; one that is used at once
/// needs far less.
const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// What somebody agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) person: Person,
    pub(super) scopes: Vec<String>,
}

/// What a code is bound to.
pub(super) struct Binding {
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
}

/// What a successful token request gives.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) scopes: Vec<String>,
}

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rotation {
    OneTime,
    Reusable,
}

struct Code {
    grant: usize,
    binding: Binding,
    issued: Instant,
    used: bool,
}

struct AccessToken {
    grant: usize,
    scopes: Vec<String>,
    expires: Instant,
}

struct RefreshToken {
    grant: usize,
    used: bool,
}

/// Everything that was granted since the start.
#[derive(Default)]
pub(super) struct Grants {
    /// `None` once revoked.
    grants: Vec<Option<Grant>>,
    codes: HashMap<String, Code>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
}

impl Grants {
    /// Somebody agreed: gives the code.
    pub(super) fn agree(&mut self, grant: Grant, binding: Binding, now: Instant) -> String {
        self.grants.push(Some(grant));
        let code = random("practice-code-");
        let grant = self.grants.len() - 1;
        self.codes.insert(code.clone(), Code { grant, binding, issued: now, used: false });
        code
    }

    /// RFC 6749 section 4.1.3, with PKCE.
    pub(super) fn exchange(
        &mut self,
        (code, client_id): (&str, &str),
        (redirect_uri, code_verifier): (&str, &str),
        (now, lifetime): (Instant, Duration),
    ) -> Result<Issued, OAuthError> {
        let Some(found) = self.codes.get_mut(code) else {
            return Err(OAuthError::invalid_grant("the authorization code is unknown"));
        };
        let index = found.grant;
        if found.used {
            // Somebody else may have used it first: the tokens go too (section 4.1.2).
            self.grants[index] = None;
            return Err(OAuthError::invalid_grant("the authorization code was used before"));
        }
        let grant = self.grants[index].as_ref().filter(|grant| grant.client_id == client_id);
        let scopes = match grant {
            None => Err("the authorization code is revoked or belongs to another client"),
            Some(_) if now - found.issued > CODE_LIFETIME => Err("the authorization code expired"),
            Some(_) if found.binding.redirect_uri != redirect_uri => {
                Err("redirect_uri is not the one of the authorization request")
            }
            Some(_) if !pkce::matches(code_verifier, &found.binding.code_challenge) => {
                Err("code_verifier does not match the code challenge")
            }
            Some(grant) => Ok(grant.scopes.clone()),
        };
        let scopes = scopes.map_err(OAuthError::invalid_grant)?;
        found.used = true;
        Ok(self.issue(index, scopes, Rotation::OneTime, now + lifetime))
    }

    /// RFC 6749 section 6; a token that is used twice takes the whole family with it.
    pub(super) fn refresh(
        &mut self,
        (refresh_token, client_id): (&str, &str),
        scope: Option<&str>,
        rotation: Rotation,
        (now, lifetime): (Instant, Duration),
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
        let scopes = narrowed(&grant.scopes, scope)?;
        found.used = rotation == Rotation::OneTime;
        Ok(self.issue(index, scopes, rotation, now + lifetime))
    }

    fn issue(
        &mut self,
        grant: usize,
        scopes: Vec<String>,
        rotation: Rotation,
        expires: Instant,
    ) -> Issued {
        let access_token = random("practice-access-");
        let token = AccessToken { grant, scopes: scopes.clone(), expires };
        self.access_tokens.insert(access_token.clone(), token);
        let refresh_token = (rotation == Rotation::OneTime).then(|| random("practice-refresh-"));
        if let Some(token) = &refresh_token {
            self.refresh_tokens.insert(token.clone(), RefreshToken { grant, used: false });
        }
        Issued { access_token, refresh_token, scopes }
    }

    /// Who an access token speaks for and which scopes it has, or why it does not count.
    pub(super) fn check(
        &self,
        access_token: &str,
        now: Instant,
    ) -> Result<(Person, Vec<String>), &'static str> {
        let token = self.access_tokens.get(access_token).ok_or("the access token is unknown")?;
        let grant = self.grants[token.grant].as_ref().ok_or("the access token was revoked")?;
        if now >= token.expires {
            return Err("the access token expired");
        }
        Ok((grant.person, token.scopes.clone()))
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

/// RFC 6749 section 6: a refresh may ask for less, never for more.
fn narrowed(granted: &[String], scope: Option<&str>) -> Result<Vec<String>, OAuthError> {
    let Some(scope) = scope else { return Ok(granted.to_vec()) };
    let asked: Vec<String> = scope.split(' ').map(str::to_owned).collect();
    match asked.iter().find(|name| !granted.contains(name)) {
        None => Ok(asked),
        Some(_) => Err(OAuthError::new("invalid_scope", "a refresh must not ask for more scopes")),
    }
}
