//! `tieline call`: an authenticated request. The body goes up and comes down as a stream.

mod arguments;
mod body;
mod download;
mod exchange;
mod filter;
mod ftp;
mod input;
mod media;
mod members;
mod multipart;
mod output;
mod pages;
mod pieces;
mod preview;
mod received;
mod retry;
mod sending;

pub use arguments::{AnswerArguments, Arguments, BodyArguments, LookArguments, PageArguments};
pub use download::can_continue;

use super::{App, authorization_of, trace};
use crate::accounts::Opened;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::refresh::Surroundings;
use download::Download;
use exchange::{Answered, Caller};
use filter::Filter;
use input::Input;
use std::path::Path;

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    let input = Input::parse(arguments)?;
    let filter = arguments.answer.jq.as_deref();
    let filter = filter.map(|code| Filter::parse(code, arguments.answer.raw)).transpose()?;
    let (definition, opened, picked) =
        app.open(&accounts, &AccountId::parse(&arguments.account)?).await?;
    let auth = authorization_of(&definition, &opened)?;
    let http = app.http(arguments.timeout);
    http.note(format!("account {}, {}", opened.id, picked.reason()));
    let around = Surroundings {
        accounts: &accounts,
        context: &app.context,
        http: &http,
        definition: &definition,
        auth,
    };
    let look = &arguments.look;
    let result = if auth.is_ftp() {
        ftp::call(arguments, app, around, &opened).await
    } else if look.dry_run || look.curl || look.curl_config {
        preview::print(arguments, app, around, &input, opened).await
    } else {
        call(arguments, app, around, input, opened, filter.as_ref()).await
    };
    trace::print(&app.terminal, &http);
    result
}

async fn call(
    arguments: &Arguments,
    app: &App,
    around: Surroundings<'_>,
    mut input: Input,
    opened: Opened,
    filter: Option<&Filter>,
) -> Result<()> {
    let answer = &arguments.answer;
    let mut caller = Caller::new(arguments, app, around, opened).await?;
    if arguments.pages.paginate {
        return pages::print(arguments, app, &mut caller, &mut input, filter).await;
    }
    // `-o -` means: as it is, on a terminal too.
    let as_it_is = answer.output.as_deref() == Some(Path::new("-"));
    let file = answer.output.as_deref().filter(|_| !as_it_is);
    let mut download = file.map(|path| Download::begin(path, answer.resume, &mut input));
    let Answered { request, mut received, refused } = caller.ask(&input).await?;
    if answer.include {
        output::head(app, &received)?;
    }
    if let Some(download) = download.as_mut().filter(|download| download.is_whole(&received)) {
        return download.finish();
    }
    if let Some(refused) = refused {
        output::show(app, &mut received).await?;
        return Err(refused);
    }
    if answer.remote_name {
        let name = download::remote_name(&received, &request.url)?;
        app.terminal.say(format!("Writing `{}`", name.display()));
        download = Some(Download::begin(&name, false, &mut input));
    }
    match (download, filter) {
        (Some(mut download), _) => download.write(app, &mut received).await,
        (None, Some(filter)) => output::filtered(app, &mut received, filter).await,
        (None, None) if as_it_is => output::bytes(app, &mut received).await,
        (None, None) => output::show(app, &mut received).await,
    }
}
