//! Pages: the items of an answer that is a part of a list, and the request for the part that follows.

use crate::answer::Answer;
use crate::definition::{PageWay, Pagination};
use crate::request::{Body, Request, RequestError, resolve};
use serde_json::Value;
use url::Url;

/// Why a list cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// There is no list in the answer.
    #[error("the answer has no list in it")]
    NoList,
    /// There are several, and nothing says which.
    #[error("the answer has several lists: {}", .0.join(", "))]
    Several(Vec<String>),
    /// Where the next page should be named stands something else.
    #[error("`{0}` does not name a page")]
    NoPage(String),
    /// The next page is the one that was just read.
    #[error("the next page is the same one again")]
    Loop,
    /// The address of the next page is none.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// The items of a page. Where nothing says what the list is called, it is the answer itself or the only
/// list in it.
///
/// # Errors
/// There is no list, or more than one.
pub fn items<'v>(path: Option<&[String]>, answer: &'v Value) -> Result<&'v Vec<Value>, PagesError> {
    if let Some(path) = path {
        return at(answer, path).and_then(Value::as_array).ok_or(PagesError::NoList);
    }
    if let Value::Array(items) = answer {
        return Ok(items);
    }
    let near = lists(answer, "response");
    let inner = || {
        let members = answer.as_object().into_iter().flatten();
        members.flat_map(|(name, value)| lists(value, &format!("response.{name}"))).collect()
    };
    let mut found = if near.is_empty() { inner() } else { near };
    match (found.pop(), found.is_empty()) {
        (Some((_, items)), true) => Ok(items),
        (None, _) => Err(PagesError::NoList),
        (Some(last), false) => {
            found.push(last);
            Err(PagesError::Several(found.into_iter().map(|(name, _)| name).collect()))
        }
    }
}

/// The lists that are members of an object, with their paths.
fn lists<'v>(value: &'v Value, path: &str) -> Vec<(String, &'v Vec<Value>)> {
    let members = value.as_object().into_iter().flatten();
    let lists = members.filter_map(|(name, value)| Some((name, value.as_array()?)));
    lists.map(|(name, items)| (format!("{path}.{name}"), items)).collect()
}

/// The request for the page that follows; `None` behind the last one.
///
/// # Errors
/// The answer names no page where it should, or the same one again.
pub fn next(
    pagination: &Pagination,
    request: &Request,
    answer: &Answer,
    items: &[Value],
) -> Result<Option<Request>, PagesError> {
    let said = |from: &[String]| at(&answer.value, from).filter(|value| !is_end(value));
    let next = match &pagination.way {
        PageWay::LinkHeader => match next_link(answer) {
            Some(link) => Some(at_url(request, &link)?),
            None => None,
        },
        PageWay::NextUrl { from } => match said(from) {
            Some(Value::String(link)) => Some(at_url(request, link)?),
            Some(_) => return Err(PagesError::NoPage(from.join("."))),
            None => None,
        },
        PageWay::Cursor { from, param } => {
            let cursor = match from.as_deref().map(said) {
                Some(None) => None,
                None | Some(Some(Value::Bool(true))) => of_last_item(items, param),
                Some(Some(value)) => plain(value),
            };
            cursor.map(|cursor| with(request, param, &cursor))
        }
        PageWay::Offset { from, param, first } => {
            let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
            let behind = counted(request, param, *first).saturating_add(count);
            let more = match from.as_deref().map(said) {
                _ if items.is_empty() => false,
                Some(None) => false,
                Some(Some(total)) => {
                    total.as_u64().is_none_or(|total| behind < total.saturating_add(*first))
                }
                None => true,
            };
            more.then(|| with(request, param, &behind.to_string()))
        }
        PageWay::Page { from, param, first } => {
            let page = counted(request, param, *first);
            let more = match from.as_deref().map(said) {
                _ if items.is_empty() => false,
                Some(None) => false,
                Some(Some(pages)) => {
                    pages.as_u64().is_none_or(|pages| page.saturating_sub(*first) + 1 < pages)
                }
                None => true,
            };
            more.then(|| with(request, param, &page.saturating_add(1).to_string()))
        }
    };
    match next {
        Some(next) if same(&next, request) => Err(PagesError::Loop),
        next => Ok(next),
    }
}

