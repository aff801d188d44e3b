//! Token requests as parameters: what each grant sends, before the client authenticates itself.

use crate::secret::Secret;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, HttpRequest, HttpResponse, PkceCodeVerifier,
    RedirectUrl, RefreshToken, ResourceOwnerPassword, ResourceOwnerUsername, TokenUrl,
};
use std::borrow::Cow;
use std::cell::RefCell;

/// What a grant sends.
pub enum TokenGrant<'a> {
    /// RFC 6749 section 4.1.3.
    AuthorizationCode {
        /// The code.
        code: &'a Secret,
        /// As in the authorization request.
        redirect_uri: Option<&'a str>,
        /// RFC 7636 section 4.5.
        code_verifier: Option<&'a Secret>,
    },
    /// RFC 6749 section 6.
    RefreshToken(&'a Secret),
    /// RFC 6749 section 4.4.2.
    ClientCredentials,
    /// RFC 6749 section 4.3.2.
    Password {
        /// The person's name there.
        username: &'a str,
        /// The person's password.
        password: &'a Secret,
    },
    /// RFC 8628 section 3.4.
    DeviceCode(&'a Secret),
    /// RFC 7523 section 2.1.
    JwtBearer(&'a Secret),
    /// RFC 8693 section 2.1.
    TokenExchange {
        /// The token that is given.
        subject_token: &'a Secret,
    },
}

/// RFC 8693 section 3.
const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Why the captured request goes no further.
#[derive(Debug, thiserror::Error)]
#[error("captured")]
struct Captured;

impl TokenGrant<'_> {
    /// The parameters of the token request. `scope` is sent by the grants whose scopes were not
    /// agreed to beforehand.
    #[must_use]
    pub fn parameters(&self, scope: Option<&str>) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let secret = |name: &str, value: &Secret| (name.to_owned(), value.expose().to_owned());
        let mut parameters = match self {
            Self::DeviceCode(code) => vec![
                pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                secret("device_code", code),
            ],
            Self::JwtBearer(assertion) => vec![
                pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                secret("assertion", assertion),
            ],
            Self::TokenExchange { subject_token } => vec![
                pair("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                secret("subject_token", subject_token),
                pair("subject_token_type", ACCESS_TOKEN_TYPE),
            ],
            _ => self.standard(),
        };
        let agreed = matches!(
            self,
            Self::AuthorizationCode { .. } | Self::RefreshToken(_) | Self::DeviceCode(_)
        );
        parameters.extend(scope.filter(|_| !agreed).map(|scope| pair("scope", scope)));
        parameters
    }

    /// The message of RFC 6749 as the `oauth2` crate sends it, captured on its way out. The client
    /// is added later, and in other ways than the crate knows.
    fn standard(&self) -> Vec<(String, String)> {
        let Ok(token_uri) = TokenUrl::new("https://token.invalid/".to_owned()) else {
            return Vec::new();
        };
        let client = BasicClient::new(ClientId::new(String::new()))
            .set_token_uri(token_uri)
            .set_auth_type(AuthType::RequestBody);
        let captured: RefCell<Vec<(String, String)>> = RefCell::default();
        let wire = |request: HttpRequest| {
            let pairs = url::form_urlencoded::parse(request.body()).into_owned();
            *captured.borrow_mut() = pairs.filter(|(name, _)| name != "client_id").collect();
            Err::<HttpResponse, Captured>(Captured)
        };
        let exposed = |secret: &Secret| secret.expose().to_owned();
        match self {
            Self::AuthorizationCode { code, redirect_uri, code_verifier } => {
                let mut request = client.exchange_code(AuthorizationCode::new(exposed(code)));
                if let Some(verifier) = code_verifier {
                    request = request.set_pkce_verifier(PkceCodeVerifier::new(exposed(verifier)));
                }
                let uri = redirect_uri.and_then(|uri| RedirectUrl::new(uri.to_owned()).ok());
                if let Some(uri) = uri {
                    request = request.set_redirect_uri(Cow::Owned(uri));
                }
                drop(request.request(&wire));
            }
            Self::RefreshToken(token) => {
                let token = RefreshToken::new(exposed(token));
                drop(client.exchange_refresh_token(&token).request(&wire));
            }
            Self::Password { username, password } => {
                let username = ResourceOwnerUsername::new((*username).to_owned());
                let password = ResourceOwnerPassword::new(exposed(password));
                drop(client.exchange_password(&username, &password).request(&wire));
            }
            _ => drop(client.exchange_client_credentials().request(&wire)),
        }
        captured.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(grant: &TokenGrant, scope: Option<&str>) -> String {
        let parameters = grant.parameters(scope);
        let mut pairs: Vec<_> = parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.sort();
        pairs.join("&")
    }

    #[test]
    fn each_grant_sends_what_its_rfc_says() {
        let secret = Secret::from("s");
        let code = TokenGrant::AuthorizationCode {
            code: &secret,
            redirect_uri: Some("http://127.0.0.1/cb"),
            code_verifier: Some(&secret),
        };
        assert_eq!(
            text(&code, Some("a")),
            "code=s&code_verifier=s&grant_type=authorization_code&redirect_uri=http://127.0.0.1/cb"
        );
        assert_eq!(
            text(&TokenGrant::RefreshToken(&secret), Some("a")),
            "grant_type=refresh_token&refresh_token=s"
        );
        assert_eq!(
            text(&TokenGrant::ClientCredentials, Some("a b")),
            "grant_type=client_credentials&scope=a b"
        );
        assert_eq!(text(&TokenGrant::ClientCredentials, None), "grant_type=client_credentials");
        assert_eq!(
            text(&TokenGrant::Password { username: "u", password: &secret }, None),
            "grant_type=password&password=s&username=u"
        );
        assert_eq!(
            text(&TokenGrant::DeviceCode(&secret), Some("a")),
            "device_code=s&grant_type=urn:ietf:params:oauth:grant-type:device_code"
        );
        assert_eq!(
            text(&TokenGrant::JwtBearer(&secret), Some("a")),
            "assertion=s&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&scope=a"
        );
        assert_eq!(
            text(&TokenGrant::TokenExchange { subject_token: &secret }, None),
            "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=s\
             &subject_token_type=urn:ietf:params:oauth:token-type:access_token"
        );
    }
}
