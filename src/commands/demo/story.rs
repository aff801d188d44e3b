//! The story, chapter by chapter.

use super::Demo;
use super::stage::{expect, untold};
use super::types::{TYPES, Type};
use crate::error::{Error, Result};

/// The app of most chapters.
const OAUTH2: &str = "sandbox-oauth2";
/// Its account on a device without a browser.
const TELEVISION: &str = "sandbox-oauth2/tv";
/// Its account of a client that acts for nobody.
const SERVICE: &str = "sandbox-oauth2/service";
/// Its account whose tokens are bound to a key.
const BOUND: &str = "sandbox-oauth2/bound";
const OAUTH1: &str = "sandbox-oauth1";

impl Demo<'_> {
    pub(super) async fn tell(&mut self) -> Result<()> {
        self.with_a_browser().await?;
        self.look_and_call().await?;
        self.expire().await?;
        self.two_at_once().await?;
        self.on_another_device().await?;
        self.as_a_service().await?;
        self.with_safeguards().await?;
        let found = self.by_its_address().await?;
        self.with_signatures().await?;
        for kind in TYPES {
            self.with_fields(kind).await?;
        }
        self.look_at_all().await?;
        self.revoke_and_leave(&found).await
    }

    async fn with_a_browser(&mut self) -> Result<()> {
        self.chapter("Connect an app with OAuth: the browser asks, you agree")?;
        self.browse(&["connect", OAUTH2, "--no-browser"]).await.map(|_| ())
    }

    async fn look_and_call(&mut self) -> Result<()> {
        self.chapter("Check that it works, and call its API")?;
        self.show("", &["test", OAUTH2], None, 0).await?;
        let called = self.show("", &["call", OAUTH2, "/userinfo"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    async fn expire(&mut self) -> Result<()> {
        self.chapter("The access token expires; the next call renews it first")?;
        self.control("expire").await?;
        let called = self.show("", &["call", "-v", OAUTH2, "/userinfo"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    async fn two_at_once(&mut self) -> Result<()> {
        self.chapter("Two programs at once on an expired token: one refresh")?;
        self.control("expire").await?;
        let before = self.refreshes().await?;
        let arguments = ["call", OAUTH2, "/userinfo"];
        let both = [&arguments[..], &["&", "tieline"], &arguments, &["&", "wait"]].concat();
        self.typed("", &both)?;
        let (first, second) = tokio::join!(self.run(&arguments, None), self.run(&arguments, None));
        let (first, second) = (first?, second?);
        let refreshes = self.refreshes().await? - before;
        self.line(&format!("2 calls answered, the provider saw {refreshes} refresh"))?;
        match first.status.success() && second.status.success() && refreshes == 1 {
            true => Ok(()),
            false => Err(untold("two calls did not share one refresh")),
        }
    }

    async fn on_another_device(&mut self) -> Result<()> {
        self.chapter("No browser here: a code is typed on another device (RFC 8628)")?;
        let connect = ["connect", TELEVISION, "--auth", "device", "--no-browser", "-v"];
        let connected = self.show("", &connect, None, 0).await?;
        expect(&connected, "enter the code")
    }

    async fn as_a_service(&mut self) -> Result<()> {
        self.chapter("No person at all: a client fetches its tokens itself (client credentials)")?;
        let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
        let connect = [&["connect", SERVICE, "--auth", "client-credentials"], &client[..]].concat();
        self.show("", &connect, None, 0).await?;
        self.control("expire").await?;
        let called = self.show("", &["call", "-v", SERVICE, "/api/hello"], None, 0).await?;
        expect(&called, "token: POST")?;
        self.show("", &["disconnect", SERVICE], None, 0).await.map(|_| ())
    }

    async fn with_safeguards(&mut self) -> Result<()> {
        self.chapter("The request is pushed (PAR), and the tokens are bound to a key (DPoP)")?;
        let connect = ["connect", BOUND, "--auth", "bound", "--no-browser", "-v"];
        let connected = self.browse(&connect).await?;
        if !connected.iter().any(|line| line.contains("pushed authorization request: POST")) {
            return Err(untold("the request was not pushed"));
        }
        self.line(
            "whoever steals such a token cannot use it: each call proves that it has the key",
        )?;
        let called = self.show("", &["call", BOUND, "/userinfo"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    /// Gives the name that the app got.
    async fn by_its_address(&mut self) -> Result<String> {
        self.chapter("An app that nobody has described: its address is enough")?;
        let address = format!("http://{}/mcp", self.provider);
        self.browse(&["connect", &address, "--no-browser"]).await?;
        let found = format!("{}-mcp", self.provider.to_string().replace(['.', ':'], "-"));
        let path = self.own.path().join(format!("home/apps/{found}.yaml"));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::io("the definition cannot be read", &error))?;
        self.line("and this is the definition, which is yours to edit:")?;
        self.say_all(&text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>())?;
        self.show("", &["call", &found, "/mcp"], None, 0).await?;
        Ok(found)
    }

    async fn with_signatures(&mut self) -> Result<()> {
        self.chapter("OAuth 1.0a, with a client of your own: every call is signed")?;
        let set = ["client", "set", OAUTH1, "--id", "practice-consumer", "--secret", "-"];
        self.show("printf %s \"$SECRET\" | ", &set, Some("practice-consumer-secret"), 0).await?;
        self.browse(&["connect", OAUTH1, "--no-browser"]).await?;
        let called = self.show("", &["call", OAUTH1, "/me"], None, 0).await?;
        expect(&called, "ada@sandbox.test")
    }

    async fn with_fields(&mut self, kind: &Type) -> Result<()> {
        self.chapter(&format!("Connect with {}", kind.title))?;
        let mut arguments = vec!["connect", kind.app];
        arguments.extend(kind.arguments);
        self.show(kind.typed, &arguments, Some(kind.secret), 0).await?;
        let called = self
            .show(
                "",
                &["call", kind.app, "/api/hello", "-f", "greeting=hi", "-r", "--jq", ".body"],
                None,
                0,
            )
            .await?;
        expect(&called, "greeting")
    }

    async fn look_at_all(&mut self) -> Result<()> {
        self.chapter("Look at what there is, and check all of it")?;
        self.show("", &["accounts"], None, 0).await?;
        self.show("", &["test", "--all"], None, 0).await.map(|_| ())
    }

    async fn revoke_and_leave(&mut self, found: &str) -> Result<()> {
        self.chapter("Somebody revokes the grant")?;
        self.control("revoke").await?;
        let tested = self.show("", &["test", OAUTH2], None, 3).await?;
        expect(&tested, "invalid_grant")?;
        self.chapter("Leave")?;
        let mut arguments = vec!["disconnect", OAUTH2, TELEVISION, BOUND, found, OAUTH1];
        arguments.extend(TYPES.iter().map(|kind| kind.app));
        self.show("", &arguments, None, 0).await?;
        let left = self.show("", &["accounts"], None, 0).await?;
        expect(&left, "No account is connected")
    }
}
