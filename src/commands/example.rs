//! A path to try: what is printed as the next command has to work.

use crate::definition::{Authorization, Endpoint};
use http::Method;

/// The path of the user information, or of the resource that the tokens are for, where it is plain and
/// relative to the base URL; else the base URL itself.
pub(super) fn path(auth: &Authorization) -> String {
    if auth.is_ftp() {
        return "LIST".to_owned();
    }
    let asks = |endpoint: &&Endpoint| endpoint.method == Method::GET;
    let user_info = auth.user_info.as_ref().filter(asks).map(|endpoint| &endpoint.url);
    let url = user_info.or_else(|| auth.oauth2()?.resource.first()).map(|url| url.source());
    let path = url.and_then(|url| match url.contains("://") || url.starts_with("{{") {
        true => url.strip_prefix(auth.base_url.source().trim_end_matches('/')).map(str::to_owned),
        false => Some(format!("/{}", url.trim_start_matches('/'))),
    });
    path.filter(|path| path.starts_with('/') && !path.contains("{{"))
        .unwrap_or_else(|| "/".to_owned())
}
