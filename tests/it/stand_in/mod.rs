//! The stage on which a definition is run: a stand-in made from it, a home that trusts it, and a browser that
//! goes through it.

mod browser;

use crate::support::{Home, Ran};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use tieline::catalog::Catalog;
use tieline::definition::{Authorization, Definition, GrantType, RefreshPolicy, Way as Kind};
use tieline::stand_in::{self, Inputs};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use url::Url;

/// One authorization of one definition.
pub(crate) struct Way {
    definition: Definition,
    at: usize,
}

impl Way {
    /// Every authorization of a file.
    pub(crate) fn all(file: &Path) -> Vec<Self> {
        let definition = Catalog::new(Vec::new()).load(file.to_str().unwrap()).unwrap();
        (0..definition.authorizations.len())
            .map(|at| Self { definition: definition.clone(), at })
            .collect()
    }

    /// One authorization of a file.
    pub(crate) fn of(file: &Path, auth: &str) -> Self {
        let found = Self::all(file).into_iter().find(|way| way.name() == auth);
        found.unwrap_or_else(|| panic!("{} has no {auth}", file.display()))
    }

    fn auth(&self) -> &Authorization {
        &self.definition.authorizations[self.at]
    }

    fn app(&self) -> &str {
        self.definition.app.as_str()
    }

    pub(crate) fn name(&self) -> &str {
        &self.auth().name
    }
}

/// What was run.
pub(crate) struct Done {
    app: String,
    auth: String,
    executed: Vec<&'static str>,
    status: &'static str,
    docs: String,
}

impl Done {
    /// A row of the table.
    pub(crate) fn row(&self) -> String {
        let executed = self.executed.join(", ");
        format!("executed\t{}\t{}\t{executed}\t{}\t{}", self.app, self.auth, self.status, self.docs)
    }
}

/// A stand-in that is running, and everything that a client of it needs.
pub(crate) struct Stage<'w> {
    way: &'w Way,
    home: Home,
    proxy: String,
    inputs: Inputs,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    seen: mpsc::Receiver<stand_in::Seen>,
}

type Result<T> = std::result::Result<T, String>;

impl<'w> Stage<'w> {
    /// The stand-in is made from `server`; `home` knows the definition as `client`.
    pub(crate) fn new(server: &Way, client: &'w Way, home: Home) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, started) = mpsc::channel();
        let (sender, seen) = mpsc::channel();
        let (definition, at) = (server.definition.clone(), server.at);
        let thread = thread::spawn(move || {
            runtime().block_on(async {
                let note = move |seen| drop(sender.send(seen));
                let stand_in = stand_in::start(definition, at, 0, note).await.unwrap();
                let (address, certificate) = (stand_in.address(), stand_in.certificate());
                tell.send((address, certificate, stand_in.inputs())).unwrap();
                tokio::select! {
                    () = stand_in.run() => {}
                    _ = stopped => {}
                }
            });
        });
        let (address, certificate, inputs) = started.recv().unwrap();
        let proxy = format!("http://{address}");
        let certificate = home.write("ca.pem", &certificate).display().to_string();
        let home = home.set("HTTPS_PROXY", &proxy).set("SSL_CERT_FILE", certificate);
        Self { way: client, home, proxy, inputs, running: Some((stop, thread)), seen }
    }

    /// Connects, tests, calls, and where a token can be renewed, renews it.
    pub(crate) fn play(&self) -> Result<Done> {
        let mut executed = vec!["connect"];
        self.connect()?;
        let app = self.way.app();
        if self.way.auth().user_info.is_some() {
            self.good(&self.home.run(&["test", app]), &["user information"])?;
            executed.push("test");
        }
        if self.way.auth().is_ftp() {
            self.good(&self.home.run(&["test", app]), &["login"])?;
            self.good(&self.home.run(&["call", app, "LIST"]), &["call"])?;
            executed.extend(["test", "call"]);
            return Ok(self.done(executed));
        }
        self.good(&self.home.run(&["call", app, "/stand-in"]), &["call"])?;
        executed.push("call");
        if let Some(part) = self.renewal() {
            self.good(&self.home.run(&["accounts", "refresh", app]), &[part])?;
            executed.push("refresh");
            self.good(&self.home.run(&["call", app, "/stand-in"]), &["call"])?;
        }
        self.on_another_device(&mut executed)?;
        self.end(&mut executed)?;
        Ok(self.done(executed))
    }

    fn done(&self, executed: Vec<&'static str>) -> Done {
        Done {
            app: self.way.app().to_owned(),
            auth: self.way.name().to_owned(),
            executed,
            status: self.way.definition.status.name(),
            docs: self.way.definition.docs.clone().unwrap_or_default(),
        }
    }

    /// Connects again with a code that is typed elsewhere, where a browser is not the only way.
    fn on_another_device(&self, executed: &mut Vec<&'static str>) -> Result<()> {
        let auth = self.way.auth();
        let offers = auth.oauth2().is_some_and(|oauth2| oauth2.device_authorization.is_some());
        if !offers || Manner::of(auth) != Manner::Browser {
            return Ok(());
        }
        let fields = self.as_fields(&self.inputs.fields);
        let mut all = vec!["connect", self.way.app(), "--auth", self.way.name(), "--device"];
        all.extend(fields.iter().map(String::as_str));
        self.good(&self.home.run(&all), &["device authorization", "token"])?;
        executed.push("device");
        Ok(())
    }

