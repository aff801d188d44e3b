//! A definition held against what its issuer says of itself (RFC 8414, OpenID Connect Discovery 1.0).

use crate::definition::finding::Finding;
use crate::definition::rule::Rule;
use crate::definition::yaml::Node;
use crate::definition::{Authorization, Endpoint, OAuth2, Pkce, ServerMetadata};
use crate::template::Template;

/// What differs between an authorization as it is written and its server's metadata. What is not
/// written cannot differ: discovery fills it in.
#[must_use]
pub fn compare(auth: &Authorization, written: &Node, metadata: &ServerMetadata) -> Vec<Finding> {
    let Some(oauth2) = auth.oauth2() else { return Vec::new() };
    let mut comparison = Comparison { written, findings: Vec::new() };
    comparison.endpoints(auth, oauth2, metadata);
    comparison.grants(oauth2, metadata);
    comparison.client(oauth2, metadata);
    comparison.pkce(oauth2, metadata);
    comparison.scopes(oauth2, metadata);
    if oauth2.dpop && metadata.dpop_signing_alg_values_supported.is_empty() {
        comparison.differs("dpop", "the issuer says nothing of DPoP (RFC 9449)".to_owned());
    }
    comparison.findings
}

struct Comparison<'a> {
    written: &'a Node,
    findings: Vec<Finding>,
}

impl Comparison<'_> {
    fn differs(&mut self, key: &str, message: String) {
        let node = self.written.member(key).unwrap_or(self.written);
        self.findings.push(Finding::new(Rule::Online, node.span.clone(), message));
    }

    fn endpoints(&mut self, auth: &Authorization, oauth2: &OAuth2, metadata: &ServerMetadata) {
        let url = |endpoint: &Option<Endpoint>| endpoint.as_ref().map(|it| it.url.clone());
        let pairs = [
            (
                "authorization_uri",
                oauth2.authorization_uri.clone(),
                &metadata.authorization_endpoint,
            ),
            (
                "token_endpoint",
                oauth2.token.last().map(|it| it.url.clone()),
                &metadata.token_endpoint,
            ),
            (
                "device_authorization_endpoint",
                url(&oauth2.device_authorization),
                &metadata.device_authorization_endpoint,
            ),
            (
                "pushed_authorization_request_endpoint",
                url(&oauth2.pushed_authorization_request),
                &metadata.pushed_authorization_request_endpoint,
            ),
            ("revocation_endpoint", url(&oauth2.revocation), &metadata.revocation_endpoint),
            (
                "introspection_endpoint",
                url(&oauth2.introspection),
                &metadata.introspection_endpoint,
            ),
            ("registration_endpoint", oauth2.registration.clone(), &metadata.registration_endpoint),
            ("user_info_endpoint", url(&auth.user_info), &metadata.userinfo_endpoint),
        ];
        for (key, written, said) in pairs {
            let Some(written) = written.filter(Template::is_literal) else { continue };
            match said {
                Some(said) if same(written.source(), said) => {}
                Some(said) => self.differs(key, format!("the issuer says `{said}`")),
                // Any call can say who is connected.
                None if key == "user_info_endpoint" => {}
                None => self.differs(key, format!("the issuer names no `{}`", standard(key))),
            }
        }
    }

    fn grants(&mut self, oauth2: &OAuth2, metadata: &ServerMetadata) {
        // RFC 8414 section 2 says what no list means.
        let default = ["authorization_code".to_owned(), "implicit".to_owned()];
        let said = or(&metadata.grant_types_supported, &default);
        for grant in
            oauth2.grants.iter().filter(|grant| !said.iter().any(|s| s == grant.parameter()))
        {
            let name = grant.name();
            self.differs("grant", format!("the issuer does not offer `{name}`: {}", list(said)));
        }
    }

    fn client(&mut self, oauth2: &OAuth2, metadata: &ServerMetadata) {
        let Some(method) = oauth2.client_authentication else { return };
        let default = ["client_secret_basic".to_owned()];
        let said = or(&metadata.token_endpoint_auth_methods_supported, &default);
        if !said.iter().any(|said| said == method.name()) {
            let message = format!("the issuer does not take `{}`: {}", method.name(), list(said));
            self.differs("client_authentication", message);
        }
    }

    fn pkce(&mut self, oauth2: &OAuth2, metadata: &ServerMetadata) {
        let said = &metadata.code_challenge_methods_supported;
        let takes = |method: &str| said.iter().any(|said| said == method);
        match oauth2.pkce {
            _ if said.is_empty() => {}
            Pkce::S256 if takes("S256") => {}
            Pkce::None => self.differs("pkce", format!("the issuer takes PKCE: {}", list(said))),
            Pkce::Plain if takes("plain") && !takes("S256") => {}
            Pkce::Plain | Pkce::S256 => {
                self.differs("pkce", format!("the issuer's methods of PKCE are {}", list(said)));
            }
        }
    }

    fn scopes(&mut self, oauth2: &OAuth2, metadata: &ServerMetadata) {
        let said = &metadata.scopes_supported;
        if said.is_empty() {
            return;
        }
        for scope in oauth2.scopes.iter().filter(|scope| !said.contains(scope)) {
            let node = self.written.member("scopes").unwrap_or(self.written);
            let message = format!("the issuer does not list the scope `{scope}`");
            self.findings.push(Finding::new(Rule::Online, node.span.narrow(scope), message));
        }
    }
}

/// Whether two addresses lead to the same place. A query that is written is the definition's own.
fn same(written: &str, said: &str) -> bool {
    let place = |text: &str| {
        let mut url = url::Url::parse(text).ok()?;
        url.set_query(None);
        Some(url.as_str().trim_end_matches('/').to_owned())
    };
    place(written) == place(said)
}

/// What metadata calls a key.
fn standard(key: &str) -> &str {
    if key == "authorization_uri" { "authorization_endpoint" } else { key }
}

fn or<'a>(said: &'a [String], default: &'a [String]) -> &'a [String] {
    if said.is_empty() { default } else { said }
}

fn list(said: &[String]) -> String {
    said.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ")
}
