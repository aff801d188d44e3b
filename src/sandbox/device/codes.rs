//! Defines the device codes: who waits with which, and what a poll is answered.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::Grant;
use crate::sandbox::person::Person;
use crate::sandbox::random::random;
use crate::sandbox::subject::Subject;

use super::user_code::user_code;

/// How long a device code is good.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);
/// RFC 8628 section 3.5: by how much the interval grows with every `slow_down`.
const SLOWER: Duration = Duration::from_secs(5);
/// More devices than anybody connects at once.
const MAX_DEVICES: usize = 100;

/// A device that waits.
struct Device {
    user_code: String,
    client_id: String,
    scopes: Vec<String>,
    resources: Vec<String>,
    expires: Instant,
    interval: Duration,
    polled: Option<Instant>,
    decision: Decision,
}

#[derive(Clone, Copy)]
enum Decision {
    Open,
    Denied,
    Allowed(Person),
}

/// What the page asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Question {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) scopes: Vec<String>,
    pub(in crate::sandbox) user_code: String,
}

/// A token request with a device code.
pub(in crate::sandbox) struct Poll<'a> {
    pub(in crate::sandbox) device_code: &'a str,
    pub(in crate::sandbox) client_id: &'a str,
    pub(in crate::sandbox) now: Instant,
    /// Whatever the interval is.
    pub(in crate::sandbox) is_too_fast: bool,
    /// Whether the person agrees without a page, once the device was told to wait.
    pub(in crate::sandbox) agrees: bool,
}

/// Every device that waits, by its device code.
#[derive(Default)]
pub(in crate::sandbox) struct DeviceCodes(HashMap<String, Device>);

impl DeviceCodes {
    /// A new device; gives its device code and its user code.
    pub(super) fn add(
        &mut self,
        client_id: &str,
        (scopes, resources): (Vec<String>, Vec<String>),
        (now, interval): (Instant, Duration),
    ) -> (String, String) {
        if self.0.len() >= MAX_DEVICES {
            self.0.clear();
        }
        let (device_code, user_code) = (random("practice-device-"), user_code());
        let device = Device {
            user_code: user_code.clone(),
            client_id: client_id.to_owned(),
            scopes,
            resources,
            expires: now + LIFETIME,
            interval,
            polled: None,
            decision: Decision::Open,
        };
        self.0.insert(device_code.clone(), device);
        (device_code, user_code)
    }

    /// What the page asks about, for a user code that still waits.
    pub(super) fn question(&self, user_code: &str, now: Instant) -> Option<Question> {
        let device = self.0.values().find(|device| device.waits(user_code, now))?;
        Some(Question {
            client_id: device.client_id.clone(),
            scopes: device.scopes.clone(),
            user_code: device.user_code.clone(),
        })
    }

    /// Somebody decided; `None` refuses. False if nothing waits for it any more.
    pub(super) fn decide(&mut self, user_code: &str, person: Option<Person>, now: Instant) -> bool {
        let Some(device) = self.0.values_mut().find(|device| device.waits(user_code, now)) else {
            return false;
        };
        device.decision = person.map_or(Decision::Denied, Decision::Allowed);
        true
    }

    /// RFC 8628 section 3.5: what was granted, once.
    pub(in crate::sandbox) fn poll(&mut self, poll: &Poll<'_>) -> Result<Grant, OAuthError> {
        let device = self.0.get_mut(poll.device_code).filter(|d| d.client_id == poll.client_id);
        let Some(device) = device else {
            return Err(OAuthError::invalid_grant(
                "the device code is unknown, used or another client's",
            ));
        };
        if poll.now >= device.expires {
            return Err(expired());
        }
        device.pace(poll)?;
        match device.decision {
            Decision::Open => {
                if poll.agrees {
                    device.decision = Decision::Allowed(Person::Ada);
                }
                Err(OAuthError::new("authorization_pending", "nobody has decided yet"))
            }
            Decision::Denied => Err(denied()),
            Decision::Allowed(person) => {
                let grant = Grant {
                    client_id: device.client_id.clone(),
                    subject: Subject::Person(person),
                    scopes: std::mem::take(&mut device.scopes),
                    resources: std::mem::take(&mut device.resources),
                    nonce: None,
                };
                self.0.remove(poll.device_code);
                Ok(grant)
            }
        }
    }
}

