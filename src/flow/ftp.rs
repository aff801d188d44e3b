//! Apps that are FTP servers: the login is the check, and says who is connected.

use super::failure::FlowError;
use super::identity::Identity;
use super::session::Session;
use crate::ftp::Ftp;
use crate::request::RequestError;
use crate::secret::Secret;
use crate::text::short;
use std::time::Duration;
use url::Url;

/// How long the server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Logs in with what `request.basic` places.
///
/// # Errors
/// The server cannot be reached, or does not know the person.
pub async fn log_in(session: &Session<'_>) -> Result<(Ftp, Url, String), FlowError> {
    let scope = session.scope();
    let text = session.base_url(&scope)?;
    let url = Url::parse(&text);
    let url = url.map_err(|_| RequestError::Url(session.auth.base_url.source().to_owned()))?;
    let Some(basic) = &session.auth.request.basic else {
        return Err(FlowError::Signature("FTP knows a user name and a password only".to_owned()));
    };
    let username = basic.username.require(&scope)?;
    let password = Secret::from(basic.password.require(&scope)?);
    let ftp = Ftp::log_in(&url, &username, &password, &session.hosts, PATIENCE).await?;
    session.http.note(format!("logged in at {}", url.host_str().unwrap_or_default()));
    Ok((ftp, url, username))
}

/// Who is connected: whoever the server let in, and where one is then.
///
/// # Errors
/// As [`log_in`].
pub(super) async fn identify(session: &Session<'_>) -> Result<Identity, FlowError> {
    let (mut ftp, url, username) = log_in(session).await?;
    let folder = ftp.working_directory().await?;
    ftp.quit().await;
    session.http.note(format!("one is in {}", short(&folder, 200)));
    let name = format!("{username}@{}", url.host_str().unwrap_or_default());
    Ok(Identity { name: Some(short(&name, 80)), verified: true })
}
