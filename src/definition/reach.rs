//! Where a credential can go: which hosts a definition's URLs reach, and whether they are pinned.

use super::finding::Finding;
use super::hosts::Hosts;
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::Node;
use super::{Authorization, Definition, Endpoint, Field, Way};
use crate::template::{Place, RenderError, Scope, Template};
use url::Url;

/// Why the hosts of an account cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// A field inside a host has no value.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A value inside a host has a dot and is no option.
    #[error("`{0}` cannot be part of a host name: it has a dot")]
    Dot(String),
}

impl Definition {
    /// The hosts that an account's credential may go to, with its fields filled in.
    ///
    /// # Errors
    /// A field that a host needs has no value, or one that would lead elsewhere.
    pub fn hosts(&self, auth: &Authorization, fields: &Scope) -> Result<Hosts, ReachError> {
        let mut hosts = Hosts::default();
        for field in auth.fields.iter().filter(|field| field.is_server()) {
            add_server(&mut hosts, auth, field, fields);
        }
        if let Some(listed) = &self.hosts {
            listed.iter().for_each(|pattern| hosts.add(pattern.clone()));
            return Ok(hosts);
        }
        for url in urls(auth) {
            let Some(host) = host_part(url) else { continue };
            hosts.add(render_host(&host, auth, fields)?);
        }
        Ok(hosts)
    }

    /// The hosts that the client secret may go to, whatever the account: kept with the client, so
    /// that an edited definition, or one that merely extends this one, cannot send it elsewhere.
    #[must_use]
    pub fn client_hosts(&self) -> Hosts {
        let mut hosts = Hosts::default();
        for auth in self.authorizations.iter().filter(|auth| auth.has_client()) {
            // Where the issuer's metadata names the endpoints, it is the issuer that is held to.
            let issuer = auth.oauth2().and_then(|oauth2| oauth2.issuer.as_ref());
            issuer.into_iter().for_each(|url| hosts.add(format!("issuer:{}", url.source())));
            for url in client_urls(auth) {
                match host_part(url) {
                    Some(host) => host_patterns(&host, auth).into_iter().for_each(|p| hosts.add(p)),
                    None => self.raw_host(url, auth).into_iter().for_each(|p| hosts.add(p)),
                }
            }
        }
        hosts
    }

    /// The hosts that an authorization's credential may go to before any field has a value, beside
    /// servers of the user's own.
    #[must_use]
    pub fn host_patterns(&self, auth: &Authorization) -> Vec<String> {
        let mut hosts = Hosts::default();
        match &self.hosts {
            Some(listed) => listed.iter().for_each(|pattern| hosts.add(pattern.clone())),
            None => urls(auth)
                .filter_map(host_part)
                .flat_map(|host| host_patterns(&host, auth))
                .filter(|pattern| !pattern.contains("{{"))
                .for_each(|pattern| hosts.add(pattern)),
        }
        hosts.patterns().to_vec()
    }

    /// Where a URL that begins with a value may lead: the user's own server by its field's name, or
    /// what `hosts` lists.
    fn raw_host(&self, url: &Template, auth: &Authorization) -> Vec<String> {
        match url.raw_start() {
            Some(raw) if auth.field(raw.root()).is_some_and(Field::is_server) => {
                // Where the person need not type it, the definition decides, and is held to it.
                let default = auth.field(raw.root()).and_then(|field| field.default.as_deref());
                let default = default.and_then(|url| Url::parse(url).ok());
                let host = default.and_then(|url| url.host_str().map(ToOwned::to_owned));
                std::iter::once(format!("{{{{{}}}}}", raw.root())).chain(host).collect()
            }
            Some(_) => self.hosts.clone().unwrap_or_default(),
            None => Vec::new(),
        }
    }
}

