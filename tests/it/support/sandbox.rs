//! The practice provider, in a process of its own.

use super::{Home, request, request_with};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// The sandbox on a port of its own.
pub(crate) struct Sandbox {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Sandbox {
    /// Starts it; it agrees at once unless `--consent` is among the arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let consent = arguments.contains(&"--consent");
        let agree: &[&str] = if consent { &[] } else { &["--agree"] };
        let rest: Vec<&str> = arguments.iter().copied().filter(|a| *a != "--consent").collect();
        let home = Home::new();
        let mut child = home
            .command(&[&["sandbox", "--port", "0"], agree, &rest].concat())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "the sandbox did not start: {arguments:?}");
        Self { child, url: line.trim().to_owned() }
    }

    /// A home whose sandbox-* apps know this sandbox.
    pub(crate) fn home(&self) -> Home {
        let mut home = Home::new();
        for app in ["OAUTH2", "OAUTH1", "BASIC", "API_KEY", "API_SECRET", "API_KEY_SECRET", "LOGIN"]
        {
            home = home.set(&format!("TIELINE_SANDBOX_{app}_SERVER"), &self.url);
        }
        for (app, path) in [
            ("BASIC_URL", "basic-url"),
            ("BASIC_API_KEY", "basic-api-key"),
            ("API_KEY_URL", "api-key-url"),
        ] {
            home = home.set(&format!("TIELINE_SANDBOX_{app}_URL"), format!("{}/{path}", self.url));
        }
        home
    }

    /// `GET /sandbox/state`: `tokens_issued`, `refreshes`, `revocations`, `logins`, `refused`,
    /// `requests`.
    pub(crate) fn state(&self) -> serde_json::Value {
        serde_json::from_str(&request("GET", &format!("{}/sandbox/state", self.url), "").body)
            .unwrap()
    }

    /// Sends a form, and gives the JSON that is answered.
    pub(crate) fn post_form(&self, path: &str, body: &str) -> serde_json::Value {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let answer = request_with("POST", &format!("{}{path}", self.url), &kind, body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Ends every access token and login.
    pub(crate) fn expire(&self) {
        assert_eq!(request("POST", &format!("{}/sandbox/expire", self.url), "").status, 204);
    }

    /// Revokes every grant.
    pub(crate) fn revoke(&self) {
        assert_eq!(request("POST", &format!("{}/sandbox/revoke", self.url), "").status, 204);
    }

    /// From now on it misbehaves like this, and no other way.
    pub(crate) fn misbehave(&self, names: &[&str]) {
        let body = serde_json::to_string(names).unwrap();
        assert_eq!(request("PUT", &format!("{}/sandbox/misbehave", self.url), &body).status, 204);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
