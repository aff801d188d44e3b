//! Values with `${...}` in them: names, functions and fallbacks, and what is text.

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// As it stands.
    Text(String),
    /// A name such as `connectionConfig.region`.
    Name(String),
    /// A function and its arguments.
    Call(String, Vec<Vec<Part>>),
    /// The first of them that has a value.
    Either(Vec<Vec<Part>>),
}

/// Takes a value apart.
///
/// # Errors
/// In words, where a brace is not closed.
pub(super) fn parse(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let end = closing(behind).ok_or_else(|| format!("`{text}` has a brace that is open"))?;
        parts.push(expression(&behind[..end])?);
        rest = &behind[end + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// The sides of `a || b` outside of braces; one where there is no such fallback.
pub(super) fn sides(text: &str) -> Vec<&str> {
    split(text, "||").into_iter().map(str::trim).collect()
}

fn expression(text: &str) -> Result<Part, String> {
    let text = text.trim();
    let either = sides(text);
    if either.len() > 1 {
        return Ok(Part::Either(either.into_iter().map(operand).collect::<Result<_, _>>()?));
    }
    if let Some((name, rest)) = text.split_once('(')
        && let Some(inner) = rest.strip_suffix(')')
        && is_name(name)
    {
        let arguments = split(inner, ",").into_iter().map(str::trim);
        let arguments = arguments.filter(|argument| !argument.is_empty()).map(operand);
        return Ok(Part::Call(name.to_owned(), arguments.collect::<Result<_, _>>()?));
    }
    match is_name(text) {
        true => Ok(Part::Name(text.to_owned())),
        false => Err(format!("`${{{text}}}` is not understood")),
    }
}

/// A name without braces, a quoted text, or a value with braces in it.
fn operand(text: &str) -> Result<Vec<Part>, String> {
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(text) = quoted('\'').or_else(|| quoted('"')) {
        return Ok(vec![Part::Text(text.to_owned())]);
    }
    if text.contains("${") {
        return parse(text);
    }
    let known = ["connectionConfig.", "credentials.", "integrationConfig.", "step"];
    let plain = ["apiKey", "username", "password", "accessToken", "clientId", "clientSecret"];
    match known.iter().any(|prefix| text.starts_with(prefix)) || plain.contains(&text) {
        true if is_name(text) => Ok(vec![Part::Name(text.to_owned())]),
        _ => Ok(vec![Part::Text(text.to_owned())]),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-[]".contains(c))
}

/// Where the brace that was opened before ends.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Splits outside of braces and brackets.
fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                found.push(&text[start..at]);
                start = at + separator.len();
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.into())
    }

    fn name(name: &str) -> Part {
        Part::Name(name.into())
    }

    #[test]
    fn names_functions_and_fallbacks_are_told_from_text() {
        let parts = parse("https://${connectionConfig.x}.a.example/${apiKey}").unwrap();
        assert_eq!(
            parts,
            [text("https://"), name("connectionConfig.x"), text(".a.example/"), name("apiKey")]
        );
        let basic = parse("Basic ${base64(${username}:${password})}").unwrap();
        let argument = vec![name("username"), text(":"), name("password")];
        assert_eq!(basic, [text("Basic "), Part::Call("base64".into(), vec![argument])]);
        let either = parse("${connectionConfig.region || 'eu'}").unwrap();
        let eu = vec![text("eu")];
        assert_eq!(either, [Part::Either(vec![vec![name("connectionConfig.region")], eu])]);
        assert_eq!(sides("${a}/x || https://b"), ["${a}/x", "https://b"]);
        assert!(parse("${open").is_err());
    }
}
