//! Client authentication (RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 8705): how a client proves
//! who it is, at whichever endpoint.

use crate::definition::ClientAuthentication;
use crate::request::{Request, RequestError, basic_value};
use crate::secret::Secret;

/// RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What proves who the client is.
#[derive(Default)]
pub struct ClientProof {
    /// Parameters of the request.
    pub parameters: Vec<(String, String)>,
    authorization: Option<Secret>,
}

impl ClientProof {
    /// The proof of a client. `assertion` is a signed JWT, for the methods that send one.
    #[must_use]
    pub fn new(
        method: ClientAuthentication,
        id: &str,
        secret: Option<&Secret>,
        assertion: Option<&Secret>,
    ) -> Self {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match (method, secret, assertion) {
            (ClientAuthentication::ClientSecretBasic, Some(secret), _) => {
                Self { authorization: Some(client_secret_basic(id, secret)), ..Self::default() }
            }
            (ClientAuthentication::ClientSecretPost, Some(secret), _) => Self {
                parameters: vec![pair("client_id", id), pair("client_secret", secret.expose())],
                authorization: None,
            },
            (
                ClientAuthentication::ClientSecretJwt | ClientAuthentication::PrivateKeyJwt,
                _,
                Some(assertion),
            ) => Self {
                parameters: vec![
                    pair("client_id", id),
                    pair("client_assertion_type", ASSERTION_TYPE),
                    pair("client_assertion", assertion.expose()),
                ],
                authorization: None,
            },
            // A public client, or one that TLS knows: its name is enough.
            _ => Self { parameters: vec![pair("client_id", id)], authorization: None },
        }
    }

    /// Puts the header into a request that has no `Authorization` of its own.
    ///
    /// # Errors
    /// A value cannot stand in a header.
    pub fn place(&self, request: &mut Request) -> Result<(), RequestError> {
        match &self.authorization {
            Some(value) if request.header("authorization").is_none() => {
                request.set_header("authorization", value.expose())
            }
            _ => Ok(()),
        }
    }
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
fn client_secret_basic(id: &str, secret: &Secret) -> Secret {
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    Secret::from(basic_value(&encode(id), &encode(secret.expose())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn basic_form_encodes_both_halves() {
        // RFC 6749 section 2.3.1 with the encoding of its appendix B.
        let value = client_secret_basic("svc:colon", &Secret::from("p@ss w/%2B+:"));
        let encoded = value.expose().strip_prefix("Basic ").unwrap();
        let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), "svc%3Acolon:p%40ss+w%2F%252B%2B%3A");
    }

    #[test]
    fn a_client_without_a_secret_says_only_its_name() {
        for method in [
            ClientAuthentication::ClientSecretBasic,
            ClientAuthentication::ClientSecretPost,
            ClientAuthentication::None,
            ClientAuthentication::TlsClientAuth,
        ] {
            let proof = ClientProof::new(method, "c", None, None);
            assert_eq!(proof.parameters, [("client_id".to_owned(), "c".to_owned())]);
            assert!(proof.authorization.is_none());
        }
    }
}
