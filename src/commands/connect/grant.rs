//! Which grant of OAuth 2.0 is used: what the flags ask for, or what fits the terminal at hand.

use super::options::Options;
use crate::commands::App;
use crate::definition::{Authorization, GrantType, OAuth2};
use crate::error::{Error, Kind, Result};

/// Refuses `--device` before anything is asked, where it is sure that it cannot be.
pub(super) fn check_device(options: &Options, auth: &Authorization) -> Result<()> {
    let may = |oauth2: &OAuth2| {
        !oauth2.runs_again() && (offers_devices(oauth2) || oauth2.issuer.is_some())
    };
    match options.device && !auth.oauth2().is_some_and(may) {
        true => Err(no_grant_for_devices(auth)),
        false => Ok(()),
    }
}

/// The first grant that fits: over SSH nobody has a browser here.
pub(super) fn choose_grant(
    app: &App,
    options: &Options,
    auth: &Authorization,
) -> Result<GrantType> {
    let Some(oauth2) = auth.oauth2() else { return Ok(GrantType::AuthorizationCode) };
    let first = oauth2.grants.first().copied().unwrap_or(GrantType::AuthorizationCode);
    if options.device {
        let offers = offers_devices(oauth2);
        return offers.then_some(GrantType::DeviceCode).ok_or_else(|| no_grant_for_devices(auth));
    }
    let far = || app.context.surroundings().ssh.is_some();
    match oauth2.grants.contains(&GrantType::DeviceCode)
        && first == GrantType::AuthorizationCode
        && far()
    {
        true => Ok(GrantType::DeviceCode),
        false => Ok(first),
    }
}

/// Whether the browser comes back from it, so that its part can be done later.
pub(super) fn check_redirects(oauth2: &OAuth2, auth: &Authorization, id: &str) -> Result<()> {
    if oauth2.grants.contains(&GrantType::AuthorizationCode) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Usage,
        format!("`{}` has no redirect that could be waited for", auth.name),
    )
    .hint(format!("run `tieline connect {id} --auth {}` without `--start`", auth.name)))
}

fn offers_devices(oauth2: &OAuth2) -> bool {
    oauth2.grants.contains(&GrantType::DeviceCode) || oauth2.device_authorization.is_some()
}

fn no_grant_for_devices(auth: &Authorization) -> Error {
    let message = format!("`{}` has no grant for other devices", auth.name);
    let error = Error::new(Kind::Usage, message);
    match auth.redirection() {
        Some(_) => {
            error.hint("leave `--device` out; the address can be opened, or pasted, anywhere")
        }
        None => error.hint("leave `--device` out: no browser is needed"),
    }
}