/// Every URL of a request that carries the client secret, or a field of the client.
fn client_urls(auth: &Authorization) -> Vec<&Template> {
    let names = ["client", "client_secret"];
    let reads = |template: &Template| names.iter().any(|name| template.reads(name));
    let headers = auth.headers.iter().filter_map(|(_, value)| value.as_ref());
    let calls = headers.chain(auth.request.templates()).any(reads);
    let mut urls = Vec::new();
    match &auth.way {
        Way::OAuth2(oauth2) => {
            let endpoints = oauth2.client_endpoints().filter(|endpoint| !endpoint.discovered);
            urls.extend(endpoints.map(|endpoint| &endpoint.url));
        }
        // Only a signature under the secret travels, but with PLAINTEXT it is the secret.
        Way::OAuth1(oauth1) => {
            urls.extend(oauth1.endpoints().map(|endpoint| &endpoint.url));
            urls.push(&auth.base_url);
        }
        Way::Fields | Way::Login(_) => {}
    }
    let endpoints = auth.user_info.iter().chain(&auth.lookups);
    urls.extend(endpoints.filter(|e| calls || e.templates().any(reads)).map(|e| &e.url));
    if calls {
        urls.push(&auth.base_url);
    }
    // A relative URL leads to the base.
    if urls.iter().any(|url| host_part(url).is_none() && url.raw_start().is_none()) {
        urls.push(&auth.base_url);
    }
    urls
}

/// A host template as patterns: each option in its place; with a free field, all that lies beneath.
fn host_patterns(host: &str, auth: &Authorization) -> Vec<String> {
    let Some((before, rest)) = host.split_once("{{") else { return vec![host.to_owned()] };
    let Some((name, after)) = rest.split_once("}}") else { return vec![host.to_owned()] };
    let field = auth.field(name.trim());
    match field {
        Some(field) if !field.options.is_empty() => field
            .options
            .iter()
            .flat_map(|(option, _)| host_patterns(&format!("{before}{option}{after}"), auth))
            .collect(),
        Some(_) if after.starts_with('.') && !after.contains("{{") => vec![after.to_owned()],
        _ => vec![host.to_owned()],
    }
}

fn add_server(hosts: &mut Hosts, auth: &Authorization, field: &Field, fields: &Scope) {
    let value = fields.at(std::slice::from_ref(&field.name)).and_then(|value| value.as_str());
    let Some(value) = value else { return };
    let parsed = Url::parse(value).ok();
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or(value).to_owned();
    // A host alone does not say how it is spoken to: the definition does.
    let written = parsed.as_ref().map_or(auth.base_url.source(), Url::as_str);
    let clear = ["http://", "ftp://"].iter().any(|scheme| written.starts_with(scheme));
    if field.insecure && clear {
        hosts.add_insecure(host.clone());
    }
    hosts.add(host);
}

fn render_host(host: &str, auth: &Authorization, fields: &Scope) -> Result<String, ReachError> {
    let Ok(template) = Template::parse(host, Place::Text) else { return Ok(host.to_owned()) };
    for name in template.names() {
        let field = auth.field(name.root());
        let free = field.is_some_and(|field| field.options.is_empty() && !field.is_server());
        let value = fields.at(&name.parts).and_then(|value| value.as_str()).unwrap_or_default();
        if free && !value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err(ReachError::Dot(name.raw.clone()));
        }
    }
    Ok(template.require(fields)?)
}

/// Every URL that an authorization's requests go to.
fn urls(auth: &Authorization) -> impl Iterator<Item = &Template> {
    let way: Vec<&Endpoint> = match &auth.way {
        Way::Fields => Vec::new(),
        Way::Login(steps) => steps.iter().collect(),
        Way::OAuth2(oauth2) => oauth2.client_endpoints().collect(),
        Way::OAuth1(oauth1) => oauth1.endpoints().collect(),
    };
    let endpoints = way.into_iter().chain(&auth.user_info).chain(&auth.lookups);
    let issuer = auth.oauth2().and_then(|oauth2| oauth2.issuer.as_ref());
    let own = std::iter::once(&auth.base_url).chain(issuer);
    own.chain(endpoints.map(|endpoint| &endpoint.url))
}

/// The host of a URL template as text; none where it is relative or begins with a raw value.
pub(super) fn host_part(url: &Template) -> Option<String> {
    let (_, rest) = url.source().split_once("://")?;
    let end = host_end(rest);
    let authority = rest[..end].rsplit('@').next()?;
    let port =
        authority.rfind(':').filter(|at| authority[at + 1..].chars().all(|c| c.is_ascii_digit()));
    Some(authority[..port.unwrap_or(authority.len())].to_owned())
}

