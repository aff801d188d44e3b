//! A recording of a run: enough to run a definition again without a network or a secret, and to say
//! what it asks otherwise. Everything in it is masked.

use crate::account::Account;
use crate::answer::Answer;
use crate::credential::Credential;
use crate::http::redaction::split_at_marks;
use crate::http::trace::{Exchange, Http, Protocol};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the form.
pub const SCHEMA: u32 = 1;

/// Headers that differ from one request to the next though nothing has changed: of these only the
/// first word counts, which is the scheme.
const VOLATILE: &[&str] = &["authorization", "dpop", "date", "x-amz-date", "x-amz-security-token"];

/// What a file holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recording {
    /// [`SCHEMA`].
    pub schema: u32,
    /// One for each account that was tested.
    pub tests: Vec<Recorded>,
}

/// The test of one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The account: it holds no secret.
    pub account: Account,
    /// How long the access token was good for, in seconds.
    pub expires_in: Option<i64>,
    /// The names of its secrets, by where a credential has them.
    secrets: Secrets,
    /// What was asked and answered, in order.
    exchanges: Vec<Asked>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Secrets {
    fields: Vec<String>,
    answers: Vec<String>,
    tokens: Vec<String>,
}

/// A request, and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asked {
    purpose: String,
    request: Sent,
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    line: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

impl Recorded {
    /// What there is to keep of an account before it is tested.
    #[must_use]
    pub fn new(account: &Account, credential: &Credential, now: i64) -> Self {
        let names = |map: &BTreeMap<String, Secret>| map.keys().cloned().collect();
        let tokens = [
            ("access_token", &credential.access_token),
            ("refresh_token", &credential.refresh_token),
            ("token_secret", &credential.token_secret),
        ];
        let tokens = tokens.iter().filter(|(_, token)| token.is_some());
        Self {
            account: account.clone(),
            expires_in: account.expires_at.map(|at| at - now),
            secrets: Secrets {
                fields: names(&credential.fields),
                answers: names(&credential.secrets),
                tokens: tokens.map(|(name, _)| (*name).to_owned()).collect(),
            },
            exchanges: Vec::new(),
        }
    }

    /// The same with what was asked; what nobody answered is left out. `None` where it was not HTTP
    /// that was spoken.
    #[must_use]
    pub fn with(self, exchanges: &[Exchange]) -> Option<Self> {
        let exchanges = https(exchanges)
            .filter(|http| http.response.is_some())
            .map(|http| (http.protocol != Protocol::Ftp).then(|| asked(http)).flatten());
        Some(Self { exchanges: exchanges.collect::<Option<_>>()?, ..self })
    }

    /// A credential with a word in the place of each secret.
    #[must_use]
    pub fn credential(&self) -> Credential {
        let made =
            |names: &[String]| names.iter().map(|name| (name.clone(), placeholder(name))).collect();
        let token = |name: &str| {
            self.secrets.tokens.iter().any(|known| known == name).then(|| placeholder(name))
        };
        Credential {
            fields: made(&self.secrets.fields),
            secrets: made(&self.secrets.answers),
            access_token: token("access_token"),
            refresh_token: token("refresh_token"),
            token_secret: token("token_secret"),
            ..Credential::default()
        }
    }

    /// A word in the place of the client's secret, if a request had one.
    #[must_use]
    pub fn client_secret(&self) -> Option<Secret> {
        let text = |asked: &Asked| {
            let headers = asked.request.headers.values();
            headers.chain(&asked.request.body).any(|text| text.contains("[client_secret"))
        };
        self.exchanges.iter().any(text).then(|| placeholder("client_secret"))
    }

    /// The answers, each with what it was asked for.
    #[must_use]
    pub fn answers(&self) -> Vec<(String, Answer)> {
        let answer = |asked: &Asked| {
            let body = asked.body.as_deref().unwrap_or_default().as_bytes();
            (asked.purpose.clone(), Answer::new(asked.status, asked.headers.clone(), body))
        };
        self.exchanges.iter().map(answer).collect()
    }

    /// What is asked otherwise now, request by request.
    #[must_use]
    pub fn changes(&self, exchanges: &[Exchange]) -> Vec<String> {
        let now: Vec<(String, Sent)> =
            https(exchanges).map(|http| (http.purpose.clone(), sent(http))).collect();
        let mut changes = Vec::new();
        for at in 0..self.exchanges.len().max(now.len()) {
            match (self.exchanges.get(at), now.get(at)) {
                (Some(was), Some((_, is))) => {
                    changes.extend(differences(&was.purpose, &was.request, is));
                }
                (Some(was), None) => {
                    changes.push(format!("{}: {} is not sent", was.purpose, was.request.line));
                }
                (None, Some((purpose, is))) => {
                    changes.push(format!("{purpose}: {} is new", is.line));
                }
                (None, None) => {}
            }
        }
        changes
    }
}

fn https(exchanges: &[Exchange]) -> impl Iterator<Item = &Http> {
    exchanges.iter().filter_map(|exchange| match exchange {
        Exchange::Http(http) => Some(http.as_ref()),
        Exchange::Note { .. } => None,
    })
}

fn asked(http: &Http) -> Option<Asked> {
    let response = http.response.as_ref()?;
    Some(Asked {
        purpose: http.purpose.clone(),
        request: sent(http),
        status: http.status?,
        headers: response.headers.clone(),
        body: response.body.clone(),
    })
}

/// A request in a form in which two runs can be compared.
fn sent(http: &Http) -> Sent {
    let headers = http.request.headers.iter().map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let value = match VOLATILE.contains(&name.as_str()) && value.split(' ').count() > 2 {
            true => value.split(' ').next().unwrap_or_default().to_owned(),
            false => unnumbered(value),
        };
        (name, value)
    });
    Sent {
        line: unnumbered(&http.request.line),
        headers: headers.collect(),
        body: http.request.body.as_deref().map(unnumbered),
    }
}

/// A masked text without what in its marks is another in each run.
fn unnumbered(text: &str) -> String {
    let plain = |(is_mark, piece): (bool, &str)| match piece.split_once(" #") {
        Some((name, _)) if is_mark => format!("{name}]"),
        _ => piece.to_owned(),
    };
    split_at_marks(text).map(plain).collect()
}

fn differences(purpose: &str, was: &Sent, is: &Sent) -> Vec<String> {
    let mut found = Vec::new();
    if was.line != is.line {
        found.push(format!("{purpose}: {} was {}", is.line, was.line));
    }
    let names: BTreeSet<&String> = was.headers.keys().chain(is.headers.keys()).collect();
    for name in names {
        match (was.headers.get(name), is.headers.get(name)) {
            (Some(was), Some(is)) if was != is => {
                found.push(format!("{purpose}: header `{name}: {is}` was `{was}`"));
            }
            (Some(_), None) => found.push(format!("{purpose}: header `{name}` is not sent")),
            (None, Some(is)) => found.push(format!("{purpose}: header `{name}: {is}` is new")),
            _ => {}
        }
    }
    if was.body != is.body {
        let shown = |body: &Option<String>| body.clone().unwrap_or_else(|| "nothing".to_owned());
        found.push(format!("{purpose}: body `{}` was `{}`", shown(&is.body), shown(&was.body)));
    }
    found
}

fn placeholder(name: &str) -> Secret {
    Secret::from(format!("recorded-{name}").as_str())
}
