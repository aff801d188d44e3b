//! `lint --online`: definitions held against what their issuers say of themselves.

use crate::commands::App;
use crate::definition::Parsed;
use crate::definition::finding::Finding;
use crate::error::{Error, Kind, Result};
use crate::flow::FlowError;
use crate::flow::compare::compare;
use crate::flow::discovery::discover;
use crate::http::Client;

/// How long an issuer may take, in seconds.
const TIMEOUT: u64 = 30;

/// Adds what differs between definitions and their issuers' metadata; says where there is nothing to
/// compare. Of several definitions all are looked at, whatever issuer does not answer.
///
/// # Errors
/// An issuer does not answer. What was found stays.
pub(super) async fn differences(
    app: &App,
    targets: &[String],
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let http = app.http(TIMEOUT);
    let (mut without, mut failed) = (0, None);
    for target in targets {
        // Why it cannot be read has been told already.
        let Ok((name, parsed)) = app.catalog.parse(target) else { continue };
        match compare_all(&http, &parsed, findings).await {
            Ok(0) => {
                without += 1;
                if targets.len() == 1 || app.terminal.verbosity > 0 {
                    let why = "writes out no issuer, so nothing was compared";
                    app.terminal.say(format!("{name} {why}"));
                }
            }
            Ok(_) => {}
            Err(error) if targets.len() == 1 => return Err(error),
            Err(error) => {
                app.terminal.report(&error);
                failed = failed.or(Some(error.kind));
            }
        }
    }
    if without > 0 && targets.len() > 1 {
        let all = targets.len();
        app.terminal.say(format!("{without} of {all} definitions were not compared: no issuer"));
    }
    failed.map_or(Ok(()), |kind| Err(Error::silent(kind)))
}

/// How many authorizations there was an issuer for.
async fn compare_all(http: &Client, parsed: &Parsed, findings: &mut Vec<Finding>) -> Result<usize> {
    let mut compared = 0;
    let (Some(definition), Some(tree)) = (&parsed.definition, &parsed.tree) else { return Ok(0) };
    for auth in &definition.authorizations {
        let issuer = auth.oauth2().and_then(|oauth2| oauth2.issuer.as_ref());
        // An issuer with a field in it is another one for each account.
        let Some(issuer) = issuer.filter(|issuer| issuer.is_literal()) else { continue };
        let written = tree.member("authorizations").and_then(|all| all.member(&auth.name));
        let Some(written) = written else { continue };
        let metadata =
            discover(http, issuer.source()).await.map_err(|e| unknown(issuer.source(), e))?;
        findings.extend(compare(auth, written, &metadata));
        compared += 1;
    }
    Ok(compared)
}

fn unknown(issuer: &str, error: FlowError) -> Error {
    let (kind, hint) = match &error {
        FlowError::Http(error) => (Kind::Network, error.hint()),
        _ => (Kind::Refused, None),
    };
    let mut shown =
        Error::new(kind, format!("`{issuer}` does not say what it offers")).because(error);
    shown.hints.extend(hint);
    shown
}
