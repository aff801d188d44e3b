//! The stage of a rehearsal: a stand-in, a home that leads to it, and somebody who agrees.

use super::Fared;
use crate::commands::App;
use crate::commands::own::Own;
use crate::commands::sandbox::variables;
use crate::definition::hosts::Hosts;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, GrantType, ResponseMode, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::token::is_renewable;
use crate::request::{Body, Request};
use crate::stand_in::{self, Hand, Seen, Trouble, Visited};
use serde_json::Value;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::task::JoinHandle;
use url::Url;

/// How long an answer may take, in seconds, where none comes.
const BRIEF: &str = "1";

pub(super) struct Stage<'a> {
    app: &'a App,
    auth: &'a Authorization,
    name: String,
    /// The app as it was named: a definition's path is no name.
    target: String,
    apps: String,
    own: Own,
    hand: Hand,
    seen: Arc<Mutex<Vec<Seen>>>,
    running: JoinHandle<()>,
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl<'a> Stage<'a> {
    /// Starts the stand-in, and a home that knows the way to it.
    pub(super) async fn start(
        app: &'a App,
        definition: &Definition,
        auth: &'a Authorization,
        target: &str,
        apps: PathBuf,
    ) -> Result<Self> {
        if let Some(why) = unplayable(auth) {
            let told = format!("`{}/{}` cannot be rehearsed", definition.app, auth.name);
            return Err(Error::new(Kind::Usage, told).because(why));
        }
        let at = definition.authorizations.iter().position(|known| known.name == auth.name);
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let noted = Arc::clone(&seen);
        let note = move |one| noted.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        let started = stand_in::start(definition.clone(), at.unwrap_or_default(), 0, note).await;
        let stand_in = started.map_err(|error| Error::io("the stand-in cannot listen", &error))?;
        let mut own = Own::new(app, "tieline-rehearsal-")?;
        let certificate = own.write("ca.pem", &stand_in.certificate())?;
        let account = AccountId { app: definition.app.clone(), name: None };
        for (name, value) in variables(&stand_in, &certificate.display().to_string(), &account) {
            own.set(name, value);
        }
        let (hand, name) = (stand_in.hand(), definition.app.to_string());
        let running = tokio::spawn(stand_in.run());
        let apps = apps.display().to_string();
        let target = target.to_owned();
        Ok(Self { app, auth, name, target, apps, own, hand, seen, running })
    }

    /// Connects anew for everything that can go wrong, and sees what comes of it.
    pub(super) async fn play(&self, troubles: Vec<Trouble>) -> Result<Vec<Fared>> {
        self.register().await?;
        let mut all = Vec::new();
        for trouble in troubles {
            self.hand.make(None);
            self.connect().await?;
            self.app.terminal.waiting(&trouble.explain());
            let mut fared = self.fare(&trouble).await?;
            if trouble == Trouble::Rotates && fared.status == Some(0) {
                fared = self.fare(&trouble).await?;
            }
            all.push(fared);
        }
        self.app.terminal.waited();
        Ok(all)
    }

    async fn fare(&self, trouble: &Trouble) -> Result<Fared> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.hand.make(Some(trouble.clone()));
        // Without a call that says who is connected, any other has to do.
        let tests = self.auth.user_info.is_some();
        let mut arguments = match tests {
            true => vec!["test", &self.name, "--json"],
            false => vec!["call", &self.name, "/stand-in"],
        };
        if *trouble == Trouble::Silent {
            arguments.extend(["--timeout", BRIEF]);
        }
        let output = self.run(&arguments, None).await?;
        let (status, renewed) = (output.status.code(), self.renewed());
        let text = match (status, renewed) {
            (Some(0), true) => "renewed, and works".to_owned(),
            (Some(0), false) => "works".to_owned(),
            _ => reason(&output).unwrap_or_else(|| "failed without a word".to_owned()),
        };
        let well = self.is_well(trouble, status);
        Ok(Fared { trouble: trouble.clone(), status, renewed, well, text })
    }

    /// A renewal ends what a renewal can end; otherwise the status says whose turn it is.
    fn is_well(&self, trouble: &Trouble, status: Option<i32>) -> bool {
        let wanted: &[Kind] = match trouble {
            Trouble::Revoked => &[Kind::NotConnected, Kind::Refused, Kind::Api],
            Trouble::Expired
            | Trouble::ExpiredByCode(_)
            | Trouble::Rotates
            | Trouble::UnauthorizedOnce => match self.renews() {
                true => &[],
                false => &[Kind::NotConnected, Kind::Refused, Kind::Api],
            },
            Trouble::TooManyRequests | Trouble::ServerError | Trouble::Html => {
                &[Kind::Refused, Kind::Api, Kind::Network]
            }
            Trouble::Silent => &[Kind::Network],
        };
        match wanted {
            [] => status == Some(0),
            kinds => kinds.iter().any(|kind| status == Some(i32::from(kind.status()))),
        }
    }

    fn renews(&self) -> bool {
        match &self.auth.way {
            Way::Fields => false,
            Way::Login(_) => true,
            Way::OAuth1(oauth1) => oauth1.refresh.is_some(),
            Way::OAuth2(oauth2) => is_renewable(oauth2, true),
        }
    }

    fn renewed(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let renews = |part: &&str| matches!(*part, "refresh" | "token" | "login");
        seen.iter().any(|seen| seen.parts.iter().any(renews))
    }

    async fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<Output> {
        let all = [&["--apps", &self.apps], arguments].concat();
        self.own.run(&all, input).await
    }

    /// Registers the client with a redirect URI whose port is free.
    async fn register(&self) -> Result<()> {
        let Some(redirection) = self.auth.redirection().filter(|r| !r.any_port) else {
            return Ok(());
        };
        let mut uri = Url::parse(&redirection.uris[0])
            .map_err(|error| Error::new(Kind::Definition, "no redirect URI").because(error))?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let free = free.map_err(|error| Error::io("no port is free", &error))?;
        if uri.set_port(Some(free.port())).is_err() {
            return Ok(());
        }
        let set = ["client", "set", &self.name, "--auth", &self.auth.name];
        let all = [&set[..], &["--redirect-uri", uri.as_str()]].concat();
        self.succeed(self.run(&all, None).await?)
    }

    async fn connect(&self) -> Result<()> {
        let connect = ["connect", &self.name, "--auth", &self.auth.name, "--no-browser"];
        match &self.auth.way {
            Way::OAuth2(oauth2) if oauth2.grants.first() == Some(&GrantType::AuthorizationCode) => {
                let begun = self.run(&[&connect[..], &["--start"]].concat(), None).await?;
                let address = [&begun.stdout[..], &begun.stderr].concat();
                let Some(address) = address_in(&String::from_utf8_lossy(&address)) else {
                    return self.succeed(begun);
                };
                let back = match self.hand.visit(&address).await {
                    Visited::SentBack(to) => to,
                    _ => return Err(self.refused()),
                };
                let finish = ["connect", &self.name, "--finish", "-"];
                self.succeed(self.run(&finish, Some(&back)).await?)
            }
            Way::OAuth1(oauth1) if oauth1.legs.is_some() => self.three_legs(&connect).await,
            _ => self.succeed(self.run(&connect, None).await?),
        }
    }

    /// It waits for the browser, or for a PIN.
    async fn three_legs(&self, connect: &[&str]) -> Result<()> {
        let error = |error| Error::io("this program cannot be run", &error);
        let all = [&["--apps", &self.apps], connect].concat();
        let mut child = self.own.command(&all).spawn().map_err(error)?;
        let (input, output) = (child.stdin.take(), child.stderr.take());
        let mut said = String::new();
        let mut output = BufReader::new(output.ok_or_else(|| self.refused())?);
        let address = loop {
            let from = said.len();
            if output.read_line(&mut said).await.map_err(error)? == 0 {
                break None;
            }
            if let Some(address) = address_in(&said[from..]) {
                break Some(address);
            }
        };
        if let Some(address) = address {
            match (self.hand.visit(&address).await, input) {
                (Visited::SentBack(to), _) => self.go_back(&to).await?,
                (Visited::Shown(pin), Some(mut input)) => {
                    input.write_all(format!("{pin}\n").as_bytes()).await.map_err(error)?;
                }
                _ => return Err(self.refused()),
            }
        }
        output.read_to_string(&mut said).await.map_err(error)?;
        let mut done = child.wait_with_output().await.map_err(error)?;
        done.stderr = said.into_bytes();
        self.succeed(done)
    }

    async fn go_back(&self, to: &str) -> Result<()> {
        let url = Url::parse(to).map_err(|_| self.refused())?;
        let hosts = Hosts::new(url.host_str().map(ToOwned::to_owned));
        let method = http::Method::GET;
        let request = Request { method, url, headers: Vec::new(), body: Body::Empty };
        let response = self.app.http(30).stream("browser", &request, None, &hosts).await;
        response.map(drop).map_err(|error| {
            Error::new(Kind::Network, "the redirect cannot be followed").because(error)
        })
    }

    /// A command must have ended well: without trouble there is no reason not to.
    fn succeed(&self, output: Output) -> Result<()> {
        if output.status.success() {
            return Ok(());
        }
        let mut error = self.refused();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let cause = |line: &&str| line.starts_with("error: ") || line.starts_with("  caused by: ");
        for line in said.lines().filter(cause) {
            let text = line.trim_start().trim_start_matches("error: ");
            error.causes.push(text.trim_start_matches("caused by: ").to_owned());
        }
        Err(error)
    }

    /// The definition does not even work where nothing goes wrong.
    fn refused(&self) -> Error {
        let message = format!("`{}` cannot be connected to its own stand-in", self.name);
        let mut error = Error::new(Kind::Definition, message);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for seen in seen.iter().filter(|seen| !seen.differences.is_empty()) {
            error = error.because(format!("{}: {}", seen.request, seen.differences.join("; ")));
        }
        error.hint(format!("look closer with `tieline sandbox --app {}`", self.target))
    }
}