impl Device {
    fn waits(&self, user_code: &str, now: Instant) -> bool {
        self.user_code == user_code && now < self.expires && matches!(self.decision, Decision::Open)
    }

    /// Section 3.5: who polls before the interval is over has to wait longer from then on.
    fn pace(&mut self, poll: &Poll<'_>) -> Result<(), OAuthError> {
        let early = self.polled.is_some_and(|polled| poll.now - polled < self.interval);
        self.polled = Some(poll.now);
        if early || poll.is_too_fast {
            self.interval += SLOWER;
            let seconds = self.interval.as_secs();
            let reason = format!("the interval is {seconds} seconds from now on");
            return Err(OAuthError::new("slow_down", reason));
        }
        Ok(())
    }
}

/// The person refused.
pub(in crate::sandbox) fn denied() -> OAuthError {
    OAuthError::new("access_denied", "the person refused")
}

/// The device waited too long.
pub(in crate::sandbox) fn expired() -> OAuthError {
    OAuthError::new("expired_token", "the device code expired: start again")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    struct Case {
        codes: DeviceCodes,
        device_code: String,
        user_code: String,
        start: Instant,
    }

    impl Case {
        fn new() -> Self {
            let (mut codes, start) = (DeviceCodes::default(), Instant::now());
            let scopes = vec!["profile".to_owned()];
            let (device_code, user_code) = codes.add("practice", (scopes, vec![]), (start, SECOND));
            Self { codes, device_code, user_code, start }
        }

        fn poll(&mut self, client_id: &str, after: Duration) -> Result<Grant, &'static str> {
            let poll = Poll {
                device_code: &self.device_code,
                client_id,
                now: self.start + after,
                is_too_fast: false,
                agrees: false,
            };
            self.codes.poll(&poll).map_err(|error| error.error)
        }
    }

    #[test]
    fn a_grant_is_given_once_and_only_to_its_client() {
        let mut case = Case::new();
        assert_eq!(case.poll("practice", SECOND), Err("authorization_pending"));
        let user_code = case.user_code.clone();
        assert_eq!(case.codes.question(&user_code, case.start).unwrap().client_id, "practice");
        assert!(case.codes.decide(&user_code, Some(Person::Grace), case.start));
        assert!(!case.codes.decide(&user_code, None, case.start), "decided twice");
        assert_eq!(case.poll("practice-2", SECOND * 3), Err("invalid_grant"));
        let grant = case.poll("practice", SECOND * 3).unwrap();
        assert_eq!(grant.subject, Subject::Person(Person::Grace));
        assert_eq!(case.poll("practice", SECOND * 5), Err("invalid_grant"));
    }

    #[test]
    fn every_hasty_poll_makes_the_interval_longer() {
        let mut case = Case::new();
        assert_eq!(case.poll("practice", SECOND * 10), Err("authorization_pending"));
        assert_eq!(case.poll("practice", SECOND * 10 + SECOND / 2), Err("slow_down"));
        assert_eq!(case.poll("practice", SECOND * 16), Err("slow_down"), "6 seconds by now");
        assert_eq!(case.poll("practice", SECOND * 27), Err("authorization_pending"));
    }

    #[test]
    fn a_code_is_over_after_ten_minutes() {
        let mut case = Case::new();
        assert_eq!(case.poll("practice", LIFETIME), Err("expired_token"));
        let user_code = case.user_code.clone();
        assert_eq!(case.codes.question(&user_code, case.start + LIFETIME), None);
    }

    #[test]
    fn a_refusal_is_told() {
        let mut case = Case::new();
        let user_code = case.user_code.clone();
        assert!(case.codes.decide(&user_code, None, case.start));
        assert_eq!(case.poll("practice", SECOND), Err("access_denied"));
    }
}
