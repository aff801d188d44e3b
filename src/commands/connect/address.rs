//! `connect https://…`: an app that nobody has described. What its server says of itself becomes a
//! definition, which is the person's to keep and edit.

use crate::catalog::save;
use crate::commands::App;
use crate::definition::hosts::is_loopback;
use crate::definition::names::AppName;
use crate::definition::{GrantType, ServerMetadata};
use crate::error::{Error, Kind, Result};
use crate::flow::FlowError;
use crate::flow::discovery::{discover, discover_resource};
use crate::http::Client;
use crate::oauth2::ResourceMetadata;
use crate::terminal::Style;
use crate::text::short;
use url::Url;

/// Scopes of OpenID Connect that say who it is, and that let an account live on.
const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Where the browser comes back to, of a client that is registered on the way.
const REDIRECT_URIS: [&str; 3] = [
    "http://127.0.0.1:8917/callback",
    "http://127.0.0.1:8918/callback",
    "http://127.0.0.1:8919/callback",
];

/// Whether a word on the command line is an address and no app's name.
pub(super) fn is_address(word: &str) -> bool {
    word.contains("://")
}

/// The name of the app behind an address: that of the definition made for it before, or a new one
/// after asking the server.
///
/// # Errors
/// Nothing there says how it is authorized, or the definition cannot be written.
pub(super) async fn app_of(app: &App, http: &Client, word: &str) -> Result<String> {
    let address = parse(word)?;
    let name = name_of(&address)?;
    let path = app.context.folders.apps.join(format!("{name}.yaml"));
    if let Ok(text) = std::fs::read_to_string(&path) {
        if text.starts_with(&mark(&address)) {
            return Ok(name.to_string());
        }
        return Err(Error::new(Kind::Usage, format!("`{name}` is another app of yours"))
            .because(format!(
                "`{}` describes it, and was not made for this address",
                path.display()
            ))
            .hint(format!("run `tieline connect {name}`, or rename that file")));
    }
    let found = ask(http, &address).await.map_err(|error| unknown(&address, &error))?;
    save(&path, &found.definition(&address), true)
        .map_err(|error| Error::writing(&path, &error))?;
    let shown = app.terminal.paint(Style::Command, &path.display().to_string());
    app.terminal
        .sentence(format!("Wrote what {} says of itself to {shown}", found.title(&address)));
    Ok(name.to_string())
}

/// The definition of the app behind an address, as its server describes itself.
///
/// # Errors
/// Nothing there says how it is authorized.
pub(in crate::commands) async fn describe(http: &Client, word: &str) -> Result<String> {
    let address = parse(word)?;
    let found = ask(http, &address).await.map_err(|error| unknown(&address, &error))?;
    Ok(found.definition(&address))
}

fn parse(word: &str) -> Result<Url> {
    let url = Url::parse(word).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    let plain = url.filter(|url| url.username().is_empty() && url.password().is_none());
    let url = plain.filter(|url| url.host_str().is_some()).ok_or_else(|| {
        Error::new(Kind::Usage, "this is no address of an app")
            .hint("give the address of an issuer or of an API, such as https://api.example.com/mcp")
    })?;
    if url.scheme() == "http" && !is_loopback(&url) {
        let host = url.host_str().unwrap_or_default();
        return Err(Error::new(Kind::Usage, format!("`{host}` is asked over https only"))
            .because("anybody on the way could answer in its place")
            .hint(format!("run `tieline connect https://{host}{}`", url.path())));
    }
    Ok(url)
}

/// The host and, away from the root, the path: `api.example.com/mcp` is `api-example-com-mcp`.
fn name_of(address: &Url) -> Result<AppName> {
    let host = address.host_str().unwrap_or_default();
    let port = address.port().map(|port| format!("-{port}")).unwrap_or_default();
    let text = format!("{host}{port}{}", address.path()).to_ascii_lowercase();
    let map = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let mut name = String::new();
    for c in text.chars().map(map) {
        if c != '-' || !name.ends_with('-') {
            name.push(c);
        }
    }
    Ok(AppName::parse(name.trim_matches('-').get(..64).unwrap_or(name.trim_matches('-')))?)
}

/// What was found at an address.
struct Found {
    metadata: ServerMetadata,
    /// The API that the tokens are for, where it is not the issuer itself.
    resource: Option<ResourceMetadata>,
}

/// A protected resource names its authorization server (RFC 9728); anything else may be one itself.
async fn ask(http: &Client, address: &Url) -> std::result::Result<Found, FlowError> {
    let Some(resource) = discover_resource(http, address.as_str()).await? else {
        let metadata = discover(http, address.as_str()).await?;
        return Ok(Found { metadata, resource: None });
    };
    let own = address.origin().ascii_serialization();
    let issuer = resource.authorization_servers.first().unwrap_or(&own);
    let metadata = discover(http, issuer).await?;
    Ok(Found { metadata, resource: Some(resource) })
}

