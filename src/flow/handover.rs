//! Handing a credential to other programs: the token itself, or the headers that carry it.

use super::failure::FlowError;
use super::session::Session;
use crate::request::{self, Body, Request};
use crate::secret::Secret;
use crate::template::Template;

/// Why a credential cannot be handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Every request has a signature of its own.
    #[error("each request is signed, so no header could be used twice")]
    Signed,
    /// RFC 9449: the token is worth nothing without a proof for each request.
    #[error("its token is bound to a key, and each request needs a proof of possession (RFC 9449)")]
    Bound,
    /// An FTP server is logged in to.
    #[error("an FTP server is logged in to, not sent a header")]
    Ftp,
    /// The credential is placed in the query or the body.
    #[error("the credential travels in the {0}, not in a header")]
    Elsewhere(&'static str),
    /// There is not one token but several secrets, or none.
    #[error("{}", several(.0))]
    NoToken(Vec<String>),
    /// The values are not there.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

fn several(names: &[String]) -> String {
    match names {
        [] => "it has no secret".to_owned(),
        names => format!("it has no token but {}", names.join(" and ")),
    }
}

impl Session<'_> {
    /// The one secret that stands for the account: its access token, or its key.
    ///
    /// # Errors
    /// There are several, or it is worth nothing alone.
    pub fn token(&self) -> Result<Secret, HandoverError> {
        self.can_be_handed_over()?;
        if let Some(token) = &self.credential.access_token {
            return Ok(token.clone());
        }
        let mut fields = self.credential.fields.iter();
        match (fields.next(), fields.next()) {
            (Some((_, only)), None) if self.auth.field("username").is_none() => Ok(only.clone()),
            _ => {
                let asked = self.auth.fields.iter().map(|field| field.name.clone());
                let given = |name: &String| {
                    self.credential.fields.contains_key(name) || self.fields.contains_key(name)
                };
                Err(HandoverError::NoToken(asked.filter(given).collect()))
            }
        }
    }

    /// The headers by which every API request is authenticated, without those that only say how the
    /// API is spoken to.
    ///
    /// # Errors
    /// The credential is not in headers, or they differ from request to request.
    pub fn credential_headers(&self) -> Result<Vec<(String, Secret)>, HandoverError> {
        self.can_be_handed_over()?;
        if self.auth.request.templates().any(tells_the_time) {
            return Err(HandoverError::Signed);
        }
        let (first, second) = (self.probe("a")?, self.probe("b")?);
        if first.headers != second.headers {
            return Err(HandoverError::Signed);
        }
        if first.url.query().is_some() {
            return Err(HandoverError::Elsewhere("query"));
        }
        let headers = first.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), Secret::from(value.to_str().ok()?)))
        });
        Ok(headers.collect())
    }

    fn can_be_handed_over(&self) -> Result<(), HandoverError> {
        match () {
            () if self.auth.is_ftp() => Err(HandoverError::Ftp),
            () if self.auth.request.signature.is_some() => Err(HandoverError::Signed),
            () if self.dpop.is_some() => Err(HandoverError::Bound),
            () => Ok(()),
        }
    }

    /// A request that is never sent, authenticated: what is in it is what any request gets.
    fn probe(&self, path: &str) -> Result<Request, HandoverError> {
        let scope = self.scope();
        let base_url = self.base_url(&scope).map_err(|error| FlowError::Request(error.into()))?;
        let url = request::resolve(path, &base_url, path).map_err(FlowError::from)?;
        let mut request =
            Request { method: http::Method::GET, url, headers: Vec::new(), body: Body::Empty };
        request::authenticate(&mut request, &self.auth.request, &scope).map_err(FlowError::from)?;
        Ok(request)
    }
}

/// Whether a template has the helper `now` in it: what it gives is soon over.
fn tells_the_time(template: &Template) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    template.source().split(|c| !is_word(c)).any(|word| word == "now")
}
