//! `tieline sandbox --app`: plays the app of any definition, and tells of every request what is wrong with it.

use super::cannot_listen;
use crate::commands::connect::definition;
use crate::commands::{App, authorization};
use crate::context::variable;
use crate::definition::names::AccountId;
use crate::error::{Error, Result};
use crate::stand_in::{self, Inputs, Seen, StandIn};
use crate::terminal::Style;
use std::io::Write;
use tempfile::NamedTempFile;
use tokio::sync::mpsc::unbounded_channel;

/// Opens addresses through the proxy, as the person's own browser does not.
const BROWSER: &str = "curl --silent --insecure --location --output /dev/null %s";

/// Serves until the process ends.
pub(super) async fn run(app: &App, word: &str, auth: Option<&str>, port: u16) -> Result<()> {
    let definition = definition(app, word)?;
    let auth = authorization(&definition, auth)?.name.clone();
    let at = definition.authorizations.iter().position(|known| known.name == auth);
    let (title, id) = (definition.title.clone(), definition.app.clone());
    let (sender, mut seen) = unbounded_channel();
    let note = move |one| drop(sender.send(one));
    let started = stand_in::start(definition, at.unwrap_or_default(), port, note).await;
    let stand_in = started.map_err(|error| cannot_listen(port, &error))?;
    // It is gone when this ends, and with it the trust in it.
    let certificate = write_certificate(&stand_in)?;
    let path = certificate.path().display().to_string();
    let account = AccountId { app: id, name: None };
    let browser = [("BROWSER".to_owned(), BROWSER.to_owned())];
    let variables = [&browser[..], &variables(&stand_in, &path, &account)].concat();
    app.terminal.print(&exports(&variables))?;
    app.terminal.say(format!("A stand-in for {title} ({auth}), made from its definition alone."));
    app.terminal.say("Set what is printed above, in a shell of its own. Ctrl-C ends it.");
    let next = format!("tieline connect {word} --auth {auth}");
    app.terminal.command("next", &next);
    app.terminal.say("");
    let telling = async {
        while let Some(one) = seen.recv().await {
            tell(app, &one);
        }
    };
    tokio::join!(stand_in.run(), telling);
    Ok(())
}

fn write_certificate(stand_in: &StandIn) -> Result<NamedTempFile> {
    let write = || {
        let mut file = tempfile::Builder::new().prefix("tieline-").suffix(".pem").tempfile()?;
        file.write_all(stand_in.certificate().as_bytes())?;
        Ok(file)
    };
    write().map_err(|error: std::io::Error| {
        Error::io("the certificate to trust cannot be written", &error)
    })
}

/// The variables that lead to a stand-in, and what it takes for good. Of those that name a proxy and whom
/// TLS trusts they are the first that count, so that nothing else that is set leads elsewhere.
pub(in crate::commands) fn variables(
    stand_in: &StandIn,
    certificate: &str,
    account: &AccountId,
) -> Vec<(String, String)> {
    let Inputs { fields, client_fields, client_id, client_secret } = stand_in.inputs();
    let mut variables = vec![
        ("https_proxy".to_owned(), format!("http://{}", stand_in.address())),
        ("no_proxy".to_owned(), "localhost,127.0.0.1,::1".to_owned()),
        ("CURL_CA_BUNDLE".to_owned(), certificate.to_owned()),
    ];
    let client = [("client_id", client_id), ("client_secret", client_secret)];
    let client = client.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let inputs = client.chain(client_fields).chain(fields);
    variables.extend(inputs.map(|(name, value)| (variable(account, &name), value)));
    variables
}

/// For a shell to read.
fn exports(variables: &[(String, String)]) -> String {
    let line = |(name, value): &(String, String)| format!("export {name}={}\n", quoted(value));
    variables.iter().map(line).collect()
}

/// For a POSIX shell: nothing in single quotes means anything but themselves.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\\''"))
}

fn tell(app: &App, seen: &Seen) {
    let parts = seen.parts.join(", ");
    if seen.differences.is_empty() {
        app.terminal.done(format!("{} ({parts})", seen.request));
        if let Some(pin) = &seen.pin {
            app.terminal.say(format!("  the browser shows the PIN {pin}"));
        }
        return;
    }
    let word = app.terminal.paint(Style::Bad, "refused");
    app.terminal.say(format!("{word} {} ({parts})", seen.request));
    for difference in &seen.differences {
        app.terminal.say(format!("  {difference}"));
    }
}
