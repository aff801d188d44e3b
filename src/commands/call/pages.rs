//! `--paginate`: one page after the other, as the definition says how. Each item is printed as soon as
//! its page is there.

use super::Arguments;
use super::exchange::{Answered, Caller};
use super::filter::Filter;
use super::input::{Input, Turn};
use super::output;
use crate::App;
use crate::answer::Answer;
use crate::definition::Pagination;
use crate::error::{Error, Kind, Result};
use crate::pages::{PagesError, items, next};
use serde_json::Value;
use std::collections::HashSet;

/// Prints the items of every page.
///
/// # Errors
/// The app has no pages, one is refused, or they do not end.
pub(super) async fn print(
    arguments: &Arguments,
    app: &App,
    caller: &mut Caller<'_>,
    input: &mut Input,
    filter: Option<&Filter>,
) -> Result<()> {
    let pagination = pagination(caller, input)?;
    let mut list = arguments.pages.slurp.then(Vec::new);
    let mut turned = HashSet::new();
    // Some servers give their last page again and again.
    let mut before: Vec<Value> = Vec::new();
    for _ in 0..arguments.pages.max_pages {
        let Answered { request, mut received, refused } = caller.ask(input).await?;
        if arguments.answer.include {
            output::head(app, &received)?;
        }
        if let Some(refused) = refused {
            output::show(app, &mut received).await?;
            return Err(refused);
        }
        let value = received.json().await?;
        let answer = Answer { value, ..Answer::new(received.status(), received.headers(), b"") };
        let items = items(pagination.items.as_deref(), &answer.value).map_err(wrong)?;
        if !items.is_empty() && *items == before {
            done(app, filter, list)?;
            return Err(wrong(PagesError::Loop));
        }
        match &mut list {
            Some(list) => list.extend_from_slice(items),
            None => items.iter().try_for_each(|item| one(app, filter, item))?,
        }
        let Some(next) = next(pagination, &request, &answer, items).map_err(wrong)? else {
            return done(app, filter, list);
        };
        let body = next.body_text().map(|(text, _)| text);
        if !turned.insert((next.url.clone(), body)) {
            done(app, filter, list)?;
            return Err(wrong(PagesError::Loop));
        }
        before.clone_from(items);
        input.turn = Some(Turn { url: next.url, body: next.body });
    }
    done(app, filter, list)?;
    let message = format!("there are more than {} pages", arguments.pages.max_pages);
    Err(Error::new(Kind::Failed, message).hint("allow more with `--max-pages`"))
}

/// How this app's pages are turned.
fn pagination<'a>(caller: &Caller<'a>, input: &Input) -> Result<&'a Pagination> {
    if !input.body.can_repeat() {
        let message = "standard input cannot be sent again for the next page";
        return Err(Error::new(Kind::Usage, message).hint("give the body as `-d @FILE`"));
    }
    let definition = caller.around.definition;
    definition.pagination.as_ref().ok_or_else(|| {
        let message =
            format!("the definition of `{}` does not say how pages go on", definition.app);
        Error::new(Kind::Usage, message).hint("its key is `pagination`; the README has its types")
    })
}

fn wrong(error: PagesError) -> Error {
    Error::new(Kind::Api, "the pages cannot be turned").because(error)
}

fn one(app: &App, filter: Option<&Filter>, item: &Value) -> Result<()> {
    match filter {
        Some(filter) => filter.print(app, item),
        None => output::print_value(app, item),
    }
}

fn done(app: &App, filter: Option<&Filter>, list: Option<Vec<Value>>) -> Result<()> {
    list.map_or(Ok(()), |list| one(app, filter, &Value::Array(list)))
}
