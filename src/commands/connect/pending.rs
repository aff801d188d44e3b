//! `connect --start` and `connect --finish`: the browser's part in between, whenever and wherever.

use super::client::find_client;
use super::grant::check_redirects;
use super::outcome::say_connected;
use super::prepared::{Prepared, Terms};
use super::session::session;
use super::{Arguments, Ground, check_store, definition, definition_path, keep, prepare};
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::commands::{App, authorization, trace};
use crate::context::now;
use crate::credential::Client as OAuthClient;
use crate::definition::hosts::Hosts;
use crate::definition::names::{AccountId, AppName};
use crate::definition::{Authorization, Definition, GrantType, OAuth2, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::fields::{Collected, parse_given};
use crate::flow::{Chooser, Dpop, Grant, pending};
use crate::oauth2::{check_state, parse_pasted};
use crate::pending::{About, LIFETIME, Pending};
use crate::secret::Secret;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::Read;
use zeroize::Zeroizing;

/// The longest address that is read from standard input, in bytes.
const MAX_ADDRESS: u64 = 16 * 1024;

/// Prints the authorization URL, and keeps what the second half needs.
pub(super) async fn start(arguments: &Arguments, ground: Ground<'_>) -> Result<()> {
    let Ground { app, accounts, id, auth, .. } = ground;
    check_redirects(oauth2_of(auth, id)?, auth, &id.to_string())?;
    check_store(ground).await?;
    let mut prepared = prepare(&arguments.options, ground, None).await?;
    // Its endpoints may have come from the issuer just now.
    let oauth2 = oauth2_of(prepared.session.auth, id)?;
    let url = prepared.begin(app, oauth2).await?;
    let kept = kept(&prepared, definition_path(arguments.word())?);
    let _lock = accounts.lock_pending(id).await?;
    accounts.keep_pending(id, &kept, app.stores.choice).await?;
    app.terminal.print(&format!("{url}\n"))?;
    let minutes = LIFETIME / 60;
    app.terminal.say(format!(
        "Open this in any browser. It may end on a page that cannot be reached: copy the\n\
         address of that page, and within {minutes} minutes paste it into the next command."
    ));
    let next = format!("tieline connect {id} --finish -");
    app.terminal.command("next", &next);
    Ok(())
}

fn oauth2_of<'d>(auth: &'d Authorization, id: &AccountId) -> Result<&'d OAuth2> {
    auth.oauth2().ok_or_else(|| {
        let message = match &auth.way {
            Way::OAuth1(_) => format!("connecting `{id}` by OAuth 1.0a cannot be finished later"),
            _ => format!("`{}` needs no browser for `{id}`", auth.name),
        };
        Error::new(Kind::Usage, message)
            .hint(format!("run `tieline connect {id}` without `--start`"))
    })
}

fn kept(prepared: &Prepared<'_>, path: Option<String>) -> Pending {
    let session = &prepared.session;
    let grant = &session.grant;
    let given = prepared.given.iter();
    Pending {
        about: About {
            definition: path,
            authorization: session.auth.name.clone(),
            client_id: session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default(),
            redirect_uri: grant.redirect_uri.clone(),
            scopes: prepared.terms.scopes.clone(),
            scope: grant.scope.clone(),
            fields: session.fields.clone(),
            hosts: session.hosts.patterns().to_vec(),
            insecure_hosts: session.hosts.insecure().to_vec(),
            server_metadata: session.auth.oauth2().and_then(|oauth2| oauth2.metadata.clone()),
            started_at: now(),
        },
        nonce: grant.nonce.clone(),
        dpop_key: session.credential.dpop_key.clone(),
        state: grant.state.clone().unwrap_or_else(|| Secret::from("")),
        code_verifier: grant.code_verifier.clone(),
        fields: session.credential.fields.clone(),
        given: given.map(|(name, value)| (name.clone(), Secret::from(value.as_str()))).collect(),
    }
}

/// Takes the address that the browser ended on, and connects exactly as an uninterrupted connect
/// does.
pub(super) async fn finish(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    address: &str,
) -> Result<()> {
    let id = which(arguments, app, accounts)?;
    let _lock = accounts.lock_pending(&id).await?;
    let pending = accounts.pending(&id).await?;
    let params = read_address(app, address)?;
    check_state(&params, &pending.state).map_err(|reason| {
        Error::new(Kind::Usage, format!("this address does not finish connecting `{id}`"))
            .because(reason)
            .hint("give the whole address that the browser ended on after the last `--start`")
    })?;
    let definition = match &pending.about.definition {
        Some(path) => app.catalog.load(path)?,
        None => app.catalog.load(id.app.as_str())?,
    };
    let definition = match &pending.about.server_metadata {
        Some(metadata) => definition.completed(&pending.about.authorization, metadata),
        None => definition,
    };
    let http = app.http(arguments.options.request_seconds());
    let ground = Ground {
        app,
        accounts,
        definition: &definition,
        auth: authorization(&definition, Some(&pending.about.authorization))?,
        id: &id,
        http: &http,
        again: true,
        keeps: true,
        completed: &OnceCell::new(),
    };
    let result = complete(arguments, ground, pending, &params).await;
    // The code is used up, or refused. Only where nobody answered may it still be good.
    if !result.as_ref().is_err_and(|error| error.kind == Kind::Network) {
        accounts.forget_pending(&id).await?;
    }
    trace::print(&app.terminal, &http);
    result
}

