//! What can be typed behind `tieline call`.

use crate::candidates;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  tieline call github /user
  tieline call github /user/repos -f name=demo -F private:=true
  tieline call github PATCH /gists/1 -d @gist.json
  tieline call github /user/repos --paginate --jq .full_name -r
  tieline call acme /files --multipart -f title=Plan -f file=@plan.pdf
  tieline call acme /files/7 -o plan.pdf --continue
  tieline call zoho-crm/eu GET /crm/v8/Leads -q per_page=1 --curl";

/// Make an authenticated request
#[derive(clap::Args, Debug)]
#[command(override_usage = "tieline call [OPTIONS] <ACCOUNT> [METHOD] <PATH>")]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(add = candidates::accounts())]
    pub account: String,
    /// The method, if not GET (or POST with a body), and the path or URL
    #[arg(required = true, num_args = 1..=2, value_name = "[METHOD] PATH", add = candidates::methods())]
    pub target: Vec<String>,
    /// A query parameter
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub query: Vec<String>,
    /// A header; `NAME:` removes one
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// How long to wait for the answer to begin, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Repeat what failed and is safe to repeat, so many times at most
    #[arg(long, value_name = "TIMES", default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(0..=20))]
    pub retry: u32,
    /// What is sent
    #[command(flatten)]
    pub body: BodyArguments,
    /// Many pages as one answer
    #[command(flatten)]
    pub pages: PageArguments,
    /// What is done with the answer
    #[command(flatten)]
    pub answer: AnswerArguments,
    /// Looking without sending
    #[command(flatten)]
    pub look: LookArguments,
}

/// The body.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Body")]
pub struct BodyArguments {
    /// The body: text, @FILE, or - for standard input
    #[arg(short, long, value_name = "BODY", conflicts_with_all = ["field", "typed"],
        add = candidates::file_or_input())]
    pub data: Option<String>,
    /// A member of the JSON body, as text; @FILE is the text of a file, `a[b]` and `a[]` nest
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub field: Vec<String>,
    /// A member of the JSON body, as JSON
    #[arg(short = 'F', long, value_name = "NAME:=JSON")]
    pub typed: Vec<String>,
    /// Send the members as a form
    #[arg(long)]
    pub form: bool,
    /// Send the members as parts; `NAME=@FILE;type=MEDIA/TYPE` is a file
    #[arg(long, conflicts_with_all = ["form", "data"])]
    pub multipart: bool,
}

/// Pages.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Pages")]
pub struct PageArguments {
    /// Go on to the next page until the last
    #[arg(long)]
    pub paginate: bool,
    /// Print one list of all items
    #[arg(long, requires = "paginate")]
    pub slurp: bool,
    /// Turn so many pages at most
    #[arg(long, value_name = "PAGES", default_value_t = 1000, requires = "paginate",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub max_pages: u32,
}

/// The answer.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Answer")]
pub struct AnswerArguments {
    /// Print status and headers too
    #[arg(short, long)]
    pub include: bool,
    /// Print what a filter in the language of jq makes of it
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["output", "remote_name"])]
    pub jq: Option<String>,
    /// Print texts without quotation marks
    #[arg(short, long, requires = "jq")]
    pub raw: bool,
    /// Write the answer to a file; - is standard output, as it is
    #[arg(short, long, value_name = "FILE", conflicts_with = "paginate")]
    pub output: Option<PathBuf>,
    /// Write the answer to a file of the name that it has there
    #[arg(short = 'O', long, conflicts_with_all = ["output", "paginate"])]
    pub remote_name: bool,
    /// Go on where the download into this file broke off
    #[arg(long = "continue", requires = "output")]
    pub resume: bool,
}

/// Looking.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Looking")]
pub struct LookArguments {
    /// Show the request, and do not send it
    #[arg(long, group = "look")]
    pub dry_run: bool,
    /// Print a `curl` command that sends the same
    #[arg(long, group = "look")]
    pub curl: bool,
    /// Print the same for `curl -K -`, with the credential in it
    #[arg(long, group = "look")]
    pub curl_config: bool,
    /// Do not mask secrets in what is shown
    #[arg(long, requires = "look")]
    pub show_secrets: bool,
}
