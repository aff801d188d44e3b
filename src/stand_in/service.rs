//! Takes a request, finds the part that it plays, judges it, and answers as the app would.

use super::answer::Made;
use super::authority::Authority;
use super::discovery::completed;
use super::expected::Facts;
use super::ftp::FtpServer;
use super::judge::differences;
use super::memory::{Memory, Now};
use super::plan::{Role, endpoint, roles};
use super::possession::unproved;
use super::practice::Inputs;
use super::signed::unsigned;
use super::trouble::{Disturbed, Trouble};
use super::wire::Wire;
use crate::definition::{Authorization, Definition};
use crate::oauth2::metadata_urls;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use tokio::net::TcpStream;
use url::Url;

/// What became of a request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method, host and path.
    pub request: String,
    /// The parts that it played: one request can be a lookup and the user information.
    pub parts: Vec<&'static str>,
    /// What the browser shows to be typed (RFC 5849 section 2.1, `oob`).
    pub pin: Option<String>,
    /// What is wrong with it; empty where it is what the definition asks for.
    pub differences: Vec<String>,
}

/// Where nobody listens for a redirect.
pub(super) const OUT_OF_BAND: &str = "oob";

const NOWHERE: &str = "no endpoint of the definition has this address";

/// What is remembered after a good request, and its answer; or what is wrong with it.
type Judged = Result<(Memory, Response), Vec<String>>;

/// The app as one of its authorizations describes it.
pub(super) struct Service {
    pub(super) authority: Authority,
    pub(super) definition: Definition,
    pub(super) at: usize,
    roles: Vec<Role>,
    memory: Mutex<Memory>,
    trouble: Mutex<Option<Trouble>>,
    note: Box<Note>,
}

/// Is told of every request before it is answered.
pub(super) type Note = dyn Fn(Seen) + Send + Sync;

impl Service {
    pub(super) fn new(definition: Definition, at: usize, note: Box<Note>) -> io::Result<Self> {
        let auth = &definition.authorizations[at];
        let memory = Memory::new(&definition, auth);
        let definition = completed(definition.clone(), at, &memory);
        let roles = roles(&definition.authorizations[at]);
        let authority = Authority::new()?;
        Ok(Self {
            authority,
            definition,
            at,
            roles,
            memory: Mutex::new(memory),
            trouble: Mutex::default(),
            note,
        })
    }