/// What only a browser could do.
fn unplayable(auth: &Authorization) -> Option<&'static str> {
    let redirection = auth.redirection()?;
    // Halves of a connect need no listener, and OAuth 1.0a has none.
    let over_tls = redirection.uris.first().is_some_and(|uri| uri.starts_with("https:"));
    match redirection.response_mode {
        ResponseMode::FormPost => Some("its answer is posted by a browser, and there is none"),
        ResponseMode::Query if over_tls && matches!(auth.way, Way::OAuth1(_)) => {
            Some("nobody would trust the certificate that its redirect URI is given")
        }
        ResponseMode::Query => None,
    }
}

/// Why a command failed: what its report says, else what it said.
fn reason(output: &Output) -> Option<String> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let error = &report["tests"][0]["error"];
    let told = [&error["causes"][0], &error["message"]].into_iter().find_map(Value::as_str);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = |start: &str| said.lines().find_map(|line| line.trim_start().strip_prefix(start));
    let said = line("caused by: ").or_else(|| line("error: ")).or_else(|| said.lines().next());
    told.or(said).map(ToOwned::to_owned)
}

/// The address for the browser stands alone on its line.
fn address_in(said: &str) -> Option<Url> {
    let line = said.lines().map(str::trim).find(|line| line.starts_with("http"))?;
    Url::parse(line).ok()
}
