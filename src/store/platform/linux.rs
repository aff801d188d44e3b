//! Linux: the Secret Service on the session bus (GNOME Keyring, KWallet, KeePassXC).

use super::super::error::StoreError;
use keyring_core::CredentialStore;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as Service};
use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;

pub(super) const NAME: &str = "Secret Service";
pub(super) const PLACE: &str = "Secret Service keyring";
pub(super) const LIMIT: Option<usize> = None;
pub(super) const SEARCH: &[(&str, &str)] = &[("service", "tieline")];
pub(super) const LABEL: Option<&str> = Some("label");

const NO_BUS: &str = "there is no session bus (D-Bus)";

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// What libsecret does too when it is to store something and there is no keyring yet.
pub(super) fn create_default() -> Result<(), StoreError> {
    let made = SecretService::connect(EncryptionType::Plain)
        .and_then(|service| service.create_collection("Default keyring", "default").map(drop));
    match made {
        Ok(()) => Ok(()),
        Err(error) => match explain(&error) {
            StoreError::Locked { .. } => Err(StoreError::NoCollection {
                cause: cause("the prompt for a new keyring was dismissed or could not be shown"),
            }),
            other => Err(other),
        },
    }
}

/// Knows the errors by the types of `secret-service`, which therefore has to be the version that
/// the keyring crate uses: the peer tests under `tests/peers/keyring` fail when it is not.
pub(super) fn explain(error: &(dyn Error + Send + Sync + 'static)) -> StoreError {
    match error.downcast_ref::<Service>() {
        Some(Service::Unavailable) => no_service(NO_BUS.into()),
        Some(Service::Locked) => locked("the keyring is locked"),
        // A prompter that cannot open a window ends in the same word as a person who cancels
        Some(Service::Prompt) => locked("the unlock prompt was dismissed or could not be shown"),
        Some(Service::PromptDisconnected) => locked("the unlock prompt went away"),
        // the only thing that has no result is the alias `default`
        Some(Service::NoResult) => {
            StoreError::NoCollection { cause: cause("the alias `default` names no collection") }
        }
        Some(Service::Zbus(error)) => explain_bus(error),
        Some(Service::ZbusFdo(error)) => explain_bus(&zbus::Error::from(error.clone())),
        _ => StoreError::Backend { cause: cause(&error.to_string()) },
    }
}

fn explain_bus(error: &zbus::Error) -> StoreError {
    match error {
        zbus::Error::Connection(io, _) if io.kind() == ErrorKind::NotFound => {
            no_service(NO_BUS.into())
        }
        zbus::Error::Address(_)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Connection(..)
        | zbus::Error::Handshake(_) => no_service(format!("cannot reach the session bus: {error}")),
        zbus::Error::MethodError(name, text, _) => {
            explain_answer(name.as_str(), text.as_deref().unwrap_or_default())
        }
        zbus::Error::FDO(error) => {
            let (name, text) = (zbus::DBusError::name(error.as_ref()), error.to_string());
            explain_answer(name.as_str(), &text)
        }
        other => StoreError::Backend { cause: cause(&other.to_string()) },
    }
}

/// Errors that came over the bus have names, set down in the D-Bus and Secret Service
/// specifications.
fn explain_answer(name: &str, text: &str) -> StoreError {
    const BUS: &str = "org.freedesktop.DBus.Error.";
    const SECRET: &str = "org.freedesktop.Secret.Error.";
    if let Some(short) = name.strip_prefix(SECRET) {
        return match short {
            "IsLocked" => locked("the keyring is locked"),
            "NoSuchObject" => not_found(name, text),
            _ => StoreError::Backend { cause: cause(&format!("{name}: {text}")) },
        };
    }
    match name.strip_prefix(BUS).unwrap_or(name) {
        "ServiceUnknown" | "NameHasNoOwner" => {
            no_service("org.freedesktop.secrets is not on the session bus".into())
        }
        short if short.starts_with("Spawn.") => {
            no_service(format!("org.freedesktop.secrets could not be started: {text}"))
        }
        // the service went away in the middle of a call
        "NoReply" | "Disconnected" => {
            no_service("org.freedesktop.secrets left the session bus".into())
        }
        "TimedOut" | "Timeout" => {
            no_service(format!("org.freedesktop.secrets did not start: {text}"))
        }
        // the bus's own text quotes whole command lines
        "AccessDenied" | "AuthFailed" => StoreError::Denied {
            cause: cause("org.freedesktop.secrets may not be called from here"),
        },
        // an item that another process has just removed
        "UnknownObject" | "UnknownMethod" | "UnknownInterface" => not_found(name, text),
        _ => StoreError::Backend { cause: cause(&format!("{name}: {text}")) },
    }
}

fn no_service(text: String) -> StoreError {
    StoreError::NoService { cause: cause(&text) }
}

fn locked(text: &str) -> StoreError {
    StoreError::Locked { cause: cause(text) }
}

fn not_found(name: &str, text: &str) -> StoreError {
    StoreError::NotFound { place: "keyring", cause: cause(&format!("{name}: {text}")) }
}

fn cause(text: &str) -> String {
    format!("{NAME}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_of_the_bus_has_its_own_meaning() {
        let kind = |name: &str| {
            let error = explain_answer(&format!("org.freedesktop.{name}"), "text");
            format!("{error:?}").split(' ').next().map(str::to_owned).unwrap()
        };
        assert_eq!(kind("DBus.Error.ServiceUnknown"), "NoService");
        assert_eq!(kind("DBus.Error.Spawn.ChildExited"), "NoService");
        assert_eq!(kind("DBus.Error.NoReply"), "NoService");
        assert_eq!(kind("DBus.Error.AccessDenied"), "Denied");
        assert_eq!(kind("DBus.Error.UnknownObject"), "NotFound");
        assert_eq!(kind("Secret.Error.IsLocked"), "Locked");
        assert_eq!(kind("Secret.Error.NoSuchObject"), "NotFound");
        assert_eq!(kind("Secret.Error.NoSession"), "Backend");
    }

    #[test]
    fn every_way_an_unlock_can_end_without_a_key_is_locked() {
        for error in [Service::Locked, Service::Prompt, Service::PromptDisconnected] {
            assert!(matches!(explain(&error), StoreError::Locked { .. }), "{error}");
        }
        assert!(matches!(explain(&Service::NoResult), StoreError::NoCollection { .. }));
        assert!(matches!(explain(&Service::Unavailable), StoreError::NoService { .. }));
    }
}
