//! Where a credential can go: which hosts a definition's URLs reach, and whether they are pinned.

use super::finding::Finding;
use super::hosts::Hosts;
use super::reader::Reader;
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
            add_server(&mut hosts, field, fields);
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

    /// The host templates of every URL, kept with a client so that an edited definition cannot
    /// send its secret elsewhere.
    #[must_use]
    pub fn host_templates(&self) -> Vec<String> {
        let mut templates: Vec<String> = self.hosts.clone().unwrap_or_default();
        for auth in &self.authorizations {
            templates.extend(urls(auth).filter_map(host_part));
            let servers = auth.fields.iter().filter(|field| field.is_server());
            templates.extend(servers.map(|field| format!("{{{{{}}}}}", field.name)));
        }
        templates.sort();
        templates.dedup();
        templates
    }
}

fn add_server(hosts: &mut Hosts, field: &Field, fields: &Scope) {
    let value = fields.at(std::slice::from_ref(&field.name)).and_then(|value| value.as_str());
    let Some(value) = value else { return };
    let parsed = Url::parse(value).ok();
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or(value).to_owned();
    if field.insecure && value.starts_with("http://") {
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
        Way::OAuth2(oauth2) => {
            oauth2.token.iter().chain(&oauth2.refresh).chain(&oauth2.revocation).collect()
        }
    };
    let endpoints = way.into_iter().chain(&auth.user_info).chain(&auth.lookups);
    std::iter::once(&auth.base_url).chain(endpoints.map(|endpoint| &endpoint.url))
}

/// The host of a URL template as text; none where it is relative or begins with a raw value.
fn host_part(url: &Template) -> Option<String> {
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
            let finding = Finding::error("host-from-answer", span, message);
            reader.findings.push(finding.help("list the hosts that it may be under `hosts`"));
        }
        return;
    }
    let Some(host) = host_part(url) else { return };
    let Ok(template) = Template::parse(&host, Place::Text) else { return };
    for name in template.names() {
        let pinned = match auth.field(name.root()) {
            Some(field) => field.is_server() && host.starts_with("{{") || field.is_pinned(),
            None => definition.hosts.is_some(),
        };
        if !pinned {
            let message = format!("`{}` stands in a host, and could be any", name.raw);
            let finding = Finding::error("host-not-pinned", span.clone(), message);
            reader
                .findings
                .push(finding.help("give the field `options`, or a `pattern` without a dot"));
        }
    }
}
