//! Why an FTP server did not do what it was asked.

use super::control::{Failure, Reply};
use crate::definition::hosts::HostError;
use crate::http::Client;
use crate::text::short;
use std::io;
use url::Url;

/// Why a server did not do what it was asked. Its words come masked and in one line.
#[derive(Debug, thiserror::Error)]
pub enum FtpError {
    /// The credential may not go there.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A name or path with a line break would be a second command.
    #[error("{0} has a line break in it")]
    LineBreak(&'static str),
    /// The name is not known, nobody listens, or the connection broke.
    #[error("`{host}` cannot be reached: {reason}")]
    Connection {
        /// The host.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The certificate is not trusted, or the server does not speak TLS.
    #[error("`{host}` cannot be trusted: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// What the library or the server says.
        reason: String,
    },
    /// The server lets nobody in without TLS.
    #[error("the server lets nobody in without TLS: {0}")]
    WantsTls(String),
    /// User name or password are wrong (reply 430 or 530).
    #[error("the server does not know this user name and password: {0}")]
    NotLoggedIn(String),
    /// There is no such file, or no access to it (reply 450 or 550).
    #[error("the server does not give this: {0}")]
    NotAvailable(String),
    /// Any other reply that says no.
    #[error("the server said no: {0}")]
    Refused(String),
    /// What came is no reply of FTP.
    #[error("what answers there does not speak FTP")]
    NotFtp,
    /// No answer in time.
    #[error("`{0}` did not answer in time")]
    TimedOut(String),
    /// What was retrieved cannot be written.
    #[error("what was retrieved cannot be written: {0}")]
    Sink(#[source] io::Error),
}

impl FtpError {
    /// The same where no file was asked for yet, and what is refused is the person or the way.
    pub(super) fn of_a_login(self, url: &Url) -> Self {
        let (Self::NotAvailable(words) | Self::Refused(words) | Self::NotLoggedIn(words)) = &self
        else {
            return self;
        };
        // There is no code for it that servers agree on (RFC 4217 names 522 and 534).
        let wants = ["TLS", "SSL", "encrypt"].iter().any(|word| words.contains(word));
        match self {
            _ if wants && url.scheme() == "ftp" => Self::WantsTls(words.clone()),
            Self::NotAvailable(words) => Self::Refused(words),
            other => other,
        }
    }
}

/// A line break in a command would begin another one.
pub(super) fn one_line(what: &'static str, text: &str) -> Result<(), FtpError> {
    match text.contains(['\r', '\n', '\0']) {
        true => Err(FtpError::LineBreak(what)),
        false => Ok(()),
    }
}

pub(super) fn explain(url: &Url, failure: Failure, http: &Client) -> FtpError {
    let host = url.host_str().unwrap_or_default().to_owned();
    match failure {
        Failure::Connection(error) if error.kind() == io::ErrorKind::TimedOut => {
            FtpError::TimedOut(host)
        }
        Failure::Connection(error) => FtpError::Connection { host, reason: error.to_string() },
        Failure::Tls(error) => FtpError::Tls { host, reason: short(&error.to_string(), 200) },
        Failure::Said(reply) => {
            let words = words(&reply, http);
            match reply.code {
                430 | 530 => FtpError::NotLoggedIn(words),
                450 | 550 => FtpError::NotAvailable(words),
                _ => FtpError::Refused(words),
            }
        }
        Failure::NotFtp => FtpError::NotFtp,
    }
}

/// A reply as the server wrote it, in one line. It may well repeat the password.
fn words(reply: &Reply, http: &Client) -> String {
    short(&http.mask(&reply.text), 200)
}
