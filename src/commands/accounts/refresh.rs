//! `tieline accounts refresh`: a new credential, and everything that was looked up once more.

use super::super::{App, authorization_of, trace};
use crate::accounts::Opened;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::flow::Chooser;
use crate::flow::explain::{Doing, explain};
use crate::flow::identity::{identify, look_up};
use crate::refresh::Surroundings;
use std::collections::BTreeMap;

/// Renews the credential, and asks again who it is and what the lookups give.
pub(super) async fn refresh(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let (definition, opened, _) = app.open(&accounts, &AccountId::parse(word)?).await?;
    let auth = authorization_of(&definition, &opened)?;
    let http = app.http(30);
    let around = Surroundings {
        accounts: &accounts,
        context: &app.context,
        http: &http,
        definition: &definition,
        auth,
    };
    let result = refresh_now(app, around, opened).await;
    trace::print(&app.terminal, &http);
    let id = result?;
    app.terminal.done(format!("Refreshed {id}"));
    Ok(())
}

async fn refresh_now(app: &App, around: Surroundings<'_>, opened: Opened) -> Result<AccountId> {
    // Whatever is known of its lifetime: this is what was asked for.
    let force = opened.account.renewable;
    let (opened, _) = around.fresh(opened, force).await?;
    let id = opened.id.clone();
    let _lock = around.accounts.lock(&id).await?;
    let mut opened = around.accounts.open(&id).await?;
    let mut session = around.session(&opened, false).await?;
    let kept = opened.account.extras.clone();
    let none = BTreeMap::new();
    let chooser = Chooser { terminal: &app.terminal, given: &none, kept: &kept };
    let test = |error| explain(error, around.definition, &id, Doing::Test);
    look_up(&mut session, &chooser).await.map_err(test)?;
    let identity = identify(&mut session, &chooser).await.map_err(test)?;
    let (extras, credential) = (session.extras, session.credential);
    opened.account.extras = extras;
    // Where there is nobody to ask, what fields or an ID token told goes on to hold.
    if identity.verified {
        opened.account.identity = identity.name;
        opened.account.verified = true;
    }
    opened.credential = credential;
    around.accounts.renew(&mut opened).await?;
    Ok(id)
}
