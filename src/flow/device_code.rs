//! The device authorization grant (RFC 8628): a code is typed on another device, and we ask until
//! somebody has agreed there.

use super::authorization_code::Asking;
use super::explain::{Doing, explain};
use super::failure::FlowError;
use super::session::Session;
use super::token::{Says, obtain_token, send, target_parameters};
use super::token_set::TokenSet;
use crate::answer::Answer;
use crate::definition::names::AccountId;
use crate::definition::{Endpoint, GrantType, OAuth2};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::template::Scope;
use crate::terminal::Style;
use crate::text::short;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use url::Url;

/// Between two questions where the answer does not say (section 3.2), in seconds.
const INTERVAL: u64 = 5;
/// What `slow_down` adds (section 3.5), in seconds.
const SLOWER: u64 = 5;
/// The longest that any provider asks us to wait between two questions, in seconds.
const MAX_INTERVAL: u64 = 120;

/// What a device authorization answer says (section 3.2).
struct Device {
    user_code: String,
    verification_uri: Url,
    complete: Option<Url>,
    expires_in: Duration,
    interval: u64,
}

/// Gets tokens by the device grant.
///
/// # Errors
/// The person refused or did not come, or the provider failed.
pub(super) async fn authorize_device(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
) -> Result<TokenSet> {
    session.grant.grant_type = Some(GrantType::DeviceCode.parameter());
    let device = request_code(session, oauth2).await;
    let device = device.map_err(|error| explain(error, session.definition, id, Doing::Connect))?;
    tell(session, asking, &device);
    let token = poll(session, oauth2, &device, id, asking).await;
    asking.terminal.waited();
    token
}

async fn request_code(session: &mut Session<'_>, oauth2: &OAuth2) -> Result<Device, FlowError> {
    let Some(endpoint) = &oauth2.device_authorization else {
        return Err(FlowError::NoEndpoint("device_authorization_endpoint"));
    };
    let message = |session: &Session<'_>| {
        let scope = session.grant.scope.iter().map(|scope| ("scope".to_owned(), scope.clone()));
        scope.chain(target_parameters(session, oauth2)).collect()
    };
    let purpose = "device authorization";
    let (_, answer, scope) =
        send(session, oauth2, endpoint, Says::AsClient, message, purpose).await?;
    let value = |name: &str| read(endpoint, &answer, &scope, name);
    let missing = |name: &str| FlowError::Incomplete {
        request: "the device authorization".to_owned(),
        missing: name.to_owned(),
        html: answer.is_html(),
    };
    let code = value("device_code")?.ok_or_else(|| missing("device_code"))?;
    session.grant.device_code = Some(Secret::from(code));
    session.learn_secrets();
    // Google's first version of it had another name for the address.
    let uri = match value("verification_uri")? {
        Some(uri) => Some(uri),
        None => value("verification_url")?,
    };
    let seconds = |text: Option<String>| text.and_then(|text| text.trim().parse::<u64>().ok());
    Ok(Device {
        user_code: short(&value("user_code")?.ok_or_else(|| missing("user_code"))?, 40),
        verification_uri: uri
            .and_then(|uri| web(&uri))
            .ok_or_else(|| missing("verification_uri"))?,
        complete: value("verification_uri_complete")?.and_then(|uri| web(&uri)),
        expires_in: Duration::from_secs(seconds(value("expires_in")?).unwrap_or(600).min(86_400)),
        interval: seconds(value("interval")?).unwrap_or(INTERVAL).clamp(1, MAX_INTERVAL),
    })
}

/// Only a web page is shown and opened.
fn web(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))
}

fn read(
    endpoint: &Endpoint,
    answer: &Answer,
    scope: &Scope,
    name: &str,
) -> Result<Option<String>, FlowError> {
    let own = endpoint.response.values.iter().find(|(known, _)| known == name);
    Ok(match own {
        Some((_, Some(template))) => template.render(scope)?,
        Some((_, None)) => None,
        None => match answer.value.get(name) {
            Some(serde_json::Value::String(text)) => Some(text.clone()),
            Some(serde_json::Value::Number(number)) => Some(number.to_string()),
            _ => None,
        },
    })
}

/// The code stands behind the picture: a terminal of 24 rows would not show what comes before it.
fn tell(session: &Session<'_>, asking: &Asking<'_>, device: &Device) {
    let terminal = asking.terminal;
    let target = device.complete.as_ref().unwrap_or(&device.verification_uri);
    if terminal.terminals.error
        && let Some(lines) = crate::terminal::qr_code(target.as_str())
    {
        lines.iter().for_each(|line| terminal.say(format!("  {line}")));
        terminal.say("");
    }
    terminal.say(format!(
        "  Open this on any device, and enter the code {}:",
        terminal.paint(Style::Strong, &device.user_code)
    ));
    terminal.say("");
    terminal.say(terminal.link(device.verification_uri.as_str()));
    terminal.say("");
    if asking.clipboard {
        terminal.copy("The code", &device.user_code);
    }
    if !asking.scopes.is_empty() {
        terminal.detail("Asks for", asking.scopes.join(", "));
        terminal.say("");
    }
    session.http.note(format!("asking every {} s", device.interval));
    if asking.open {
        super::waiting::open_page(asking, target.as_str());
    }
}

/// Asks until there is an answer (section 3.5).
async fn poll(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    device: &Device,
    id: &AccountId,
    asking: &Asking<'_>,
) -> Result<TokenSet> {
    let mut interval = device.interval;
    let end = Instant::now() + device.expires_in.min(asking.timeout);
    loop {
        wait(session, asking, end, interval).await;
        if Instant::now() >= end {
            return Err(Error::new(Kind::Network, format!("`{id}` was not connected"))
                .because(format!("nobody agreed at {} in time", session.definition.title))
                .hint(format!("nothing was stored; run `tieline connect {id}` to try again")));
        }
        match obtain_token(session, oauth2, GrantType::DeviceCode).await {
            Ok(token) => return Ok(token),
            Err(FlowError::Provider(error)) if error.code == "authorization_pending" => {}
            Err(FlowError::Provider(error)) if error.code == "slow_down" => {
                interval = (interval + SLOWER).min(MAX_INTERVAL);
                session.http.note(format!("asked to slow down: every {interval} s from now on"));
            }
            // Section 3.5: after a time-out, less often.
            Err(FlowError::Http(error)) if error.is_timeout() => {
                interval = (interval * 2).min(MAX_INTERVAL);
            }
            Err(error) => return Err(explain(error, session.definition, id, Doing::Connect)),
        }
    }
}

/// Waits for the next question, counting down.
async fn wait(session: &Session<'_>, asking: &Asking<'_>, end: Instant, interval: u64) {
    let next = (Instant::now() + Duration::from_secs(interval)).min(end);
    while Instant::now() < next {
        let left = end.saturating_duration_since(Instant::now()).as_secs();
        let title = &session.definition.title;
        asking.terminal.waiting(&format!(
            "Waiting for {title}, {}:{:02} left. Ctrl-C stops.",
            left / 60,
            left % 60
        ));
        let pause = next.saturating_duration_since(Instant::now());
        sleep(pause.min(Duration::from_secs(1))).await;
    }
}
