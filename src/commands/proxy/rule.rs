//! Rules: which methods and paths of an API a proxy lets through.

use crate::error::{Error, Kind, Result};
use http::Method;

/// What is let through: everything, or what one of the rules describes.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// As they were written.
    written: Vec<String>,
}

/// Methods, and a path in which `*` is one segment and `**` any number of them.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    /// None is all.
    methods: Vec<Method>,
    segments: Vec<String>,
}

impl Rules {
    pub(super) fn parse(texts: &[String]) -> Result<Self> {
        let rules = texts.iter().map(|text| Rule::parse(text)).collect::<Result<_>>()?;
        Ok(Self { rules, written: texts.to_vec() })
    }

    /// The rules as they were written; none is everything.
    pub(super) fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether a request may pass. `path` is as it arrived, without its query.
    pub(super) fn allow(&self, method: &Method, path: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|rule| rule.allows(method, path))
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::new(Kind::Usage, format!("`{text}` is no rule")).because(why).hint(
                "write `[METHOD[,METHOD] ]/PATH`, as in `GET /repos/**`; `*` is one segment of the \
                 path, `**` any number",
            )
        };
        let (methods, path) = match text.trim().split_once(' ') {
            Some((methods, path)) => (methods, path.trim()),
            None => ("", text.trim()),
        };
        if !path.starts_with('/') {
            return Err(wrong("its path does not begin with `/`"));
        }
        if path.contains(['?', '#', ' ']) {
            return Err(wrong("a path has no query and no spaces"));
        }
        let methods = methods.split(',').filter(|name| !name.is_empty()).map(|name| {
            let name = name.to_ascii_uppercase();
            let letters = name.bytes().all(|byte| byte.is_ascii_uppercase());
            Method::from_bytes(name.as_bytes()).ok().filter(|_| letters)
        });
        let methods = methods.collect::<Option<Vec<_>>>().ok_or_else(|| wrong("no such method"))?;
        Ok(Self { methods, segments: segments(path) })
    }

    /// Who may GET may ask for the headers alone.
    fn allows(&self, method: &Method, path: &str) -> bool {
        let may = |method: &Method| self.methods.is_empty() || self.methods.contains(method);
        let may = may(method) || method == Method::HEAD && may(&Method::GET);
        let path = segments(path);
        // A server might find another path behind it.
        let dots = path.iter().any(|segment| segment == "." || segment == "..");
        may && !dots && fits(&self.segments, &path)
    }
}

/// The segments as a server may see them: one that decodes `%2F` must not find another path than the
/// one that was allowed.
fn segments(path: &str) -> Vec<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
    decoded.trim_start_matches('/').split('/').map(ToOwned::to_owned).collect()
}

fn fits(rule: &[String], path: &[String]) -> bool {
    match (rule.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            fits(rest, path) || path.split_first().is_some_and(|(_, beyond)| fits(rule, beyond))
        }
        (Some((first, rest)), Some((segment, beyond))) => {
            let same = if first == "*" { !segment.is_empty() } else { first == segment };
            same && fits(rest, beyond)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn allow(rule: &str, request: &str) -> bool {
        let (method, path) = request.split_once(' ').unwrap();
        let rules = Rules::parse(&[rule.to_owned()]).unwrap();
        rules.allow(&Method::from_bytes(method.as_bytes()).unwrap(), path)
    }

    #[test]
    fn without_rules_everything_passes() {
        assert!(Rules::default().allow(&Method::DELETE, "/x"));
    }

    #[test]
    fn methods_and_paths_are_compared_whole() {
        assert!(allow("GET /user", "GET /user"));
        assert!(allow("get,POST /user", "POST /user"));
        assert!(allow("/user", "DELETE /user"));
        assert!(allow("GET /user", "HEAD /user"));
        assert!(!allow("GET /user", "POST /user"));
        assert!(!allow("GET /user", "GET /users"));
        assert!(!allow("GET /user", "GET /user/keys"));
        assert!(!allow("GET /user", "GET /User"));
    }

    #[test]
    fn stars_are_segments() {
        assert!(allow("/repos/*/issues", "GET /repos/a/issues"));
        assert!(!allow("/repos/*/issues", "GET /repos/a/b/issues"));
        assert!(!allow("/repos/*", "GET /repos/"));
        assert!(allow("/repos/**", "GET /repos/a/b"));
        assert!(allow("/repos/**/pulls", "GET /repos/a/b/pulls"));
        assert!(allow("/**", "GET /"));
    }

    #[test]
    fn another_spelling_is_not_another_path() {
        assert!(!allow("/repos/*", "GET /repos/a%2Fb"));
        assert!(!allow("/repos/*", "GET /repos/a%5Cb"));
        assert!(allow("/repos/**", "GET /repos/a%2Fb"));
        assert!(allow("/repos/a%20b", "GET /repos/a%20b"));
        assert!(!allow("/repos/**", "GET /repos/..%2f..%2Fuser"));
        assert!(!allow("/repos/**", "GET /repos/%2e%2e/user"));
    }

    #[test]
    fn what_is_no_rule_is_told() {
        for text in ["user", "GET user", "G-T /x", "/x?y=1", ""] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }
}
