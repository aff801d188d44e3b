//! What this machine has: definitions, a listener on both loopback addresses, a browser, a proxy.

use super::{Check, Verdict};
use crate::catalog::yaml_files;
use crate::commands::App;
use crate::error::Kind;
use crate::http::Network;
use crate::redirect::holder;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

/// The port of the default redirect URI.
const PORT: u16 = 8917;
/// The definitions in scope: those of the person are parsed.
pub(super) fn definitions(app: &App) -> Check {
    let folder = &app.context.folders.apps;
    let own = yaml_files(folder);
    let wrong: Vec<String> = own
        .iter()
        .filter(|path| app.catalog.load(&path.display().to_string()).is_err())
        .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let all = app.catalog.list().len();
    let told = match own.len() {
        0 => format!("{all} built in"),
        own => format!("{all}, {own} of them your own in {}", folder.display()),
    };
    match wrong.is_empty() {
        true => Check::good("definitions", told),
        false => Check::new(
            "definitions",
            Verdict::Bad(Kind::Definition),
            format!("{told}; with errors: {}", wrong.join(", ")),
        )
        .hint("run `tieline lint`"),
    }
}

pub(super) fn checks(app: &App) -> Vec<Check> {
    vec![listener(), browser(app), proxy(app)]
}

/// Listens where the redirect comes back, at both loopback addresses.
fn listener() -> Check {
    let name = "listener";
    let tried = |address: IpAddr| TcpListener::bind((address, PORT)).err();
    match (tried(Ipv4Addr::LOCALHOST.into()), tried(Ipv6Addr::LOCALHOST.into())) {
        (None, None) => Check::good(name, format!("127.0.0.1 and [::1], port {PORT}")),
        (None, Some(error)) if error.kind() != ErrorKind::AddrInUse => Check::good(
            name,
            format!("127.0.0.1, port {PORT}; this machine has no IPv6 loopback address"),
        ),
        (v4, v6) => {
            let error = v4.or(v6).map(|error| error.to_string()).unwrap_or_default();
            let by = holder(PORT).map(|holder| format!(" by {holder}")).unwrap_or_default();
            Check::new(name, Verdict::Warning, format!("port {PORT} is taken{by}: {error}")).hint(
                "end that program, or register another redirect URI: `client set --redirect-uri`",
            )
        }
    }
}

/// Whether there is something that opens a browser. It is not opened.
fn browser(app: &App) -> Check {
    let name = "browser";
    let around = app.context.surroundings();
    if around.ssh.is_some() {
        let told = "this is an SSH session: the address is shown, to be opened on your own machine";
        return Check::new(name, Verdict::Skipped, told);
    }
    let (chosen, path) = (app.context.browser(), app.context.variable("PATH"));
    match crate::browser::program(chosen.as_deref(), &path.unwrap_or_default()) {
        Some(program) => {
            Check::good(name, format!("`{program}` is there; whether it finds one is not tried"))
        }
        None => Check::new(name, Verdict::Warning, "nothing was found that opens one")
            .hint("`connect` prints the address; or set BROWSER, or use `connect --device`"),
    }
}

/// The proxies, without their passwords. In the clear only this machine is asked.
fn proxy(app: &App) -> Check {
    let network = Network::of(&app.context);
    let mut set = Vec::new();
    for scheme in ["https", "http"] {
        match network.proxy_for(scheme) {
            Ok(found) => set.extend(found.map(|(name, address)| format!("{address}, by {name}"))),
            Err(error) => {
                return Check::new("proxy", Verdict::Bad(Kind::Network), error.to_string());
            }
        }
    }
    set.dedup();
    match set.is_empty() {
        true => Check::good("proxy", "none"),
        false => Check::good("proxy", set.join("; ")),
    }
}
