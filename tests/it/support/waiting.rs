//! A command that waits for the browser.

use super::{Ran, browse, query};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr};

/// A connect that waits for the browser.
pub(crate) struct Waiting {
    arguments: Vec<String>,
    pub(crate) child: Child,
    stderr: BufReader<ChildStderr>,
    /// What it has said so far.
    pub(crate) said: String,
    /// The address for the browser.
    pub(crate) url: String,
}

impl Waiting {
    /// Reads up to the address for the browser.
    pub(crate) fn new(child: Child, all: &[&str]) -> Self {
        Self::try_new(child, all).unwrap_or_else(|ran| {
            panic!("no address was printed by {all:?} ({:?}):\n{}", ran.status, ran.stderr)
        })
    }

    /// The same; or what the command did without printing one.
    pub(crate) fn try_new(mut child: Child, all: &[&str]) -> Result<Self, Ran> {
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            if stderr.read_line(&mut line).unwrap() == 0 {
                let output = child.wait_with_output().unwrap();
                return Err(Ran { stderr: said, ..Ran::new(all, output) });
            }
            said.push_str(&line);
            // The long address stands alone on its line.
            if line.starts_with("http") {
                break line.trim().to_owned();
            }
        };
        let arguments = all.iter().map(ToString::to_string).collect();
        Ok(Self { arguments, child, stderr, said, url })
    }

    /// The short link that it printed.
    pub(crate) fn short_link(&self) -> String {
        let line = self.said.lines().find(|line| line.trim_start().starts_with("Open")).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    }

    /// The redirect URI that it sent.
    pub(crate) fn redirect_uri(&self) -> String {
        query(&self.url)["redirect_uri"].clone()
    }

    /// Plays the browser and waits for the end.
    pub(crate) fn browse_and_finish(&mut self) -> Ran {
        let page = browse(&self.url);
        Ran { page: page.body, ..self.finish() }
    }

    /// Waits for its end.
    pub(crate) fn finish(&mut self) -> Ran {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let status = self.child.wait().unwrap();
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        Ran {
            command: self.arguments.join(" "),
            status: status.code(),
            stdout,
            stderr: self.said.clone(),
            page: String::new(),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
