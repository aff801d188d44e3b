//! Tokens bound to a key of the account (RFC 9449): each request proves that its sender has the key.

use super::failure::FlowError;
use crate::answer::Answer;
use crate::context::now;
use crate::jose::SigningKey;
use crate::oauth2::proof;
use crate::request::{Request, RequestError};
use crate::secret::Secret;
use ring::rand::{SecureRandom, SystemRandom};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The key of an account, and the nonces that servers handed out for it.
pub struct Dpop {
    key: SigningKey,
    /// By origin: each server has its own (RFC 9449 section 8.2).
    nonces: RefCell<BTreeMap<String, String>>,
}

impl Dpop {
    /// Makes a key; the second is what is kept of it.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn generate() -> Result<(Self, Secret), FlowError> {
        let made = SigningKey::generate_es256();
        let (key, kept) = made.map_err(|source| FlowError::Key { what: "the account", source })?;
        Ok((Self { key, nonces: RefCell::default() }, kept))
    }

    /// Reads a key that is kept.
    ///
    /// # Errors
    /// It is damaged.
    pub fn read(kept: &Secret) -> Result<Self, FlowError> {
        let key = SigningKey::from_kept_es256(kept);
        let key = key.map_err(|source| FlowError::Key { what: "the account", source })?;
        Ok(Self { key, nonces: RefCell::default() })
    }

    /// The key's name in an authorization request (section 10): its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// The key has none.
    pub fn thumbprint(&self) -> Result<String, FlowError> {
        let name = self.key.thumbprint();
        name.map_err(|source| FlowError::Key { what: "the account", source })
    }

    /// Puts a proof into a request; with an access token, one for that token, which then goes as
    /// `DPoP` and not as `Bearer` (section 7.1).
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn prove(
        &self,
        request: &mut Request,
        access_token: Option<&Secret>,
    ) -> Result<(), FlowError> {
        if let Some(token) = access_token {
            let bearer = format!("Bearer {}", token.expose());
            if request.header("authorization") == Some(&bearer) {
                request.set_header("authorization", &format!("DPoP {}", token.expose()))?;
            }
        }
        let nonces = self.nonces.borrow();
        let nonce = nonces.get(&origin(request)).map(String::as_str);
        let method = request.method.as_str();
        let jti = jti()?;
        let proof = proof(&self.key, method, &request.url, access_token, nonce, now(), &jti);
        let proof = proof.map_err(|error| FlowError::Signature(error.to_string()))?;
        Ok(request.set_header("dpop", proof.expose())?)
    }

    /// Notes the nonce of an answer. `true` if the request should be sent again with it: the server
    /// asked for a nonce (sections 8 and 9) and gave one.
    pub fn note(&self, request: &Request, answer: &Answer) -> bool {
        let wants = answer.value["error"] == "use_dpop_nonce"
            || answer.header("www-authenticate").is_some_and(|v| v.contains("use_dpop_nonce"));
        self.note_nonce(request, answer.header("dpop-nonce")) && wants
    }

    /// Notes a nonce; `true` if it is a new one.
    pub fn note_nonce(&self, request: &Request, nonce: Option<&str>) -> bool {
        let Some(nonce) = nonce else { return false };
        let before = self.nonces.borrow_mut().insert(origin(request), nonce.to_owned());
        before.as_deref() != Some(nonce)
    }
}

fn origin(request: &Request) -> String {
    request.url.origin().ascii_serialization()
}

/// A proof is used once (section 4.2): 128 random bits.
fn jti() -> Result<String, RequestError> {
    let mut bytes = [0_u8; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| RequestError::Header("dpop".to_owned()))?;
    Ok(crate::text::hex(&bytes))
}
