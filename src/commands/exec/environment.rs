//! Which variables a command gets: of each account those that flags name; else those that its
//! definition names, and for every app the usual ones.

use crate::commands::handover::{Handed, refused};
use crate::context::variable_part;
use crate::definition::{Part, is_variable_name};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use std::collections::BTreeMap;
use std::process::Command;

/// Variables by name, each with its value and the account that it came from. One without a value is
/// not there for the command: what it finds beside the others would be of another account.
#[derive(Default)]
pub(super) struct Environment(BTreeMap<String, (Option<Secret>, String)>);

/// Variables of one account.
type Variables = BTreeMap<String, Option<Secret>>;

impl Environment {
    /// Adds what an account gives, which was named like this on the command line.
    ///
    /// # Errors
    /// It lacks what was asked for, or another account gave a variable of the same name.
    pub(super) fn add(&mut self, account: &str, handed: &Handed, asked: &[Asked]) -> Result<()> {
        let mut own = asked.iter().filter(|asked| asked.account == account).peekable();
        let variables = match own.peek() {
            Some(_) => own.map(|asked| asked.value(handed)).collect::<Result<_>>()?,
            None => unasked(handed)?,
        };
        for (name, value) in variables {
            if let Some((_, other)) = self.0.get(&name) {
                let message = format!("both `{other}` and `{account}` would set {name}");
                return Err(Error::new(Kind::Usage, message).hint(format!(
                    "give each a name: `--env NAME={other}:PART --env NAME={account}:PART`"
                )));
            }
            self.0.insert(name, (value, account.to_owned()));
        }
        Ok(())
    }

    /// Sets them for a command, and for it alone.
    pub(super) fn apply(&self, command: &mut Command) {
        for (name, (value, _)) in &self.0 {
            match value {
                Some(value) => command.env(name, value.expose()),
                None => command.env_remove(name),
            };
        }
    }
}

/// A variable that was asked for by a flag.
pub(super) struct Asked {
    name: String,
    account: String,
    part: Part,
}

impl Asked {
    /// Reads `NAME`, `NAME=PART` or, of several accounts, `NAME=ACCOUNT:PART`.
    ///
    /// # Errors
    /// The name is none, or nobody can tell which account is meant.
    pub(super) fn parse(text: &str, accounts: &[String]) -> Result<Self> {
        let (name, value) = text.split_once('=').unwrap_or((text, "token"));
        let of_several = || {
            let (account, part) = value.split_once(':')?;
            accounts.iter().any(|known| known == account).then_some((account, part))
        };
        let (account, part) = match (accounts, of_several()) {
            (_, Some(found)) => found,
            ([only], None) => (only.as_str(), value),
            _ => {
                return Err(Error::new(Kind::Usage, format!("of which account is {name}?"))
                    .hint(format!("write `--env {name}={}:{value}`", accounts[0])));
            }
        };
        if !is_variable_name(name) {
            return Err(Error::new(Kind::Usage, format!("`{name}` is no name of a variable"))
                .hint("write `--env NAME` or `--env NAME=PART`"));
        }
        Ok(Self { name: name.to_owned(), account: account.to_owned(), part: Part::parse(part) })
    }

    fn value(&self, handed: &Handed) -> Result<(String, Option<Secret>)> {
        let value = part(handed, &self.part)?.ok_or_else(|| missing(handed, &self.part))?;
        Ok((self.name.clone(), Some(value)))
    }
}

/// What a command gets where nobody asked for anything.
fn unasked(handed: &Handed) -> Result<Variables> {
    let named = named(handed)?;
    let mut variables = match usual(handed) {
        // What is no token by itself, the definition hands over in parts.
        Err(_) if !named.is_empty() => Variables::new(),
        usual => usual?,
    };
    variables.extend(named);
    Ok(variables)
}

/// What the definition names. An account may lack some of it: a field may be optional, and an answer
/// may have given less.
fn named(handed: &Handed) -> Result<Variables> {
    let variables = handed.environment.iter();
    variables.map(|v| Ok((v.name.clone(), part(handed, &v.part)?))).collect()
}

/// Token or fields, and the base URL, each under a name that says whose it is.
fn usual(handed: &Handed) -> Result<Variables> {
    let mut prefix = variable_part(handed.id.app.as_str());
    if prefix.starts_with(|c: char| c.is_ascii_digit()) {
        prefix.insert(0, '_');
    }
    let mut variables = Variables::new();
    let fields = fields(handed);
    if handed.credential.access_token.is_some() {
        variables.insert(format!("{prefix}_TOKEN"), Some(token(handed)?));
    } else if fields.is_empty() {
        return Err(Error::new(Kind::Usage, format!("`{}` has nothing to hand over", handed.id)));
    }
    for (name, value) in fields {
        variables.insert(format!("{prefix}_{}", variable_part(name)), Some(value));
    }
    if let Some(base_url) = &handed.base_url {
        variables.insert(format!("{prefix}_BASE_URL"), Some(base_url.as_str().into()));
    }
    Ok(variables)
}

/// What was asked for when it was connected.
fn fields(handed: &Handed) -> BTreeMap<&str, Secret> {
    let open =
        handed.account.fields.iter().map(|(name, text)| (name.as_str(), text.as_str().into()));
    let secret =
        handed.credential.fields.iter().map(|(name, secret)| (name.as_str(), secret.clone()));
    open.chain(secret).collect()
}

fn token(handed: &Handed) -> Result<Secret> {
    handed.token.as_ref().cloned().map_err(|error| refused(&handed.id, error))
}

/// One value, where the account has it.
fn part(handed: &Handed, part: &Part) -> Result<Option<Secret>> {
    let credential = &handed.credential;
    Ok(match part {
        Part::Token => Some(token(handed)?),
        Part::BaseUrl => handed.base_url.as_deref().map(Secret::from),
        Part::AccessToken => credential.access_token.clone(),
        Part::TokenSecret => credential.token_secret.clone(),
        Part::Extra(name) => handed.account.extras.get(name).map(|text| text.as_str().into()),
        Part::Secret(name) => credential.secrets.get(name).cloned(),
        Part::Field(name) => fields(handed).remove(name.as_str()),
    })
}

fn missing(handed: &Handed, part: &Part) -> Error {
    let fields = fields(handed).into_keys().map(ToOwned::to_owned);
    let extras = handed.account.extras.keys().map(|name| format!("extras.{name}"));
    let secrets = handed.credential.secrets.keys().map(|name| format!("secrets.{name}"));
    let known = ["token", "base_url"].map(ToOwned::to_owned).into_iter().chain(fields);
    let known: Vec<String> = known.chain(extras).chain(secrets).collect();
    Error::new(Kind::Usage, format!("`{}` has no `{part}`", handed.id))
        .hint(format!("it has {}", known.join(", ")))
}
