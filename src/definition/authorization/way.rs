//! How a credential is obtained.

use super::kind::Type;
use crate::definition::endpoint::{Endpoint, Use};
use crate::definition::oauth1::OAuth1;
use crate::definition::oauth2::OAuth2;
use crate::definition::reader::{Entries, Reader};

/// How a credential is obtained.
#[derive(Clone, Debug)]
pub enum Way {
    /// The fields are the credential.
    Fields,
    /// A login trades the fields for an access token.
    Login(Vec<Endpoint>),
    /// OAuth 2.0.
    OAuth2(Box<OAuth2>),
    /// OAuth 1.0a.
    OAuth1(Box<OAuth1>),
}

impl Way {
    pub(super) fn read(reader: &mut Reader, entries: &Entries, kind: Type) -> Option<Self> {
        if kind == Type::OAuth2 {
            return OAuth2::read(reader, entries).map(|oauth2| Self::OAuth2(Box::new(oauth2)));
        }
        if kind == Type::OAuth1 {
            return OAuth1::read(reader, entries).map(|oauth1| Self::OAuth1(Box::new(oauth1)));
        }
        let Some(node) = entries.take("token_endpoint") else { return Some(Self::Fields) };
        let steps = Endpoint::read_steps(reader, node, Use::Token);
        (!steps.is_empty()).then_some(Self::Login(steps))
    }
}
