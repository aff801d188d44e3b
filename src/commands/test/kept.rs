//! A kept account, tested.

use crate::accounts::Accounts;
use crate::commands::{App, authorization_of};
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::flow::Chooser;
use crate::http::Client;
use crate::refresh::Surroundings;
use crate::report::Tested;
use crate::trial::test;
use std::collections::BTreeMap;
use std::time::Instant;

pub(super) async fn test_kept(
    app: &App,
    accounts: &Accounts<'_>,
    (target, exactly): (&str, bool),
    http: &Client,
) -> Result<Tested> {
    let wanted = AccountId::parse(target)?;
    let started = Instant::now();
    let (definition, opened) = match exactly {
        true => app.open_this(accounts, &wanted).await?,
        false => {
            app.open(accounts, &wanted).await.map(|(definition, opened, _)| (definition, opened))?
        }
    };
    let read_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let auth = authorization_of(&definition, &opened)?;
    let store = match accounts.store_of(&opened.record) {
        Ok(store) => store.name(),
        Err(_) => "the environment".to_owned(),
    };
    let id = opened.id.clone();
    let (none, kept) = (BTreeMap::new(), opened.account.extras.clone());
    let chooser = Chooser { terminal: &app.terminal, given: &none, kept: &kept };
    let around =
        Surroundings { accounts, context: &app.context, http, definition: &definition, auth };
    let verdict = test(around, opened, read_ms, &store, &chooser).await;
    Ok(Tested { id: id.to_string(), auth: auth.name.clone(), verdict, exchanges: http.exchanges() })
}
