//! Whether the hosts that matter can be reached: names, TLS with the system's roots, and what time it
//! is there.

use super::{Arguments, Check, Verdict};
use crate::answer::Answer;
use crate::commands::App;
use crate::context::now;
use crate::definition::hosts::Hosts;
use crate::error::Kind;
use crate::http::{HttpError, Network};
use crate::request::{Body, Request};
use futures_util::future::join_all;
use jiff::fmt::rfc2822;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use url::Url;

/// How many hosts of accounts are tried.
const MAX_HOSTS: usize = 8;
/// How far this clock may be off, in seconds, before it matters: assertions and proofs have lifetimes
/// of about a minute.
const MAX_SKEW: i64 = 30;

pub(super) async fn checks(app: &App, arguments: &Arguments) -> Vec<Check> {
    let skipped = |told: &str| vec![Check::new("network", Verdict::Skipped, told)];
    if arguments.offline {
        return skipped("not tried");
    }
    let mut hosts: BTreeSet<String> = arguments.host.iter().cloned().collect();
    if hosts.is_empty() {
        hosts = of_accounts(app);
    }
    if hosts.is_empty() {
        return skipped("no account is connected to a host elsewhere; name one with `--host`");
    }
    let patience = Duration::from_secs(arguments.timeout);
    let trials = hosts.iter().map(|host| reach(app, host, patience));
    let mut skews = Vec::new();
    let mut checks = vec![authorities(app)];
    for (check, skew) in join_all(trials).await {
        checks.push(check);
        skews.extend(skew);
    }
    checks.extend(clock(&skews));
    checks
}

/// The hosts that accounts were connected with, but for whole domains and this machine, of which the
/// ports are not known.
fn of_accounts(app: &App) -> BTreeSet<String> {
    let records = app.accounts().files.list();
    let hosts = records.into_iter().flat_map(|(_, record)| record.account.hosts);
    hosts.filter(|host| !host.starts_with('.') && !is_loopback(host)).take(MAX_HOSTS).collect()
}

/// Where trust comes from.
fn authorities(app: &App) -> Check {
    let network = Network::of(&app.context);
    let set: Vec<String> =
        network.authority_settings().map(|(name, value)| format!("{name}, {value}")).collect();
    match network.authorities() {
        Ok(_) if set.is_empty() => Check::good("TLS roots", "those of this system"),
        Ok(_) => Check::good("TLS roots", set.join("; ")),
        Err(error) => Check::new("TLS roots", Verdict::Bad(Kind::Network), error.to_string())
            .hint("it has to be a bundle of certificates in PEM, or a folder of them"),
    }
}

/// Asks a host for its front page, without any credential. Any answer will do. With it comes how many
/// seconds that clock is ahead of ours.
async fn reach(app: &App, host: &str, patience: Duration) -> (Check, Option<i64>) {
    let scheme = if is_loopback(host) { "http" } else { "https" };
    let Ok(url) = Url::parse(&format!("{scheme}://{host}/")) else {
        let told = format!("`{host}` is no host");
        return (Check::new("reach", Verdict::Bad(Kind::Usage), told), None);
    };
    let http = app.http(patience.as_secs());
    let mut hosts = Hosts::new([url.host_str().unwrap_or_default().to_owned()]);
    hosts.add_insecure(url.host_str().unwrap_or_default().to_owned());
    let request =
        Request { method: http::Method::HEAD, url, headers: Vec::new(), body: Body::Empty };
    let started = Instant::now();
    let answer = tokio::time::timeout(patience, http.send("doctor", &request, &hosts)).await;
    crate::commands::trace::print(&app.terminal, &http);
    match answer {
        Ok(Ok(answer)) => {
            let took = started.elapsed().as_millis();
            let told = format!("{host} answers ({}) in {took} ms", answer.status);
            (Check::good("reach", told), skew(&answer))
        }
        Ok(Err(error)) => (unreachable(&error), None),
        Err(_) => {
            let told = format!("{host} does not answer within {} s", patience.as_secs());
            let hint = "a firewall may drop what is sent; a proxy is set with HTTPS_PROXY";
            (Check::new("reach", Verdict::Bad(Kind::Network), told).hint(hint), None)
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn unreachable(error: &HttpError) -> Check {
    let mut told = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        told.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    let check = Check::new("reach", Verdict::Bad(Kind::Network), told);
    match error.hint() {
        Some(hint) => check.hint(hint),
        None => check,
    }
}

fn skew(answer: &Answer) -> Option<i64> {
    let date = rfc2822::parse(answer.header("date")?).ok()?;
    Some(date.timestamp().as_second() - now())
}

/// Several clocks that agree are right, and one that is far off may be wrong itself.
fn clock(skews: &[i64]) -> Option<Check> {
    let least = skews.iter().copied().min_by_key(|skew| skew.abs())?;
    if least.abs() <= MAX_SKEW {
        return Some(Check::good("clock", "agrees with what was reached"));
    }
    let way = if least > 0 { "behind" } else { "ahead" };
    let told = format!("{} s {way} of every host that was reached", least.abs());
    Some(
        Check::new("clock", Verdict::Bad(Kind::Failed), told)
            .hint("set it: signatures, proofs and tokens have lifetimes of a minute or less"),
    )
}
