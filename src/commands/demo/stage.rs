//! The stage: commands of this very program are typed, run and shown, and the browser is played.

use super::Demo;
use crate::commands::own::PATIENCE;
use crate::definition::hosts::Hosts;
use crate::error::{Error, Kind, Result};
use crate::request::{Body, Request};
use crate::terminal::{Style, wrap};
use std::process::Output;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::time::timeout;
use url::Url;

/// What stands before everything beneath a chapter's title.
const INDENT: &str = "   ";

impl Demo<'_> {
    /// Runs a command that waits for the browser, plays the browser, and gives what was said.
    pub(super) async fn browse(&self, arguments: &[&str]) -> Result<Vec<String>> {
        self.typed("", arguments)?;
        let mut child = self
            .own
            .command(arguments)
            .spawn()
            .map_err(|e| Error::io("this program cannot be run", &e))?;
        let Some(stderr) = child.stderr.take() else { return Err(untold("it says nothing")) };
        let mut lines = BufReader::new(stderr).lines();
        let (mut said, mut address) = (Vec::new(), None);
        while let (None, Some(line)) = (&address, self.next_line(&mut lines).await?) {
            // The long address stands alone on its line.
            address = line.starts_with("http://").then(|| Url::parse(&line).ok()).flatten();
            said.push(line);
        }
        self.say_all(&said)?;
        let Some(address) = address else { return Err(untold("it printed no address")) };
        let heading = self.open(address).await?;
        self.line(&format!("the browser asked, Ada agreed, and the page says: {heading}"))?;
        let mut rest = Vec::new();
        while let Some(line) = self.next_line(&mut lines).await? {
            rest.push(line);
        }
        self.say_all(&rest)?;
        let status = child.wait().await.map_err(|e| Error::io("it cannot be waited for", &e))?;
        said.extend(rest);
        if status.success() { Ok(said) } else { Err(untold("connecting failed")) }
    }

    /// Runs a command and prints it, and what it printed, as a person would see it.
    pub(super) async fn show(
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

    pub(super) async fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<Output> {
        self.own.run(arguments, input).await
    }

    /// Plays the browser: opens the address, follows it back, and reads the final page's heading.
    pub(super) async fn open(&self, url: Url) -> Result<String> {
        let body = self.fetch(http::Method::GET, url).await?;
        let heading =
            body.split("<h1").nth(1).and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest);
        let heading = heading.and_then(|rest| rest.split('<').next()).unwrap_or_default();
        match heading.is_empty() {
            true => Err(untold("the final page has no heading")),
            false => Ok(heading.trim().to_owned()),
        }
    }

    pub(super) async fn fetch(&self, method: http::Method, url: Url) -> Result<String> {
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

    pub(super) async fn control(&self, what: &str) -> Result<()> {
        self.fetch(http::Method::POST, self.at(&format!("/sandbox/{what}"))?).await.map(|_| ())
    }

    pub(super) async fn refreshes(&self) -> Result<u64> {
        let text = self.fetch(http::Method::GET, self.at("/sandbox/state")?).await?;
        let state: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        state["refreshes"].as_u64().ok_or_else(|| untold("the practice provider tells no state"))
    }

    pub(super) fn at(&self, path: &str) -> Result<Url> {
        Url::parse(&format!("http://{}{path}", self.provider))
            .map_err(|_| untold("the address is none"))
    }

    pub(super) async fn next_line<R: AsyncReadExt + Unpin>(
        &self,
        lines: &mut tokio::io::Lines<BufReader<R>>,
    ) -> Result<Option<String>> {
        let line =
            timeout(PATIENCE, lines.next_line()).await.map_err(|_| untold("a command hangs"))?;
        line.map_err(|error| Error::io("its output cannot be read", &error))
    }

    pub(super) fn chapter(&mut self, title: &str) -> Result<()> {
        self.chapter += 1;
        let title = self.app.terminal.paint_output(Style::Strong, title);
        self.app.terminal.print(&format!("\n{:<3}{title}\n", self.chapter))
    }

    pub(super) fn typed(&self, before: &str, arguments: &[&str]) -> Result<()> {
        let line = format!("$ {before}tieline {}", arguments.join(" "));
        let terminal = &self.app.terminal;
        for (at, row) in self.rows(&line, INDENT.len() + 2).iter().enumerate() {
            let indent = if at == 0 { INDENT } else { "     " };
            terminal.print(&format!("{indent}{}\n", terminal.paint_output(Style::Command, row)))?;
        }
        Ok(())
    }

    pub(super) fn line(&self, text: &str) -> Result<()> {
        let inner = &text[..text.len() - text.trim_start().len()];
        let rows = self.rows(text, INDENT.len() + inner.len());
        rows.iter().try_for_each(|row| self.app.terminal.print(&format!("{INDENT}{inner}{row}\n")))
    }

    /// A line cut between words into rows that the terminal does not break, without their indent.
    fn rows(&self, line: &str, indent: usize) -> Vec<String> {
        let width = self.app.terminal.width().unwrap_or(usize::MAX);
        wrap(line.trim_start(), width.saturating_sub(indent))
    }

    pub(super) fn say_all(&self, lines: &[String]) -> Result<()> {
        lines.iter().filter(|line| !line.trim().is_empty()).try_for_each(|line| self.line(line))
    }
}

pub(super) fn expect(output: &Output, text: &str) -> Result<()> {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    match String::from_utf8_lossy(&all).contains(text) {
        true => Ok(()),
        false => Err(untold(&format!("`{text}` was to be seen, and is not"))),
    }
}

/// A chapter did not go as told.
pub(super) fn untold(what: &str) -> Error {
    Error::new(Kind::Failed, "the demo did not go as it should").because(what)
}
