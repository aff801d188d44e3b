//! `tieline accounts show`: one account, and with `--live` what the provider knows of its token.

use super::list::{as_json, expires};
use super::meant::Meant;
use super::{SCHEMA, attention};
use crate::accounts::{Accounts, Picked};
use crate::commands::{App, authorization_of, trace};
use crate::context::now;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::token::introspect;
use crate::http::Client;
use crate::refresh::Surroundings;
use crate::terminal::{Style, duration};
use crate::text::short;
use serde_json::{Map, Value};

/// How long the provider may take, in seconds.
const PATIENCE: u64 = 30;

pub(super) async fn show(app: &App, word: &str, json: bool, live: bool) -> Result<()> {
    let accounts = app.accounts();
    let (id, picked) = app.pick(&accounts, &AccountId::parse(word)?)?;
    let record = accounts
        .record(&id)?
        .ok_or_else(|| Error::new(Kind::NotConnected, format!("`{id}` is not connected")))?;
    let told = if live { Some(introspected(app, &accounts, &id).await?) } else { None };
    let meant = Meant::here(app);
    if json {
        let mut value = as_json(app, &meant, &id, &record);
        value["schema"] = SCHEMA.into();
        if let Some(told) = told {
            value["introspection"] = Value::Object(told);
        }
        return app.terminal.print_json(&value);
    }
    let account = &record.account;
    let mut out = Vec::new();
    let who = account.identity.as_deref().map(|who| format!(" as {who}")).unwrap_or_default();
    out.push(format!("{}{who}", app.terminal.paint_output(Style::Strong, &id.to_string())));
    let mut detail = |label: &str, value: String| {
        if !value.is_empty() {
            out.push(format!(
                "  {} {value}",
                app.terminal.paint_output(Style::Dim, &format!("{label:<9}"))
            ));
        }
    };
    let client = account.client_id.as_ref().map(|id| format!(", client {id}")).unwrap_or_default();
    detail("auth", format!("{}{client}", account.authorization));
    detail("scopes", account.scopes.join(", "));
    detail("expires", expires(account));
    detail(
        "store",
        match record.store.as_str() {
            "keyring" => format!("keyring, service `tieline`, user `{id}`"),
            _ => "sealed file".to_owned(),
        },
    );
    for (name, value) in &account.fields {
        detail("field", format!("{name}: {value}"));
    }
    for (name, value) in &account.extras {
        detail("extra", format!("{name}: {}", short(value, 200)));
    }
    detail("hosts", account.hosts.join(", "));
    if !account.verified {
        detail(
            "identity",
            "from the fields: the app has no call that says who is connected".to_owned(),
        );
    }
    for warning in attention::warnings(app, &id, &record) {
        detail("warning", format!("{warning}: run `{}`", warning.remedy(&id)));
    }
    for (label, text) in told.iter().flat_map(in_words) {
        detail(label, text);
    }
    if picked != Picked::Named {
        detail("picked", format!("because it is {}", picked.reason()));
    }
    // Otherwise that has just been said.
    if picked == Picked::Named || picked == Picked::Environment {
        detail("directory", meant.in_words(&id).unwrap_or_default());
    }
    app.terminal.print(&format!("{}\n", out.join("\n")))
}

/// Asks the provider (RFC 7662). A token that is over is renewed first: what is asked about is the
/// one that the next call would carry.
async fn introspected(
    app: &App,
    accounts: &Accounts<'_>,
    id: &AccountId,
) -> Result<Map<String, Value>> {
    let http = app.http(PATIENCE);
    let told = ask(app, accounts, id, &http).await;
    trace::print(&app.terminal, &http);
    told
}

async fn ask(
    app: &App,
    accounts: &Accounts<'_>,
    id: &AccountId,
    http: &Client,
) -> Result<Map<String, Value>> {
    let opened = accounts.open(id).await?;
    let definition = app.definition_of(&opened)?;
    let auth = authorization_of(&definition, &opened)?;
    let endpoint = auth.oauth2().and_then(|oauth2| Some((oauth2, oauth2.introspection.as_ref()?)));
    let Some((oauth2, endpoint)) = endpoint else {
        let message = format!("{} has no introspection to ask", definition.title);
        return Err(Error::new(Kind::Usage, message)
            .because("the definition names no `introspection_endpoint` (RFC 7662)")
            .hint(format!("run `tieline test {id}` to know whether it works")));
    };
    let around =
        Surroundings { accounts, context: &app.context, http, definition: &definition, auth };
    let (opened, _) = around.fresh(opened, false).await?;
    let mut session = around.session(&opened, true).await?;
    let told = introspect(&mut session, oauth2, endpoint).await;
    let told = told.map_err(|error| explain(error, &definition, id, Doing::Test))?;
    match told {
        Value::Object(told) if told.get("active").is_some_and(Value::is_boolean) => Ok(told),
        _ => Err(Error::new(Kind::Refused, format!("{} did not say", definition.title))
            .because("its answer has no `active`, which RFC 7662 section 2.2 demands")
            .hint("look at the answer with `-vv`")),
    }
}

/// The members of RFC 7662 section 2.2, RFC 9449 section 6.2 and RFC 8705 section 3.2 that tell people
/// something.
fn in_words(told: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(|text| short(text, 120));
    let active = told.get("active") == Some(&Value::Bool(true));
    let mut words = vec![("live", if active { "active" } else { "not active" }.to_owned())];
    let expires = told.get("exp").and_then(Value::as_i64).map(|at| at - now());
    words.extend(expires.map(|left| {
        ("", if left > 0 { format!("for {}", duration(left)) } else { "over".to_owned() })
    }));
    let members = ["scope", "client_id", "username", "sub", "aud", "iss", "token_type"];
    words.extend(
        members.iter().filter_map(|name| text(name).map(|value| ("", format!("{name}: {value}")))),
    );
    let bound = |member: &str| told.get("cnf").is_some_and(|cnf| cnf[member].is_string());
    if bound("jkt") {
        words.push(("", "bound to a key of this account".to_owned()));
    }
    if bound("x5t#S256") {
        words.push(("", "bound to a certificate of this account".to_owned()));
    }
    words
}
