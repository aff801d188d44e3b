//! `tieline demo`: the whole story against the sandbox, told by running this very program.

mod types;

use super::App;
use crate::definition::hosts::Hosts;
use crate::error::{Error, Kind, Result};
use crate::request::{Body, Request};
use crate::sandbox::{self, Options};
use crate::terminal::Style;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;
use types::{TYPES, Type};
use url::Url;

/// How long any one command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Watch the whole story against a practice provider; nothing is kept
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// One demo: the provider, a home of its own, and what was told so far.
struct Demo<'a> {
    app: &'a App,
    program: PathBuf,
    home: tempfile::TempDir,
    key: String,
    provider: SocketAddr,
    chapter: usize,
}

pub(crate) async fn run(_: &Arguments, app: &App) -> Result<()> {
    let started = Instant::now();
    let options = Options { port: 0, lifetime: 3600, agrees: true, ..Options::default() };
    let sandbox = sandbox::start(options)
        .await
        .map_err(|e| Error::io("the practice provider cannot listen", &e))?;
    let provider = sandbox.address();
    let mut demo = Demo::new(app, provider)?;
    app.terminal.print(&format!(
        "A practice provider runs on {provider}. Nothing here touches your accounts.\n"
    ))?;
    let story = tokio::select! {
        result = demo.tell() => result,
        () = sandbox.run() => Err(Error::new(Kind::Failed, "the practice provider ended")),
    };
    let home = demo.home.path().to_owned();
    demo.home
        .close()
        .map_err(|error| Error::io(format!("`{}` cannot be removed", home.display()), &error))?;
    story?;
    let tick = app.terminal.paint_output(Style::Good, app.terminal.tick());
    app.terminal.print(&format!(
        "\n{tick} Done in {:.1} s. Nothing was kept. Yours next: {}\n",
        started.elapsed().as_secs_f64(),
        app.terminal.paint_output(Style::Command, "tieline connect github")
    ))
}

impl<'a> Demo<'a> {
    fn new(app: &'a App, provider: SocketAddr) -> Result<Self> {
        let program =
            std::env::current_exe().map_err(|e| Error::io("this program cannot be found", &e))?;
        let home = tempfile::Builder::new().prefix("tieline-demo-").tempdir();
        let home = home.map_err(|error| Error::io("no temporary folder can be made", &error))?;
        let file = home.path().join("key.txt");
        std::fs::write(&file, "practice-key\n")
            .map_err(|error| Error::io("the demo's folder cannot be written", &error))?;
        let key = crate::accounts::revision()?
            + &crate::accounts::revision()?
            + &crate::accounts::revision()?;
        Ok(Self { app, program, home, key: key[..64].to_owned(), provider, chapter: 0 })
    }

    async fn tell(&mut self) -> Result<()> {
        self.connect_with_a_browser().await?;
        self.look_and_call().await?;
        self.expire().await?;
        self.two_at_once().await?;
        for kind in TYPES {
            self.connect_with_fields(kind).await?;
        }
        self.chapter("Look at what there is")?;
        self.show("", &["accounts"], None, 0).await?;
        self.revoke_and_leave().await
    }

    async fn connect_with_a_browser(&mut self) -> Result<()> {
        self.chapter("Connect an app with OAuth: the browser asks, you agree")?;
        let arguments = ["connect", "sandbox-oauth2", "--no-browser"];
        self.typed("", &arguments)?;
        let mut child = self
            .command(&arguments)
            .spawn()
            .map_err(|e| Error::io("this program cannot be run", &e))?;
        let Some(stderr) = child.stderr.take() else { return Err(untold("it says nothing")) };
        let mut lines = BufReader::new(stderr).lines();
        let mut told = Vec::new();
        let mut page = None;
        while let Some(line) = self.next_line(&mut lines).await? {
            let opened =
                line.trim().starts_with("http://").then(|| Url::parse(line.trim()).ok()).flatten();
            if let Some(url) = opened {
                page = Some(self.open(url));
            }
            told.push(line);
            if page.is_some() {
                break;
            }
        }
        self.say_all(&told)?;
        let Some(page) = page else { return Err(untold("it printed no address")) };
        let heading = page.await?;
        self.line(&format!("the browser asked, Ada agreed, and the page says: {heading}"))?;
        let mut rest = Vec::new();
        while let Some(line) = self.next_line(&mut lines).await? {
            rest.push(line);
        }
        self.say_all(&rest)?;
        let status = child.wait().await.map_err(|e| Error::io("it cannot be waited for", &e))?;
        if status.success() { Ok(()) } else { Err(untold("connecting failed")) }
    }

