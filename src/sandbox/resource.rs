//! Defines resource indicators (RFC 8707): for which resources a token is good.

use url::Url;

use super::error::OAuthError;
use super::form::Parameters;

/// Section 2: absolute URIs without a fragment.
pub(super) fn asked(parameters: &Parameters) -> Result<Vec<String>, OAuthError> {
    let resources: Vec<String> = parameters.all("resource").map(str::to_owned).collect();
    let good = |text: &String| Url::parse(text).is_ok_and(|url| url.fragment().is_none());
    if resources.iter().all(good) {
        return Ok(resources);
    }
    Err(OAuthError::new("invalid_target", "resource must be an absolute URI without a fragment"))
}

/// Section 2.2: a token request may ask for some of the resources of its grant, never for others.
pub(super) fn narrowed(granted: &[String], asked: &[String]) -> Result<Vec<String>, OAuthError> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    if asked.iter().all(|resource| granted.contains(resource)) {
        return Ok(asked.to_vec());
    }
    Err(OAuthError::new("invalid_target", "the grant is not for this resource"))
}

/// Whether a token for `audience` is good at `url`: one for no resource in particular is good
/// everywhere but where one is demanded, and one for a resource is good for what lies beneath it.
pub(super) fn covers(audience: &[String], url: &str) -> bool {
    audience.is_empty() || audience.iter().any(|resource| is_beneath(url, resource))
}

fn is_beneath(url: &str, resource: &str) -> bool {
    let rest = url.strip_prefix(resource.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_covers_what_lies_beneath_it() {
        let audience = ["https://api.example/mcp".to_owned()];
        assert!(covers(&audience, "https://api.example/mcp"));
        assert!(covers(&audience, "https://api.example/mcp/tools"));
        assert!(!covers(&audience, "https://api.example/mcp2"));
        assert!(!covers(&audience, "https://api.example/"));
        assert!(covers(&["https://api.example/".to_owned()], "https://api.example/api"));
        assert!(covers(&[], "https://api.example/api"));
    }

    #[test]
    fn a_fragment_or_a_relative_address_is_no_target() {
        for resource in ["resource=%2Fmcp", "resource=https%3A%2F%2Fa.example%2F%23x"] {
            let error = asked(&Parameters::parse(resource.as_bytes())).unwrap_err();
            assert_eq!(error.error, "invalid_target");
        }
    }
}
