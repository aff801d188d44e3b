//! Apps that are FTP servers: the login is the check, and says who is connected.

use super::explain::{Doing, headline};
use super::failure::FlowError;
use super::identity::Identity;
use super::session::Session;
use crate::definition::Definition;
use crate::definition::hosts::HostError;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind};
use crate::ftp::{Ftp, FtpError};
use crate::request::RequestError;
use crate::secret::Secret;
use crate::text::short;
use std::io::ErrorKind;
use url::Url;

/// Where an app's FTP server is.
///
/// # Errors
/// The definition's `base_url` cannot be filled in.
pub fn address(session: &Session<'_>) -> Result<Url, FlowError> {
    let text = session.base_url(&session.scope())?;
    let url = Url::parse(&text);
    Ok(url.map_err(|_| RequestError::Url(session.auth.base_url.source().to_owned()))?)
}

/// Logs in with what `request.basic` places.
///
/// # Errors
/// The server cannot be reached, or does not know the person.
pub async fn log_in<'a>(session: &Session<'a>, url: &'a Url) -> Result<Ftp<'a>, FlowError> {
    let scope = session.scope();
    let Some(basic) = &session.auth.request.basic else {
        return Err(FlowError::Signature("FTP knows a user name and a password only".to_owned()));
    };
    let username = basic.username.require(&scope)?;
    let password = Secret::from(basic.password.require(&scope)?);
    Ok(Ftp::log_in(url, &username, &password, &session.hosts, session.http).await?)
}

/// Who is connected: whoever the server let in, and where one is then.
///
/// # Errors
/// As [`log_in`].
pub(super) async fn identify(session: &Session<'_>) -> Result<Identity, FlowError> {
    let url = address(session)?;
    let mut ftp = log_in(session, &url).await?;
    let folder = ftp.working_directory().await?;
    session.http.note(format!("one is in {}", short(&folder, 200)));
    let name = Some(short(&ftp.login(), 80));
    ftp.quit().await;
    Ok(Identity { name, verified: true })
}

/// What failed, and what to do.
pub(super) fn explain(
    error: &FtpError,
    definition: &Definition,
    id: &AccountId,
    doing: Doing,
) -> Error {
    let listing = format!("look at what is there: `tieline call {id} LIST /`");
    let (kind, hint) = match error {
        FtpError::Sink(error) if error.kind() == ErrorKind::BrokenPipe => {
            return Error::silent(Kind::BrokenPipe);
        }
        FtpError::Sink(error) => return Error::io("it cannot be written", error),
        FtpError::Host(HostError::NotEncrypted(_)) | FtpError::WantsTls(_) => {
            (Kind::Definition, "write `ftps://` in the definition")
        }
        FtpError::Host(_) => (Kind::Definition, "connect again if the change is meant"),
        FtpError::LineBreak(_) => (Kind::Usage, "a name, a password and a path stand on one line"),
        FtpError::NotLoggedIn(_) if doing == Doing::Test => {
            (Kind::NotConnected, "connect again with the right user name and password")
        }
        FtpError::NotLoggedIn(_) => (Kind::Refused, "check user name and password"),
        FtpError::NotAvailable(_) if doing == Doing::Test => (Kind::Api, listing.as_str()),
        FtpError::NotAvailable(_) => (Kind::Api, "check the folder in the definition's `base_url`"),
        FtpError::Connection { .. } | FtpError::TimedOut(_) => {
            (Kind::Network, "check the address and the network")
        }
        FtpError::Tls { .. } => {
            (Kind::Network, "behind a company proxy, set SSL_CERT_FILE to its CA bundle")
        }
        FtpError::NotFtp => (Kind::Api, "check the address and its port"),
        FtpError::Refused(_) => (Kind::Api, "try again"),
    };
    Error::new(kind, headline(definition, id, doing)).because(error).hint(hint)
}