/// A value at a path. A member's name may have a dot in it, such as `@odata.nextLink`.
fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    if path.is_empty() {
        return Some(value);
    }
    let members = (1..=path.len()).find_map(|length| {
        let (name, rest) = (path[..length].join("."), &path[length..]);
        at(value.get(name.as_str())?, rest)
    });
    members.or_else(|| at(value.get(path[0].parse::<usize>().ok()?)?, &path[1..]))
}

/// Nothing, `false` and an empty text all say that this was the last page.
fn is_end(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("")
}

fn of_last_item(items: &[Value], param: &str) -> Option<String> {
    let last = items.last()?;
    last.get(param).or_else(|| last.get("id")).and_then(plain)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Where the counting stands: what the request asks for, else the beginning.
fn counted(request: &Request, param: &str, first: u64) -> u64 {
    let in_body = || match &request.body {
        Body::Json(Value::Object(members)) => members.get(param).and_then(plain),
        _ => None,
    };
    let query = request.url.query_pairs().find(|(name, _)| name == param);
    let value = query.map(|(_, value)| value.into_owned()).or_else(in_body);
    value.and_then(|value| value.parse().ok()).unwrap_or(first)
}

/// The same request with another parameter: in a JSON body, where that is how the list was asked for,
/// else in the query.
fn with(request: &Request, param: &str, value: &str) -> Request {
    let mut next = request.clone();
    if let Body::Json(Value::Object(members)) = &mut next.body {
        let value = value.parse::<u64>().map_or_else(|_| Value::from(value), Value::from);
        members.insert(param.to_owned(), value);
        return next;
    }
    let kept: Vec<(String, String)> = request
        .url
        .query_pairs()
        .filter(|(name, _)| name != param)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    next.url.query_pairs_mut().clear().extend_pairs(kept).append_pair(param, value);
    next
}

/// The same request to another address, which may be relative to this one.
fn at_url(request: &Request, link: &str) -> Result<Request, PagesError> {
    let url = request.url.join(link).map_err(|_| PagesError::NoPage(link.to_owned()))?;
    // The rules for addresses hold for those of strangers, too.
    let url: Url = resolve(url.as_str(), "", "the next page")?;
    Ok(Request { url, ..request.clone() })
}

fn same(a: &Request, b: &Request) -> bool {
    let body = |request: &Request| request.body_text().map(|(text, _)| text);
    a.url == b.url && body(a) == body(b)
}

/// The target of the link whose relation is `next` (RFC 8288 section 3).
fn next_link(answer: &Answer) -> Option<String> {
    let headers = answer.headers.iter().filter(|(name, _)| name == "link");
    headers.flat_map(|(_, value)| links(value)).find_map(|(target, rel)| {
        let next = rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("next"));
        next.then_some(target)
    })
}

/// Each link of a header's value: its target and its relations.
fn links(value: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let mut rest = value;
    while let Some((target, after)) =
        rest.split_once('<').and_then(|(_, after)| after.split_once('>'))
    {
        let end = end_of_parameters(after);
        links.push((target.to_owned(), relation(&after[..end]).unwrap_or_default()));
        rest = &after[end..];
    }
    links
}

/// Where the parameters of a link end: at a comma that is not quoted.
fn end_of_parameters(text: &str) -> usize {
    let mut quoted = false;
    text.find(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .unwrap_or(text.len())
}

/// The first `rel` counts (RFC 8288 section 3.3).
fn relation(parameters: &str) -> Option<String> {
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_rel = name.trim().eq_ignore_ascii_case("rel");
        is_rel.then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests;
