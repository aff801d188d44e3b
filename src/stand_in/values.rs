//! Values that an answer can have: something that fits the name, and an address where one is needed.

use super::plan::endpoint;
use super::service::Service;
use crate::definition::Endpoint;
use crate::template::Template;
use serde_json::Value;

impl Service {
    /// The address that an extra has to be where a URL begins with it: a host that the definition lists.
    pub(super) fn server_behind(&self, extra: &str) -> Option<String> {
        if !self.begins_a_url(extra, 0) {
            return None;
        }
        let hosts = self.definition.hosts.as_deref().unwrap_or_default();
        let first = hosts.iter().find(|host| host.starts_with('.')).or(hosts.first())?;
        let label = extra.split('_').next().unwrap_or_default();
        Some(match first.strip_prefix('.') {
            Some(domain) => format!("https://{label}.{domain}"),
            None => format!("https://{first}"),
        })
    }

    /// Whether a URL begins with an extra, or with another that is made of it.
    fn begins_a_url(&self, extra: &str, depth: usize) -> bool {
        let auth = self.auth();
        let begins = |template: &Template| {
            let raw = template.raw_start().map(|name| name.parts.as_slice());
            matches!(raw, Some([group, name]) if group == "extras" && name == extra)
        };
        let endpoints: Vec<&Endpoint> =
            self.roles().filter_map(|role| endpoint(auth, role)).collect();
        let mut urls = endpoints.iter().map(|endpoint| &endpoint.url).chain([&auth.base_url]);
        if urls.any(begins) {
            return true;
        }
        let made_of_it = |template: &Template| {
            template
                .names()
                .iter()
                .any(|name| name.root() == "extras" && name.parts[1..] == [extra])
        };
        let others = endpoints.iter().flat_map(|endpoint| &endpoint.response.extras);
        let mut others = others.filter(|(name, template)| name != extra && made_of_it(template));
        depth < 3 && others.any(|(name, _)| self.begins_a_url(name, depth + 1))
    }
}

/// Something that could stand under this name.
pub(super) fn practice_value(path: &[String]) -> Value {
    let last = path.iter().rev().find(|part| part.parse::<usize>().is_err());
    let name = last.map_or_else(String::new, |name| name.to_ascii_lowercase());
    let known = [
        ("email", "ada@stand-in.test"),
        ("mail", "ada@stand-in.test"),
        ("first", "Ada"),
        ("last", "Lovelace"),
        ("name", "Ada Lovelace"),
        ("id", "1815"),
    ];
    let found = known.iter().find(|(part, _)| name.contains(part));
    found.map_or_else(|| format!("practice-{name}").into(), |(_, value)| (*value).into())
}