/// Where the host ends: a slash inside `{{…}}` does not end it.
fn host_end(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' | '?' | '#' if depth == 0 => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The list under `hosts`: names only, since a pattern that no host can match would be noticed late,
/// and one that matches too many never.
pub(super) fn read_hosts(reader: &mut Reader, node: &Node) -> Vec<String> {
    let hosts = reader.texts(node, "`hosts`");
    for host in &hosts {
        let Some((message, help)) = host_problem(host) else { continue };
        let span = node.span.narrow(host);
        reader.findings.push(Finding::new(Rule::HostPattern, span, message).help(help));
    }
    hosts
}

fn host_problem(pattern: &str) -> Option<(String, String)> {
    let name = pattern.strip_prefix('.').unwrap_or(pattern).to_ascii_lowercase();
    let shown = format!("`{pattern}` is no host");
    if pattern.contains('*') {
        let help = "`.example.com` means `example.com` and all beneath it".to_owned();
        return Some((shown, help));
    }
    // The parser lets more pass in a name than any real one has, such as braces.
    let real = |c: char| c.is_alphanumeric() || "-_.:[]".contains(c);
    match url::Host::parse(&name).ok().filter(|_| name.chars().all(real)) {
        Some(host) if host.to_string() == name => {
            let wide = pattern.starts_with('.') && !name.contains('.');
            let message = || format!("`{pattern}` covers every name under `{name}`");
            wide.then(|| (message(), "name the domain itself".to_owned()))
        }
        // Another spelling of a name or address, such as one outside ASCII.
        Some(host) => Some((shown, format!("write `{host}`"))),
        None => Some((shown, "a name alone: no scheme, port, path or template".to_owned())),
    }
}

/// Lint: every host is pinned, and a host that an answer gives is listed.
pub(super) fn check(reader: &mut Reader, definition: &Definition, node: &Node) {
    for auth in &definition.authorizations {
        for url in urls(auth) {
            check_url(reader, definition, auth, url, node);
        }
    }
}

fn check_url(
    reader: &mut Reader,
    definition: &Definition,
    auth: &Authorization,
    url: &Template,
    node: &Node,
) {
    let span = node.span.narrow(url.source());
    if let Some(raw) = url.raw_start() {
        let server = auth.field(raw.root()).is_some_and(Field::is_server);
        if !server && definition.hosts.is_none() {
            let message = format!("`{}` decides the host, and `hosts` does not say which", raw.raw);
            let finding = Finding::new(Rule::HostFromAnswer, span, message);
            reader.findings.push(finding.help("list the hosts that it may be under `hosts`"));
        }
        return;
    }
    let Some(host) = host_part(url) else { return };
    if let Some(listed) = &definition.hosts
        && listed.iter().all(|host| host_problem(host).is_none())
    {
        let listed = Hosts::new(listed.iter().cloned());
        let reached = host_patterns(&host, auth).into_iter().filter(|host| !host.contains("{{"));
        for host in listed.beyond(&Hosts::new(reached)) {
            let message = format!("`{host}` gets the credential, and is not among `hosts`");
            let finding = Finding::new(Rule::HostNotListed, span.clone(), message);
            reader.findings.push(finding.help("add it there"));
        }
    }
    let mut report = |shown: &str| {
        let message = format!("`{shown}` stands in a host, and could be any");
        let finding = Finding::new(Rule::HostNotPinned, span.clone(), message);
        reader
            .findings
            .push(finding.help("give the field `options`, or a `pattern` without a dot"));
    };
    let mut rest = host.as_str();
    while let Some((_, inner)) = rest.split_once("{{") {
        let Some((name, after)) = inner.split_once("}}") else { return };
        let name = name.trim();
        // Only a field by its plain name: a helper or a block could make any host of it.
        let pinned = match auth.field(name) {
            Some(field) if field.is_server() => name.len() + 4 == host.len(),
            Some(field) if after.is_empty() => !field.options.is_empty(),
            Some(field) => field.is_pinned(),
            None => false,
        };
        if !pinned {
            report(name);
        }
        rest = after;
    }
}
