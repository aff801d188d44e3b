//! Flags of a whole authorization, for every command that runs one.

use super::listening::ListeningOptions;
use crate::candidates;
use crate::credential::Client;
use crate::definition::Authorization;

/// What a whole authorization takes, for `test --fresh` and `client set --test` too.
#[derive(clap::Args, Debug, Default)]
pub struct Options {
    /// Which of the app's ways in [default: the first]
    #[arg(long, value_name = "NAME", add = candidates::authorizations())]
    pub auth: Option<String>,
    /// A field's value; `=@FILE` reads a file, `=-` standard input
    #[arg(long = "field", short = 'f', value_name = "NAME=VALUE", add = candidates::fields())]
    pub fields: Vec<String>,
    /// A scope to ask for in place of the default ones
    #[arg(long = "scope", value_name = "SCOPE", add = candidates::scopes())]
    pub scopes: Vec<String>,
    /// Print the address and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Copy the address or the code to the clipboard, where the terminal can
    #[arg(long)]
    pub clipboard: bool,
    /// How long to wait for the browser [default: 300] and for each request [default: 30], in seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Ask for every field, those with a default too
    #[arg(long)]
    pub ask: bool,
    /// Agree on another device, with a code (OAuth 2.0 device grant)
    #[arg(long)]
    pub device: bool,
    /// Where to listen.
    #[command(flatten)]
    pub listening: ListeningOptions,
}

impl Options {
    /// How long a request may take, in seconds.
    pub(in crate::commands) fn request_seconds(&self) -> u64 {
        self.timeout.unwrap_or(30).max(1)
    }

    /// What to ask for: what is typed, or else what the client or the definition says.
    pub(super) fn wanted_scopes(
        &self,
        client: Option<&Client>,
        auth: &Authorization,
    ) -> Vec<String> {
        if !self.scopes.is_empty() {
            return self.scopes.clone();
        }
        let of_client = client.and_then(|client| client.scopes.clone());
        let of_definition = || auth.oauth2().map(|oauth2| oauth2.scopes.clone());
        of_client.or_else(of_definition).unwrap_or_default()
    }
}
