//! Defines how a sandbox can be started.

use super::authorize::redirect_uri;
use super::client::CLIENT_SECRET;
use super::misbehave::Misbehaviour;

/// The port that the shipped definitions `sandbox-*` expect.
pub const PORT: u16 = 8455;

/// How a sandbox starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1 and, where there is one, on `[::1]`; 0 takes any free port.
    pub port: u16,
    /// How many seconds an access token and a login session live.
    pub lifetime: u64,
    /// How many seconds a device waits between two polls, unless it is told to slow down.
    pub interval: u64,
    /// What goes wrong from the start; `PUT /sandbox/misbehave` changes it later.
    pub misbehaviours: Vec<Misbehaviour>,
    /// What every token request is refused with from the start: `CODE` or `CODE: DESCRIPTION`;
    /// `PUT /sandbox/refuse` changes it later.
    pub refusal: Option<String>,
    /// The secret of the client `practice`.
    pub client_secret: String,
    /// The redirect URIs that every client has registered. A loopback address without a port
    /// stands for any port (RFC 8252 section 7.3); all others are compared as text.
    pub redirect_uris: Vec<String>,
    /// Answers an authorization request at once, as Ada Lovelace, without showing a page; a device
    /// is let in once it was told to wait.
    pub agrees: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: PORT,
            lifetime: 3600,
            interval: 1,
            misbehaviours: Vec::new(),
            refusal: None,
            client_secret: CLIENT_SECRET.to_owned(),
            redirect_uris: redirect_uri::REGISTERED.map(str::to_owned).to_vec(),
            agrees: false,
        }
    }
}
