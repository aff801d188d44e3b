//! Authorizations: an app's ways in. Each has one of nine types.

mod ftp;
mod kind;
mod read;
mod request;
mod way;

pub use kind::{TYPES, Type};
pub use way::Way;

use super::endpoint::{Endpoint, Placement};
use super::environment::Variable;
use super::field::Field;
use super::oauth1::OAuth1;
use super::oauth2::OAuth2;
use super::redirection::Redirection;
use super::signature::TlsClient;
use super::yaml::Node;
use crate::template::Template;

/// One way in.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Its name in the definition.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// What is asked for: the type's presets, the app's fields and its own.
    pub fields: Vec<Field>,
    /// What a relative path is relative to.
    pub base_url: Template,
    /// Headers of every API call; later ones win.
    pub headers: Vec<(String, Option<Template>)>,
    /// How an API call is authenticated.
    pub request: Placement,
    /// Who is connected; `None` where the app has no such call.
    pub user_info: Option<Endpoint>,
    /// Nothing is written of it, so that the issuer's metadata may name it.
    pub user_info_open: bool,
    /// Calls made once after connecting.
    pub lookups: Vec<Endpoint>,
    /// The client's certificate in TLS.
    pub tls: Option<TlsClient>,
    /// Where other programs look for the credential.
    pub environment: Vec<Variable>,
    /// How the credential is obtained.
    pub way: Way,
}

/// What an authorization takes from its app.
pub(super) struct App<'a> {
    pub(super) fields: Option<&'a Node>,
    pub(super) base_url: Option<&'a Template>,
    pub(super) headers: &'a [(String, Option<Template>)],
    pub(super) environment: Option<&'a Node>,
}

impl Authorization {
    /// The names of what makes up the credential, for "an endpoint places it itself".
    #[must_use]
    pub fn credential_names(&self) -> Vec<String> {
        let fields = self.fields.iter().filter(|field| field.secret).map(|f| f.name.clone());
        fields.chain(["access_token", "token_secret"].map(ToOwned::to_owned)).collect()
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The OAuth 2.0 part.
    #[must_use]
    pub fn oauth2(&self) -> Option<&OAuth2> {
        match &self.way {
            Way::OAuth2(oauth2) => Some(oauth2),
            _ => None,
        }
    }

    /// The OAuth 1.0a part.
    #[must_use]
    pub fn oauth1(&self) -> Option<&OAuth1> {
        match &self.way {
            Way::OAuth1(oauth1) => Some(oauth1),
            _ => None,
        }
    }

    /// Where the browser comes back to, where one is sent anywhere.
    #[must_use]
    pub fn redirection(&self) -> Option<&Redirection> {
        match &self.way {
            Way::OAuth2(oauth2) => Some(&oauth2.redirection).filter(|_| !oauth2.runs_again()),
            Way::OAuth1(oauth1) => oauth1.legs.as_ref()?.redirection.as_ref(),
            Way::Fields | Way::Login(_) => None,
        }
    }

    /// Whether the app is an FTP server.
    #[must_use]
    pub fn is_ftp(&self) -> bool {
        ftp::is_ftp(&self.base_url, &self.fields)
    }

    /// Whether it takes a client: one's registration at the app.
    #[must_use]
    pub fn has_client(&self) -> bool {
        matches!(self.way, Way::OAuth2(_) | Way::OAuth1(_))
    }
}