fn unknown(address: &Url, error: &FlowError) -> Error {
    let host = address.host_str().unwrap_or_default();
    let kind = if matches!(error, FlowError::Http(_)) { Kind::Network } else { Kind::Refused };
    let shown = Error::new(kind, format!("`{host}` does not say how it is authorized"));
    match error {
        FlowError::Http(error) => {
            error.hint().into_iter().fold(shown.because(error), |shown, hint| shown.hint(hint))
        }
        error => shown
            .because(error)
            .hint("write a definition: the README says how; or give the address of its issuer"),
    }
}

impl Found {
    fn title(&self, address: &Url) -> String {
        let named = self.resource.as_ref().and_then(|resource| resource.name.clone());
        named.unwrap_or_else(|| short(address.host_str().unwrap_or_default(), 80))
    }

    /// The definition. Every value from the server is written as quoted text, whatever it is.
    fn definition(&self, address: &Url) -> String {
        let origin = address.origin().ascii_serialization();
        let base = match &self.resource {
            Some(_) => &origin,
            None => &self.metadata.issuer,
        };
        let mut yaml = format!(
            "{}# Made from what the server says of itself, and yours to edit.\n\
             title: {}\nstatus: unverified\nbase_url: {}\naccounts: many\n\
             authorizations:\n  oauth2:\n    type: oauth2\n    issuer: {}\n",
            mark(address),
            quoted(&self.title(address)),
            quoted(base.trim_end_matches('/')),
            quoted(&self.metadata.issuer),
        );
        if let Some(resource) = &self.resource {
            yaml.push_str(&format!("    resource: {}\n", quoted(&resource.resource)));
        }
        if self.metadata.registration_endpoint.is_some() {
            // All are registered at once: some port of them will be free.
            yaml.push_str(&format!("    redirect_uri: [{}]\n", REDIRECT_URIS.join(", ")));
        }
        if self.offers_devices() {
            yaml.push_str("    grant: [authorization_code, device_code]\n");
        }
        let scopes: Vec<String> = self.scopes().iter().map(|scope| quoted(scope)).collect();
        if !scopes.is_empty() {
            yaml.push_str(&format!("    scopes: [{}]\n", scopes.join(", ")));
        }
        if scopes.iter().any(|scope| scope == "\"offline_access\"") {
            yaml.push_str(
                "    # Without it there is no refresh token (OpenID Connect Core section 11).\n    \
                 authorization_params: { prompt: consent }\n",
            );
        }
        if self.resource.is_some() || self.metadata.userinfo_endpoint.is_none() {
            yaml.push_str("    # No call says who is connected.\n    user_info_endpoint: null\n");
        }
        yaml
    }

    fn scopes(&self) -> Vec<String> {
        match &self.resource {
            Some(resource) => resource.scopes_supported.clone(),
            None => {
                let offered = &self.metadata.scopes_supported;
                let known = OPENID_SCOPES.iter().filter(|s| offered.iter().any(|o| o == *s));
                known.map(ToString::to_string).collect()
            }
        }
    }

    fn offers_devices(&self) -> bool {
        let grants = &self.metadata.grant_types_supported;
        self.metadata.device_authorization_endpoint.is_some()
            && grants.iter().any(|grant| grant == GrantType::DeviceCode.parameter())
    }
}

/// The first line of a definition that was made for an address.
fn mark(address: &Url) -> String {
    format!("# {address}\n")
}

/// A double-quoted YAML scalar; braces would make a template of it.
fn quoted(text: &str) -> String {
    let plain = short(text, 500).replace(['{', '}'], "");
    serde_json::Value::String(plain).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str) -> String {
        name_of(&Url::parse(address).unwrap()).unwrap().to_string()
    }

    #[test]
    fn an_address_has_a_name() {
        assert_eq!(name("https://issuer.example"), "issuer-example");
        assert_eq!(name("https://api.example.com/mcp"), "api-example-com-mcp");
        assert_eq!(name("http://127.0.0.1:8455/tenant//x/"), "127-0-0-1-8455-tenant-x");
    }

    #[test]
    fn a_person_is_asked_for_consent_where_that_makes_the_account_live_on() {
        let address = Url::parse("https://issuer.example").unwrap();
        let definition = |scopes: &[&str]| {
            let scopes_supported = scopes.iter().map(ToString::to_string).collect();
            let userinfo_endpoint = Some("https://issuer.example/me".to_owned());
            let metadata =
                ServerMetadata { scopes_supported, userinfo_endpoint, ..Default::default() };
            Found { metadata, resource: None }.definition(&address)
        };
        let consent = "authorization_params: { prompt: consent }";
        assert!(definition(&["openid", "offline_access"]).contains(consent));
        assert!(!definition(&["openid"]).contains("prompt"));
    }

    #[test]
    fn what_a_server_says_is_quoted_text_and_no_template() {
        assert_eq!(quoted("a\"\n{{client_secret}}"), "\"a\\\" client_secret\"");
    }
}
