//! The browser: an HTTP client that goes through the stand-in, and to this machine without it.

use super::{Manner, Result, Stage, runtime};
use crate::support::{Ran, Waiting};
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;
use url::Url;

impl Stage<'_> {
    /// Runs a connect that prints an address, and plays the browser.
    pub(super) fn in_browser(&self, all: &[&str], manner: Manner) -> Result<Ran> {
        let child = self.home.command(all).stdin(Stdio::piped()).spawn().unwrap();
        let mut waiting = Waiting::try_new(child, all).map_err(|ran| self.failure(&ran))?;
        let mut input = waiting.child.stdin.take().unwrap();
        // Whoever reads what follows `#/` is the page itself.
        let page = self.browse("GET", &waiting.url.replacen("#/", "%23/", 1), "")?;
        if manner == Manner::Pin {
            let pin = page.split("<b>").nth(1).and_then(|rest| rest.split("</b>").next());
            let pin = pin.ok_or_else(|| format!("there is no PIN on the page:\n{page}"))?;
            writeln!(input, "{pin}").unwrap();
        } else if let Some((to, body)) = posted(&page) {
            self.browse("POST", &to, &body)?;
        } else if !page.contains("is connected") {
            drop(waiting.child.kill());
            let ran = waiting.finish();
            let page = page.split("<h1").nth(1).unwrap_or(&page);
            return Err(format!("the browser ended on:\n{page}\n{}", self.failure(&ran)));
        }
        Ok(waiting.finish())
    }

    /// The page that a browser ends on, wherever it is sent.
    fn browse(&self, method: &str, url: &str, body: &str) -> Result<String> {
        let proxy: Url = self.proxy.parse().unwrap();
        let through = move |url: &Url| match url.host_str() {
            Some("127.0.0.1" | "localhost" | "[::1]") => None,
            _ => Some(proxy.clone()),
        };
        // A second installation is refused, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let request = async {
            // It is the browser's person who trusts the certificates.
            let browser = reqwest::Client::builder()
                .proxy(reqwest::Proxy::custom(through))
                .tls_danger_accept_invalid_certs(true)
                .timeout(Duration::from_secs(30))
                .build()?;
            let request = browser.request(method.parse().unwrap(), url).body(body.to_owned());
            let request = match body {
                "" => request,
                _ => request.header("content-type", "application/x-www-form-urlencoded"),
            };
            request.send().await?.text().await
        };
        let page = runtime().block_on(request);
        page.map_err(|error| format!("the browser cannot open {url}: {error:?}"))
    }
}

/// The form of a page that posts itself: where to, and what.
fn posted(page: &str) -> Option<(String, String)> {
    let attribute = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let to = attribute(page, "action")?;
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for input in page.split("<input").skip(1) {
        form.append_pair(&attribute(input, " name")?, &attribute(input, " value")?);
    }
    Some((to, form.finish()))
}