    /// Asks what the provider knows of the token, and revokes it, where it offers that.
    fn end(&self, executed: &mut Vec<&'static str>) -> Result<()> {
        let Some(oauth2) = self.way.auth().oauth2() else { return Ok(()) };
        let app = self.way.app();
        if oauth2.introspection.is_some() {
            let show = ["accounts", "show", app, "--live"];
            self.good(&self.home.run(&show), &["introspection"])?;
            executed.push("introspection");
        }
        if oauth2.revocation.is_some() {
            self.good(&self.home.run(&["disconnect", app]), &["revocation"])?;
            executed.push("revocation");
        }
        Ok(())
    }

    /// The part that a renewal plays, where there is one.
    fn renewal(&self) -> Option<&'static str> {
        match &self.way.auth().way {
            Kind::Fields => None,
            Kind::Login(_) => Some("login"),
            Kind::OAuth1(oauth1) => oauth1.refresh.as_ref().map(|_| "refresh"),
            Kind::OAuth2(oauth2) => {
                let none = oauth2.refresh_policy == RefreshPolicy::None;
                match oauth2.runs_again() {
                    true => Some("token"),
                    false => (!none).then_some("refresh"),
                }
            }
        }
    }

    fn connect(&self) -> Result<()> {
        let manner = Manner::of(self.way.auth());
        let mut given = self.inputs.fields.clone();
        if manner == Manner::Given {
            given.extend(self.inputs.client_id.clone().map(|id| ("client_id".to_owned(), id)));
            let secret = self.inputs.client_secret.clone();
            given.extend(secret.map(|secret| ("client_secret".to_owned(), secret)));
            given.extend(self.inputs.client_fields.clone());
        } else {
            self.set_client()?;
        }
        let mut all = ["connect", self.way.app(), "--no-browser", "--auth", self.way.name()]
            .map(ToOwned::to_owned)
            .to_vec();
        all.extend(self.as_fields(&given));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let ran = match manner {
            Manner::Given | Manner::Device => self.home.run(&all),
            Manner::Browser | Manner::Pin => self.in_browser(&all, manner)?,
        };
        self.good(&ran, &[])
    }

    /// Secrets and all else by files: nothing of it stands on a command line.
    fn as_fields(&self, values: &BTreeMap<String, String>) -> Vec<String> {
        let file = |name: &String, value| self.home.write(&format!("inputs/{name}"), value);
        let given =
            values.iter().map(|(name, value)| format!("{name}=@{}", file(name, value).display()));
        given.flat_map(|field| ["--field".to_owned(), field]).collect()
    }

    fn set_client(&self) -> Result<()> {
        let auth = self.way.auth();
        let secret = self.inputs.client_secret.clone().unwrap_or_default();
        let secret = format!("@{}", self.home.write("inputs/secret", &secret).display());
        let id = self.inputs.client_id.clone().unwrap_or_default();
        let mut all = [
            "client",
            "set",
            self.way.app(),
            "--auth",
            self.way.name(),
            "--id",
            &id,
            "--secret",
            &secret,
        ]
        .map(ToOwned::to_owned)
        .to_vec();
        all.extend(self.as_fields(&self.inputs.client_fields));
        // The port that is registered may be taken by another test: some are offered that were free.
        if let Some(redirection) = auth.redirection().filter(|redirection| !redirection.any_port) {
            let mut uri = Url::parse(&redirection.uris[0]).unwrap();
            for _ in 0..4 {
                let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
                uri.set_port(Some(free)).unwrap();
                all.extend(["--redirect-uri".to_owned(), uri.to_string()]);
            }
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.good(&self.home.run(&all), &[])
    }

    /// A command must have ended well, every request must have been what the definition asks for, and among
    /// them each of `parts`.
    fn good(&self, ran: &Ran, parts: &[&str]) -> Result<()> {
        if ran.status != Some(0) {
            return Err(self.failure(ran));
        }
        let seen = self.seen();
        if let Some(wrong) = seen.iter().find(|seen| !seen.differences.is_empty()) {
            return Err(format!("tieline {}\n{}", ran.command, shown(wrong)));
        }
        match parts.iter().find(|part| !seen.iter().any(|seen| seen.parts.contains(part))) {
            Some(part) => Err(format!("tieline {} made no {part} request", ran.command)),
            None => Ok(()),
        }
    }

    fn seen(&self) -> Vec<stand_in::Seen> {
        self.seen.try_iter().collect()
    }

    fn failure(&self, ran: &Ran) -> String {
        let seen: Vec<_> = self.seen().iter().map(shown).collect();
        let Ran { command, status, stdout, stderr, .. } = ran;
        let seen = seen.join("\n");
        format!("tieline {command}: {status:?}\n{stdout}{stderr}\n{seen}\n")
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            drop(thread.join());
        }
    }
}

/// What it takes to connect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Nothing but what is given.
    Given,
    Browser,
    /// A browser, and a PIN that it shows.
    Pin,
    /// Another device.
    Device,
}

impl Manner {
    fn of(auth: &Authorization) -> Self {
        match &auth.way {
            Kind::OAuth2(oauth2) => match oauth2.grants[0] {
                GrantType::AuthorizationCode => Self::Browser,
                GrantType::DeviceCode => Self::Device,
                _ => Self::Given,
            },
            Kind::OAuth1(oauth1) => match &oauth1.legs {
                Some(legs) if legs.redirection.is_some() => Self::Browser,
                Some(_) => Self::Pin,
                None => Self::Given,
            },
            Kind::Fields | Kind::Login(_) => Self::Given,
        }
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn shown(seen: &stand_in::Seen) -> String {
    format!("{} as {}: {}", seen.request, seen.parts.join(", "), seen.differences.join("; "))
}