/// Which account: named, or the only one that was started.
fn which(arguments: &Arguments, app: &App, accounts: &Accounts<'_>) -> Result<AccountId> {
    let word = arguments.word();
    let (of_app, in_word) = match Catalog::is_path(word) {
        true => (definition(app, word)?.app, None),
        false => {
            let (of_app, name) = word.split_once('/').map_or((word, None), |(a, n)| (a, Some(n)));
            (AppName::parse(of_app)?, name)
        }
    };
    if let Some(name) = arguments.account.as_deref().or(in_word) {
        return Ok(AccountId::new(of_app, Some(name))?);
    }
    let started = accounts.pending_of(&of_app);
    match started.as_slice() {
        [only] => Ok(only.clone()),
        [] => Ok(AccountId { app: of_app, name: None }),
        several => {
            let list: Vec<String> = several.iter().map(|id| format!("`{id}`")).collect();
            Err(Error::new(Kind::Usage, format!("several were started: {}", list.join(", ")))
                .hint(format!("name one, such as `tieline connect {} --finish -`", several[0])))
        }
    }
}

fn read_address(app: &App, address: &str) -> Result<Vec<(String, String)>> {
    let mut text = Zeroizing::new(address.to_owned());
    if address == "-" {
        text.clear();
        let input = std::io::stdin().lock();
        if app.terminal.terminals.input {
            app.terminal.say("Paste the address that the browser ended on:");
            std::io::BufRead::read_line(&mut input.take(MAX_ADDRESS), &mut text)
        } else {
            input.take(MAX_ADDRESS).read_to_string(&mut text)
        }
        .map_err(|error| Error::io("the address cannot be read", &error))?;
        if app.terminal.terminals.input {
            app.terminal.erase_pasted("", text.trim_end());
        }
    }
    parse_pasted(&text).ok_or_else(|| {
        Error::new(Kind::Usage, "this is not the address that the browser ended on")
            .because("it has no `state`")
            .hint("copy the whole address from the browser's address bar")
    })
}

async fn complete(
    arguments: &Arguments,
    ground: Ground<'_>,
    pending: Pending,
    params: &[(String, String)],
) -> Result<()> {
    let Ground { app, definition, auth, id, .. } = ground;
    let path = pending.about.definition.clone();
    let mut prepared = resume(arguments, ground, pending).await?;
    let chooser =
        Chooser { terminal: &app.terminal, given: &prepared.given, kept: &prepared.kept_extras };
    let oauth2 = oauth2_of(auth, id)?;
    let obtained = pending::complete(&mut prepared.session, oauth2, id, params, &chooser).await?;
    let account = keep(arguments, ground, &prepared, obtained, path).await?;
    say_connected(app, definition, id, &account);
    Ok(())
}

/// The session as it was when the first half ended.
async fn resume<'a>(
    arguments: &Arguments,
    ground: Ground<'a>,
    pending: Pending,
) -> Result<Prepared<'a>> {
    let Ground { app, accounts, definition, auth, id, http, .. } = ground;
    let Pending { about, state, code_verifier, nonce, dpop_key, fields, given } = pending;
    let (client, new_client) = client_of(ground, &about.client_id).await?;
    let collected = Collected { plain: about.fields, secret: fields, typed: Vec::new() };
    let mut session = session(&app.terminal, definition, auth, Some(client), collected, http)?;
    // Whatever the definition says by now: nothing goes where it could not have gone then.
    session.hosts = Hosts::new(about.hosts);
    about.insecure_hosts.into_iter().for_each(|host| session.hosts.add_insecure(host));
    session.grant = Grant {
        state: Some(state),
        code_verifier,
        redirect_uri: about.redirect_uri,
        scope: about.scope,
        nonce,
        ..Grant::default()
    };
    let dpop = dpop_key.as_ref().map(Dpop::read).transpose();
    session.dpop = dpop.map_err(|error| explain(error, definition, id, Doing::Connect))?;
    session.credential.dpop_key = dpop_key;
    session.learn_secrets();
    let before = accounts.record(id)?.map(|record| record.account.extras);
    let mut all: BTreeMap<String, Secret> = given;
    all.extend(parse_given(&arguments.options.fields).await?);
    let given = all.iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
    let terms = Terms::new(&arguments.options, about.scopes, GrantType::AuthorizationCode);
    let mut prepared = Prepared::new(session, id, terms);
    prepared.given = given.collect();
    prepared.kept_extras = before.unwrap_or_default();
    prepared.new_client = new_client;
    Ok(prepared)
}

/// The client that asked, wherever it is now; and whether it came from the environment.
async fn client_of(ground: Ground<'_>, wanted: &str) -> Result<(OAuthClient, bool)> {
    let Ground { app, accounts, definition, auth, id, .. } = ground;
    if let Ok(Some((client, new))) = find_client(app, accounts, definition, auth, id).await
        && client.id == wanted
    {
        return Ok((client, new));
    }
    if let Some(kept) = accounts.client(definition, Some(wanted)).await? {
        return Ok((kept, false));
    }
    if is_of_definition(definition, wanted) {
        return Ok((OAuthClient::public(wanted), false));
    }
    let variable = crate::context::variable(id, "client_id");
    Err(Error::new(Kind::Usage, format!("the client that started connecting `{id}` is gone"))
        .because(format!("it was `{}`", crate::text::short(wanted, 60)))
        .hint(format!("if it came from the environment, set {variable} again"))
        .hint(format!("or begin again with `tieline connect {id} --start`")))
}

fn is_of_definition(definition: &Definition, wanted: &str) -> bool {
    definition.client_id.as_deref() == Some(wanted)
}
