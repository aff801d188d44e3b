//! `tieline call`: an authenticated request. The body goes up and comes down as a stream.

mod ftp;
mod input;
mod output;
mod sending;

use super::{App, authorization_of, trace};
use crate::answer::Answer;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain_refusal};
use crate::flow::{FlowError, provider_error};
use crate::refresh::{Renewal, Surroundings};
use crate::request::{self, Request};
use crate::trial::is_expired;
use input::Input;
use output::Received;

/// Make an authenticated request
#[derive(clap::Args, Debug)]
#[command(override_usage = "tieline call [OPTIONS] <ACCOUNT> [METHOD] <PATH>")]
#[command(after_help = "Examples:\n  \
    tieline call github /user\n  \
    tieline call github /user/repos -f name=demo -F private:=true\n  \
    tieline call zoho-crm/eu GET /crm/v8/Leads -q per_page=1\n  \
    tieline call github PATCH /gists/1 -d @gist.json")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(add = crate::candidates::accounts())]
    pub account: String,
    /// The method, if not GET (or POST with a body), and the path or URL
    #[arg(required = true, num_args = 1..=2, value_name = "[METHOD] PATH", add = crate::candidates::methods())]
    pub target: Vec<String>,
    /// The body: text, @FILE, or - for standard input
    #[arg(short, long, value_name = "BODY", conflicts_with_all = ["field", "typed"],
        add = crate::candidates::file_or_input())]
    pub data: Option<String>,
    /// A member of the JSON body, as text
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub field: Vec<String>,
    /// A member of the JSON body, as JSON
    #[arg(short = 'F', long, value_name = "NAME:=JSON")]
    pub typed: Vec<String>,
    /// Send the members as a form
    #[arg(long)]
    pub form: bool,
    /// A query parameter
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub query: Vec<String>,
    /// A header; `NAME:` removes one
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// Print status and headers too
    #[arg(short, long)]
    pub include: bool,
    /// Write the answer to a file; - is standard output, as it is
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<std::path::PathBuf>,
    /// How long to wait for the answer to begin, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    let input = Input::parse(arguments)?;
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
    let result = match auth.is_ftp() {
        true => ftp::call(arguments, app, around, &opened).await,
        false => call(arguments, app, around, input, opened).await,
    };
    trace::print(&app.terminal, &http);
    result
}

async fn call(
    arguments: &Arguments,
    app: &App,
    around: Surroundings<'_>,
    input: Input,
    opened: crate::accounts::Opened,
) -> Result<()> {
    let (mut opened, mut renewal) = around.fresh(opened, false).await?;
    loop {
        let (request, received) = send(around, &input, &opened).await?;
        let refused = refusal(around, &request, &received);
        let expired = refused.as_ref().is_some_and(|error| is_expired(around, error));
        if expired && renewal == Renewal::NotNeeded && opened.account.renewable {
            (opened, renewal) = around.fresh(opened, true).await?;
            if input.can_repeat() {
                continue;
            }
            return Err(Error::new(
                Kind::Api,
                format!("`{}` did not accept the access token", opened.id.app),
            )
            .because("it has been renewed, but standard input cannot be read a second time")
            .hint("repeat the command"));
        }
        let status = received.response.status();
        output::write(arguments, app, received).await?;
        return match refused {
            None => Ok(()),
            Some(error) => Err(failed(around, &opened.id, &request, &error, status)),
        };
    }
}

async fn send(
    around: Surroundings<'_>,
    input: &Input,
    opened: &crate::accounts::Opened,
) -> Result<(Request, Received)> {
    let (request, response) = sending::send(around, input, opened).await?;
    let peek = around.auth.request.fails_if.is_some() || response.status().as_u16() >= 400;
    let received = Received::new(response, peek).await.map_err(|error| {
        Error::new(Kind::Network, "the answer broke off").because(error.without_url())
    })?;
    Ok((request, received))
}

fn call_error(error: FlowError, id: &AccountId) -> Error {
    Error::new(Kind::Usage, format!("this is no request to `{id}`")).because(error)
}

/// What the app refused, if it did: by the status, or by what its definition says of a 200.
fn refusal(
    around: Surroundings<'_>,
    request: &Request,
    received: &Received,
) -> Option<crate::flow::ProviderError> {
    let status = received.response.status().as_u16();
    let answer = Answer::new(status, received.headers(), received.seen());
    let told = around.auth.request.fails_if.as_ref().filter(|_| received.complete()).and_then(
        |template| {
            let mut scope = crate::template::Scope::default();
            answer.fill(&mut scope);
            template.render(&scope).ok().flatten()
        },
    );
    let told = told.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if status < 400 && told.is_none() {
        return None;
    }
    Some(provider_error("call", request, &answer, told, around.http))
}

fn failed(
    around: Surroundings<'_>,
    id: &AccountId,
    request: &Request,
    refusal: &crate::flow::ProviderError,
    status: reqwest::StatusCode,
) -> Error {
    let mut error = explain_refusal(refusal, around.definition, id, Doing::Test);
    let path = around.http.mask(request.url.path());
    let answered = match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    error.kind = Kind::Api;
    error.message = format!("`{}` answered {answered} to {} {path}", id.app, request.method);
    error.hints.retain(|hint| !hint.contains("-vv"));
    error
}

/// A header that was typed: `NAME: VALUE`, or `NAME:` to remove one.
fn apply_headers(
    request: &mut Request,
    headers: &[(String, String)],
) -> Result<(), request::RequestError> {
    for (name, value) in headers {
        if value.is_empty() {
            request.headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name));
        } else {
            request.set_header(name, value)?;
        }
    }
    Ok(())
}