    async fn look_and_call(&mut self) -> Result<()> {
        self.chapter("Check that it works, and call its API")?;
        self.show("", &["test", "sandbox-oauth2"], None, 0).await?;
        let called = self.show("", &["call", "sandbox-oauth2", "/userinfo"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    async fn expire(&mut self) -> Result<()> {
        self.chapter("The access token expires; the next call renews it first")?;
        self.control("expire").await?;
        let called = self.show("", &["call", "-v", "sandbox-oauth2", "/userinfo"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    async fn two_at_once(&mut self) -> Result<()> {
        self.chapter("Two programs at once on an expired token: one refresh")?;
        self.control("expire").await?;
        let before = self.refreshes().await?;
        self.typed(
            "",
            &[
                "call",
                "sandbox-oauth2",
                "/userinfo",
                "&",
                "tieline",
                "call",
                "sandbox-oauth2",
                "/userinfo",
                "&",
                "wait",
            ],
        )?;
        let arguments = ["call", "sandbox-oauth2", "/userinfo"];
        let (first, second) = tokio::join!(self.run(&arguments, None), self.run(&arguments, None));
        let (first, second) = (first?, second?);
        let refreshes = self.refreshes().await? - before;
        self.line(&format!("2 calls answered, the provider saw {refreshes} refresh"))?;
        match first.status.success() && second.status.success() && refreshes == 1 {
            true => Ok(()),
            false => Err(untold("two calls did not share one refresh")),
        }
    }

    async fn connect_with_fields(&mut self, kind: &Type) -> Result<()> {
        self.chapter(&format!("Connect with {}", kind.title))?;
        let mut arguments = vec!["connect", kind.app];
        arguments.extend(kind.arguments);
        self.show(kind.typed, &arguments, Some(kind.secret), 0).await?;
        self.show("", &["test", kind.app], None, 0).await?;
        let called =
            self.show("", &["call", kind.app, "/api/hello", "-f", "greeting=hi"], None, 0).await?;
        expect(&called, "greeting")
    }

    async fn revoke_and_leave(&mut self) -> Result<()> {
        self.chapter("Somebody revokes the grant")?;
        self.control("revoke").await?;
        let tested = self.show("", &["test", "sandbox-oauth2"], None, 3).await?;
        expect(&tested, "invalid_grant")?;
        self.chapter("Leave")?;
        let mut arguments = vec!["disconnect", "sandbox-oauth2"];
        arguments.extend(TYPES.iter().map(|kind| kind.app));
        self.show("", &arguments, None, 0).await?;
        let left = self.show("", &["accounts"], None, 0).await?;
        expect(&left, "No account is connected")
    }

    /// Runs a command and prints it, and what it printed, as a person would see it.
    async fn show(
        &self,
        before: &str,
        arguments: &[&str],
        input: Option<&str>,
        status: i32,
    ) -> Result<Output> {
        self.typed(before, arguments)?;
        let output = self.run(arguments, input).await?;
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.say_all(&text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())?;
        }
        match output.status.code() {
            Some(code) if code == status => Ok(output),
            code => Err(untold(&format!("`tieline {}` ended with {code:?}", arguments.join(" ")))),
        }
    }

    async fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<Output> {
        let error = |error| Error::io("this program cannot be run", &error);
        let mut child = self.command(arguments).spawn().map_err(error)?;
        if let Some(mut stdin) = child.stdin.take() {
            let bytes = input.unwrap_or_default().as_bytes();
            stdin.write_all(bytes).await.map_err(error)?;
        }
        timeout(PATIENCE, child.wait_with_output())
            .await
            .map_err(|_| untold("a command hangs"))?
            .map_err(error)
    }

    /// This program, in the demo's home, with nothing of the person's own environment but the paths.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.home.path()).env_clear();
        command.env("TIELINE_HOME", self.home.path().join("home"));
        command.env("TIELINE_STORE", "file").env("TIELINE_KEY", &self.key);
        for name in ["SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL"] {
            if let Some(value) = self.app.context.variable(name) {
                command.env(name, value);
            }
        }
        let server = format!("http://{}", self.provider);
        for kind in TYPES.iter().map(|kind| kind.app).chain(["sandbox-oauth2"]) {
            let prefix = format!("TIELINE_{}", kind.to_ascii_uppercase().replace('-', "_"));
            let path = kind.trim_start_matches("sandbox-");
            command.env(format!("{prefix}_SERVER"), &server);
            command.env(format!("{prefix}_URL"), format!("{server}/{path}"));
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Plays the browser: opens the address, follows it back, and reads the final page's heading.
    async fn open(&self, url: Url) -> Result<String> {
        let body = self.fetch(http::Method::GET, url).await?;
        let heading =
            body.split("<h1").nth(1).and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest);
        let heading = heading.and_then(|rest| rest.split('<').next()).unwrap_or_default();
        match heading.is_empty() {
            true => Err(untold("the final page has no heading")),
            false => Ok(heading.trim().to_owned()),
        }
    }

    async fn fetch(&self, method: http::Method, url: Url) -> Result<String> {
        let http = self.app.http(30);
        let request = Request { method, url, headers: Vec::new(), body: Body::Empty };
        let hosts = Hosts::new(["127.0.0.1".to_owned()]);
        let response = http.stream("browser", &request, None, &hosts).await;
        let response = response.map_err(|e| {
            Error::new(Kind::Network, "the practice provider does not answer").because(e)
        })?;
        response
            .text()
            .await
            .map_err(|e| Error::new(Kind::Network, "the page broke off").because(e.without_url()))
    }

    async fn control(&self, what: &str) -> Result<()> {
        self.fetch(http::Method::POST, self.at(&format!("/sandbox/{what}"))?).await.map(|_| ())
    }

    async fn refreshes(&self) -> Result<u64> {
        let text = self.fetch(http::Method::GET, self.at("/sandbox/state")?).await?;
        let state: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        state["refreshes"].as_u64().ok_or_else(|| untold("the practice provider tells no state"))
    }

    fn at(&self, path: &str) -> Result<Url> {
        Url::parse(&format!("http://{}{path}", self.provider))
            .map_err(|_| untold("the address is none"))
    }

    async fn next_line<R: AsyncReadExt + Unpin>(
        &self,
        lines: &mut tokio::io::Lines<BufReader<R>>,
    ) -> Result<Option<String>> {
        let line =
            timeout(PATIENCE, lines.next_line()).await.map_err(|_| untold("a command hangs"))?;
        line.map_err(|error| Error::io("its output cannot be read", &error))
    }

    fn chapter(&mut self, title: &str) -> Result<()> {
        self.chapter += 1;
        let title = self.app.terminal.paint_output(Style::Strong, title);
        self.app.terminal.print(&format!("\n{:<3}{title}\n", self.chapter))
    }

    fn typed(&self, before: &str, arguments: &[&str]) -> Result<()> {
        let line = format!("$ {before}tieline {}", arguments.join(" "));
        self.app
            .terminal
            .print(&format!("   {}\n", self.app.terminal.paint_output(Style::Command, &line)))
    }

    fn line(&self, text: &str) -> Result<()> {
        self.app.terminal.print(&format!("   {text}\n"))
    }

    fn say_all(&self, lines: &[String]) -> Result<()> {
        lines.iter().filter(|line| !line.trim().is_empty()).try_for_each(|line| self.line(line))
    }
}

fn expect(output: &Output, text: &str) -> Result<()> {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    match String::from_utf8_lossy(&all).contains(text) {
        true => Ok(()),
        false => Err(untold(&format!("`{text}` was to be seen, and is not"))),
    }
}

/// A chapter did not go as told.
fn untold(what: &str) -> Error {
    Error::new(Kind::Failed, "the demo did not go as it should").because(what)
}
