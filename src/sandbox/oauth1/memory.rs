//! Defines what was given out: temporary credentials until they are traded, and tokens.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::sandbox::lock::lock;
use crate::sandbox::person::Person;
use crate::sandbox::random::random;
use crate::sandbox::subject::Subject;

/// More than anybody leaves lying.
const MAX: usize = 1000;

/// Everything that was given out since the start.
#[derive(Default)]
pub(in crate::sandbox) struct Memory {
    temporary: Mutex<HashMap<String, Temporary>>,
    tokens: Mutex<HashMap<String, Token>>,
}

/// Temporary credentials (section 2.1), and what became of them.
#[derive(Clone)]
pub(super) struct Temporary {
    pub(super) consumer: String,
    pub(super) secret: String,
    pub(super) callback: String,
    agreed: Option<(Person, String)>,
}

struct Token {
    consumer: String,
    secret: String,
    subject: Subject,
}

impl Memory {
    /// Gives temporary credentials out.
    pub(super) fn ask(&self, consumer: &str, callback: &str) -> (String, String) {
        let (token, secret) = (random("practice-temporary-"), random("practice-secret-"));
        let given = Temporary {
            consumer: consumer.to_owned(),
            secret: secret.clone(),
            callback: callback.to_owned(),
            agreed: None,
        };
        insert(&self.temporary, token.clone(), given);
        (token, secret)
    }

    pub(super) fn temporary(&self, token: &str) -> Option<Temporary> {
        lock(&self.temporary).get(token).cloned()
    }

    /// Somebody agreed: gives the verifier, short enough to be typed.
    pub(super) fn agree(&self, token: &str, person: Person) -> Option<String> {
        let mut temporary = lock(&self.temporary);
        let asked = temporary.get_mut(token).filter(|asked| asked.agreed.is_none())?;
        let verifier = random("").chars().filter(char::is_ascii_alphanumeric).take(10).collect();
        Some(asked.agreed.insert((person, verifier)).1.clone())
    }

    pub(super) fn refuse(&self, token: &str) {
        lock(&self.temporary).remove(token);
    }

    /// Trades agreed credentials for a token, once (section 2.3).
    pub(super) fn trade(&self, temporary: &str, verifier: &str) -> Option<(String, String)> {
        let mut all = lock(&self.temporary);
        let agreed = all.get(temporary)?.agreed.as_ref()?;
        if agreed.1 != verifier {
            return None;
        }
        let Temporary { consumer, agreed, .. } = all.remove(temporary)?;
        let (person, _) = agreed?;
        let (token, secret) = (random("practice-oauth1-"), random("practice-secret-"));
        let subject = Subject::Person(person);
        let given = Token { consumer, secret: secret.clone(), subject };
        insert(&self.tokens, token.clone(), given);
        Some((token, secret))
    }

    /// The secret of a consumer's token, and whose it is.
    pub(super) fn token(&self, token: &str, consumer: &str) -> Option<(String, Subject)> {
        let tokens = lock(&self.tokens);
        let found = tokens.get(token).filter(|found| found.consumer == consumer)?;
        Some((found.secret.clone(), found.subject.clone()))
    }

    /// Ends every token.
    pub(in crate::sandbox) fn revoke(&self) {
        lock(&self.tokens).clear();
    }
}

fn insert<T>(all: &Mutex<HashMap<String, T>>, name: String, value: T) {
    let mut all = lock(all);
    if all.len() >= MAX {
        all.clear();
    }
    all.insert(name, value);
}
