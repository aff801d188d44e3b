//! `--dry-run`, `--curl` and `--curl-config`: the request that would be sent, for people and for curl.

use super::body::Source;
use super::input::Input;
use super::{Arguments, sending};
use crate::App;
use crate::accounts::Opened;
use crate::error::{Error, Kind, Result};
use crate::refresh::Surroundings;
use crate::request::Request;
use crate::text::printable;

/// Shows the request. Nothing is sent, but for the renewal of a token that is really handed out.
pub(super) async fn print(
    arguments: &Arguments,
    app: &App,
    around: Surroundings<'_>,
    input: &Input,
    opened: Opened,
) -> Result<()> {
    let look = &arguments.look;
    let open = look.show_secrets || look.curl_config;
    if look.curl_config && !look.show_secrets && app.terminal.terminals.output {
        return Err(Error::new(Kind::Usage, "a credential is not written to a terminal")
            .hint("pipe it: `tieline call ... --curl-config | curl -K -`")
            .hint("to see it all the same, add `--show-secrets`"));
    }
    let opened = match open && !look.dry_run {
        true => around.fresh(opened, false).await?.0,
        false => opened,
    };
    let session = around.session(&opened, false).await?;
    let mut request = sending::make(around, input, &opened, &session)?;
    session.hosts.check(&request.url)?;
    sending::prove(&session, &mut request, &opened.id)?;
    let shown = Shown::new(&request, input, |name, value| match open {
        true => value.to_owned(),
        false if name.is_empty() => around.http.mask(value),
        false => around.http.mask_header(name, value),
    });
    let text = match look {
        _ if look.curl => shown.command(),
        _ if look.curl_config => shown.config()?,
        _ => shown.message(),
    };
    app.terminal.print(&text)?;
    if look.curl && !open {
        app.terminal.say("Secrets are masked. `--curl-config | curl -K -` sends it as it is.");
    }
    Ok(())
}

/// A request in texts, masked or not.
struct Shown<'i> {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    source: &'i Source,
}

impl<'i> Shown<'i> {
    /// `shown` is given a header's name, or none, and a value.
    fn new(request: &Request, input: &'i Input, shown: impl Fn(&str, &str) -> String) -> Self {
        let text = request.body_text();
        let mut headers: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), shown(name.as_str(), &value))
            })
            .collect();
        if let Some((_, Some(kind))) = &text
            && request.header("content-type").is_none()
        {
            headers.push(("content-type".to_owned(), (*kind).to_owned()));
        }
        Self {
            method: request.method.to_string(),
            url: shown("", request.url.as_str()),
            headers,
            body: text.map(|(text, _)| shown("", &text)),
            source: &input.body,
        }
    }

    fn message(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {}\n", printable(value)));
        }
        let body = match self.source {
            Source::File(path, _) => Some(format!("(the file {})", path.display())),
            Source::Stdin(_) => Some("(standard input)".to_owned()),
            Source::Parts(parts) => Some(parts.described()),
            Source::None | Source::Value(..) => self.body.clone(),
        };
        match body {
            Some(body) => format!("{text}\n{}\n", printable(&body).trim_end()),
            None => text,
        }
    }

    /// The options for curl, each with its value.
    fn options(&self) -> Vec<(&'static str, Option<String>)> {
        let mut options = Vec::new();
        let default = if self.body.is_some() { "POST" } else { "GET" };
        match self.method.as_str() {
            "HEAD" => options.push(("head", None)),
            method
                if method != default
                    || !matches!(self.source, Source::None | Source::Value(..)) =>
            {
                options.push(("request", Some(method.to_owned())));
            }
            _ => {}
        }
        options.push(("url", Some(self.url.clone())));
        // Brackets and braces are a pattern for curl otherwise.
        if self.url.contains(['[', ']', '{', '}']) {
            options.push(("globoff", None));
        }
        let parts = matches!(self.source, Source::Parts(_));
        for (name, value) in &self.headers {
            // curl tells the length itself, and draws a boundary of its own.
            if name != "content-length" && !(parts && name == "content-type") {
                options.push(("header", Some(format!("{name}: {value}"))));
            }
        }
        match self.source {
            Source::File(path, _) => {
                options.push(("data-binary", Some(format!("@{}", path.display()))));
            }
            Source::Stdin(_) => options.push(("data-binary", Some("@-".to_owned()))),
            Source::Parts(parts) => options.extend(parts.curl()),
            Source::None | Source::Value(..) => {
                options.extend(self.body.clone().map(|body| ("data-raw", Some(body))));
            }
        }
        options
    }

    /// A command for a POSIX shell.
    fn command(&self) -> String {
        let options = self.options().into_iter().map(|(name, value)| match value {
            Some(value) => format!("--{name} {}", quoted_for_shell(&value)),
            None => format!("--{name}"),
        });
        format!("curl {}\n", options.collect::<Vec<_>>().join(" \\\n  "))
    }

    /// A configuration file for curl (curl(1), `--config`).
    fn config(&self) -> Result<String> {
        if matches!(self.source, Source::Stdin(_)) {
            let message = "standard input is the configuration, and cannot be the body too";
            return Err(Error::new(Kind::Usage, message).hint("give the body as `-d @FILE`"));
        }
        let lines = self.options().into_iter().map(|(name, value)| match value {
            Some(value) => format!("{name} = \"{}\"\n", quoted_for_config(&value)),
            None => format!("{name}\n"),
        });
        Ok(lines.collect())
    }
}

/// A word that a POSIX shell takes as it is.
fn quoted_for_shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn quoted_for_config(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
        .replace('\r', r"\r")
        .replace('\t', r"\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_is_acted_on() {
        assert_eq!(quoted_for_shell("a'b$(x)\n`y`"), "'a'\\''b$(x)\n`y`'");
        assert_eq!(quoted_for_config("a\"b\\c\n"), r#"a\"b\\c\n"#);
    }
}
