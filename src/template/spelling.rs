//! Spelling: templates written for Integry read on (its names mean the same values, its `raw` filter
//! is dropped, a Twig block is answered with the Handlebars to write), and `url` may be a field.

use super::TemplateProblem;
use regex_lite::{Captures, Regex};
use std::sync::LazyLock;

static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{[^{}]*\}\}"));
static RAW: LazyLock<Regex> = LazyLock::new(|| pattern(r"\|\s*raw\s*\}\}$"));
static PREFIX: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(^|[\s({#])(requestBody|query)\."#));
static LONE_URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{(\{?~?\s*)url(\s*~?\})"));

/// Rewrites the spelling that differs and leaves the rest untouched: `{{x|raw}}` is `{{x}}`, and
/// `requestBody.X` and `query.X` are `X`.
pub(super) fn translate(source: &str) -> String {
    let source = &name_before_helper(source);
    if !source.contains("requestBody.") && !source.contains("query.") && !source.contains('|') {
        return source.to_owned();
    }
    TAG.replace_all(source, |found: &Captures| {
        let text = RAW.replace(&found[0], "}}");
        PREFIX.replace_all(&text, "$1").into_owned()
    })
    .into_owned()
}

/// `{{url}}` and `{{{url}}}` without arguments mean the field of that name and not the helper: the
/// library is told so by `./`.
fn name_before_helper(source: &str) -> String {
    if !source.contains("url") {
        return source.to_owned();
    }
    LONE_URL.replace_all(source, "{{$1./url$2").into_owned()
}

/// Refuses `{% … %}` and says what to write.
pub(super) fn refuse_twig(source: &str) -> Result<(), TemplateProblem> {
    let Some(start) = source.find("{%") else { return Ok(()) };
    let end = source[start..].find("%}").map_or(source.len(), |at| start + at + 2);
    let block = &source[start..end];
    let problem = TemplateProblem::new("this is a Twig block, and templates are Handlebars", block);
    Err(problem.help(format!("write `{}`", handlebars_for(block))))
}

fn handlebars_for(block: &str) -> String {
    let inner = block.trim_start_matches("{%").trim_end_matches("%}");
    let inner = inner.trim_matches(|c: char| c.is_whitespace() || c == '-');
    let inner = inner.replace("requestBody.", "").replace("query.", "");
    let equal = pattern(r#"^(if|elif|elseif)\s+(\S+)\s*(==|!=)\s*['"]([^'"]*)['"]$"#);
    if let Some(found) = equal.captures(&inner) {
        let test = if &found[3] == "==" { "eq" } else { "ne" };
        let open = if &found[1] == "if" { "#if" } else { "else if" };
        return format!("{{{{{open} ({test} {} \"{}\")}}}}", &found[2], &found[4]);
    }
    let words: Vec<&str> = inner.split_whitespace().collect();
    match words.as_slice() {
        ["else"] => "{{else}}".to_owned(),
        ["endif"] => "{{/if}}".to_owned(),
        ["endfor"] => "{{/each}}".to_owned(),
        ["if", name] => format!("{{{{#if {name}}}}}"),
        ["if", "not", name] => format!("{{{{#unless {name}}}}}"),
        ["for", item, "in", list] => format!("{{{{#each {list} as |{item}|}}}}"),
        _ => "{{#if (eq name \"value\")}} … {{else}} … {{/if}}".to_owned(),
    }
}

#[allow(clippy::expect_used, reason = "the patterns are literals of this file")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}