    pub(super) fn auth(&self) -> &Authorization {
        &self.definition.authorizations[self.at]
    }

    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied()
    }

    /// What somebody who connects has to give.
    pub(super) fn inputs(&self) -> Inputs {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).inputs.clone()
    }

    /// Puts the address of an FTP server where the definition asks for it.
    ///
    /// # Errors
    /// It is written in the definition, so that nothing leads here.
    pub(super) fn is_at(&mut self, address: SocketAddr) -> io::Result<()> {
        let field = self.auth().fields.iter().find(|field| field.is_ftp());
        let clear = |example: &String| example.starts_with("ftp://");
        let (name, scheme) = match field {
            Some(field) if field.example.as_ref().is_some_and(clear) => (field.name.clone(), "ftp"),
            Some(field) => (field.name.clone(), "ftps"),
            None => return Err(io::Error::other("the address of the FTP server is fixed")),
        };
        let memory = self.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        memory.inputs.fields.insert(name, format!("{scheme}://{address}"));
        Ok(())
    }

    /// Answers somebody who speaks FTP.
    pub(super) async fn answer_ftp(&self, stream: TcpStream) {
        let Some(server) = self.ftp_server() else { return };
        // Whoever hangs up has said what there was to say.
        let _ = server.serve(stream, &*self.note).await;
    }

    fn ftp_server(&self) -> Option<FtpServer> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let auth = self.auth();
        let scope = memory.scope(&self.definition, auth, &Now::default());
        let basic = auth.request.basic.as_ref()?;
        Some(FtpServer {
            username: basic.username.require(&scope).ok()?,
            password: basic.password.require(&scope).ok()?,
            tls: self.authority.acceptor("127.0.0.1").ok()?,
            encrypted: auth.base_url.require(&scope).ok()?.starts_with("ftps"),
        })
    }

    /// Answers a request; never, where the trouble is silence.
    pub(super) async fn answer(&self, wire: Wire) -> Response {
        match self.decide(&wire) {
            Some(response) => response,
            None => std::future::pending().await,
        }
    }

    fn decide(&self, wire: &Wire) -> Option<Response> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let host = wire.url.host_str().unwrap_or_default();
        let request = format!("{} {host}{}", wire.method, wire.url.path());
        let (role, judged) = self.judge(wire, &memory);
        let (after, response) = match judged {
            Ok(good) => good,
            Err(differences) => {
                let response = refused(role, &differences);
                (self.note)(Seen { request, parts: vec![role.name()], pin: None, differences });
                return Some(response);
            }
        };
        let parts = self.alike(role, &memory).into_iter().map(Role::name).collect();
        let shows = role == Role::Permission && after.redirect_uri.as_deref() == Some(OUT_OF_BAND);
        let pin = after.verifier.clone().filter(|_| shows);
        (self.note)(Seen { request, parts, pin, differences: Vec::new() });
        match self.disturbed(role, &memory) {
            Some(Disturbed::By(response)) => return Some(response),
            Some(Disturbed::Silence) => return None,
            None => {}
        }
        *memory = after;
        Some(response)
    }

    /// The part that a request plays, with what is remembered then and its answer, or with what is wrong.
    fn judge(&self, wire: &Wire, memory: &Memory) -> (Role, Judged) {
        let mut closest: Option<(Role, Vec<String>)> = None;
        for role in self.roles() {
            // An endpoint of the definition is no other API call as well.
            if !self.is_for(role, memory, wire) || role == Role::Call && closest.is_some() {
                continue;
            }
            let mut after = memory.clone();
            match self.play(role, wire, &mut after) {
                Ok(response) => return (role, Ok((after, response))),
                Err(found)
                    if closest.as_ref().is_none_or(|(_, least)| found.len() < least.len()) =>
                {
                    closest = Some((role, found));
                }
                Err(_) => {}
            }
        }
        let nowhere = || (Role::Call, vec![NOWHERE.to_owned()]);
        let (role, differences) = closest.unwrap_or_else(nowhere);
        (role, Err(differences))
    }

    fn disturbed(&self, role: Role, memory: &Memory) -> Option<Disturbed> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = memory.scope(&self.definition, self.auth(), &Now::default());
        let disturbed = self.disturb(trouble.as_ref()?, role, &scope);
        let once = *trouble == Some(Trouble::UnauthorizedOnce) && disturbed.is_some();
        let renewed = trouble.as_ref().is_some_and(Trouble::ends_with_renewal)
            && disturbed.is_none()
            && role.gives_tokens();
        if once || renewed {
            *trouble = None;
        }
        disturbed
    }

    /// The PIN that was shown last.
    pub(super) fn pin(&self) -> Option<String> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.verifier.clone()
    }

    /// What goes wrong from now on.
    pub(super) fn make(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub(super) fn rotates(&self) -> bool {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) == Some(Trouble::Rotates)
    }

    /// The API calls of the definition that are one and the same request.
    pub(super) fn alike(&self, role: Role, memory: &Memory) -> Vec<Role> {
        let facts = self.facts(memory);
        let method = |role| endpoint(self.auth(), role).map(|endpoint| endpoint.method.clone());
        let same = |other: &Role| {
            *other == role
                || other.is_api()
                    && role.is_api()
                    && facts.address(*other) == facts.address(role)
                    && method(*other) == method(role)
        };
        self.roles().filter(same).collect()
    }

    pub(super) fn facts<'a>(&'a self, memory: &'a Memory) -> Facts<'a> {
        Facts { definition: &self.definition, auth: self.auth(), memory }
    }

    /// Whether a request goes to where this part is played.
    fn is_for(&self, role: Role, memory: &Memory, wire: &Wire) -> bool {
        let facts = self.facts(memory);
        match role {
            Role::Discovery => self
                .issuer(memory)
                .is_some_and(|issuer| metadata_urls(&issuer).iter().any(|url| wire.goes_to(url))),
            Role::Call => {
                let scope = memory.scope(&self.definition, self.auth(), &Now::default());
                let base = self.auth().base_url.require(&scope).ok();
                let base = base.and_then(|base| Url::parse(&base).ok());
                base.is_some_and(|base| {
                    base.origin() == wire.url.origin()
                        && wire.url.path().starts_with(base.path().trim_end_matches('/'))
                })
            }
            _ => facts.address(role).is_some_and(|address| wire.goes_to(&address)),
        }
    }

    /// Plays a part, if the request is what the definition asks for.
    fn play(&self, role: Role, wire: &Wire, memory: &mut Memory) -> Result<Response, Vec<String>> {
        match role {
            Role::Discovery => return Ok(self.metadata()),
            Role::Authorization => return self.authorize(wire, memory),
            Role::Permission => return self.permit(wire, memory),
            _ => {}
        }
        let one = |text: String| vec![text];
        let mut expected = self.facts(memory).expected(role, wire).map_err(one)?;
        if role == Role::Push {
            self.expect_pushed(&mut expected, wire, memory).map_err(one)?;
        }
        let mut plain = unsigned(wire.clone(), &expected, memory).map_err(one)?;
        if self.auth().oauth2().is_some_and(|oauth2| oauth2.dpop) {
            plain = unproved(plain, role, memory).map_err(one)?;
        }
        let secrets = memory.secrets(self.auth());
        let found = differences(&plain, &expected.request, role == Role::Call, &secrets);
        if !found.is_empty() {
            return Err(found);
        }
        let Made { document, written } =
            self.make_answer(role, wire, &expected.scope, memory).map_err(one)?;
        Ok(document.answer(written))
    }
}

/// An app that refuses says so in its own way; this one says why.
fn refused(role: Role, differences: &[String]) -> Response {
    let status = if role.is_api() { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let reason = format!("the {} request: {}", role.name(), differences.join("; "));
    let body = json!({"error": "refused_by_stand_in", "error_description": reason});
    (status, Json(body)).into_response()
}
