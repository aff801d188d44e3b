//! The parts of a connected account that other programs can be given, under the names that
//! `exec --env` and a definition's `environment` both use.

use super::authorization::{Authorization, Way};
use super::endpoint::Endpoint;
use std::fmt;

/// One value of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The one secret that stands for the account: its access token, or its key.
    Token,
    /// What the paths of the API are relative to.
    BaseUrl,
    /// The access token, even where it is worth nothing alone.
    AccessToken,
    /// The secret half of an OAuth 1.0a token.
    TokenSecret,
    /// What an answer gave, by name.
    Extra(String),
    /// The same, secret.
    Secret(String),
    /// A field, by name.
    Field(String),
}

impl Part {
    /// Reads `token`, `base_url`, `access_token`, `token_secret`, `extras.NAME`, `secrets.NAME` or
    /// the name of a field. Whether there is such a part depends on the account.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "token" => Self::Token,
            "base_url" => Self::BaseUrl,
            "access_token" => Self::AccessToken,
            "token_secret" => Self::TokenSecret,
            _ => match text.split_once('.') {
                Some(("extras", name)) => Self::Extra(name.to_owned()),
                Some(("secrets", name)) => Self::Secret(name.to_owned()),
                _ => Self::Field(text.to_owned()),
            },
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token => f.write_str("token"),
            Self::BaseUrl => f.write_str("base_url"),
            Self::AccessToken => f.write_str("access_token"),
            Self::TokenSecret => f.write_str("token_secret"),
            Self::Extra(name) => write!(f, "extras.{name}"),
            Self::Secret(name) => write!(f, "secrets.{name}"),
            Self::Field(name) => f.write_str(name),
        }
    }
}

impl Authorization {
    /// The parts that an account can have which is connected by it, each once.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        if self.has_token() {
            parts.push(Part::Token);
        }
        parts.push(Part::BaseUrl);
        if !matches!(self.way, Way::Fields) {
            parts.push(Part::AccessToken);
        }
        if matches!(self.way, Way::OAuth1(_)) {
            parts.push(Part::TokenSecret);
        }
        let fields = self.fields.iter().map(|field| Part::parse(&field.name));
        let answers = || self.answers().map(|endpoint| &endpoint.response);
        let extras = answers().flat_map(|response| &response.extras).map(|(name, _)| name);
        let callback = self.oauth2().into_iter().flat_map(|oauth2| &oauth2.callback.extras);
        let extras = callback.map(|(name, _)| name).chain(extras).cloned().map(Part::Extra);
        let secrets = answers().flat_map(|response| &response.secrets);
        let secrets = secrets.map(|(name, _)| Part::Secret(name.clone()));
        for part in fields.chain(extras).chain(secrets) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts
    }

    /// Whether one secret opens the API: nothing is signed or proved request by request, and there
    /// are not several.
    fn has_token(&self) -> bool {
        let bound = self.oauth2().is_some_and(|oauth2| oauth2.dpop);
        if self.is_ftp() || self.request.signature.is_some() || bound {
            return false;
        }
        let secrets = || self.fields.iter().filter(|field| field.secret);
        let several = secrets().filter(|field| !field.optional).count() > 1;
        let alone = secrets().next().is_some() && !several && self.field("username").is_none();
        alone || !matches!(self.way, Way::Fields)
    }

    /// Every endpoint whose answer leaves something with the account.
    fn answers(&self) -> impl Iterator<Item = &Endpoint> {
        let of_way: Vec<&Endpoint> = match &self.way {
            Way::Fields => Vec::new(),
            Way::Login(steps) => steps.iter().collect(),
            Way::OAuth2(oauth2) => oauth2.token.iter().chain(&oauth2.refresh).collect(),
            Way::OAuth1(oauth1) => {
                let legs = oauth1.legs.iter().map(|legs| &legs.access_token);
                legs.chain(&oauth1.refresh).collect()
            }
        };
        of_way.into_iter().chain(&self.lookups).chain(&self.user_info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_as_it_is_read() {
        for text in
            ["token", "base_url", "access_token", "token_secret", "extras.a", "secrets.b", "x"]
        {
            assert_eq!(Part::parse(text).to_string(), text);
        }
        assert_eq!(Part::parse("secrets.b"), Part::Secret("b".to_owned()));
        assert_eq!(Part::parse("region"), Part::Field("region".to_owned()));
    }
}
