//! A browser that is an HTTP client.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer as a browser sees it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// Where it came from.
    pub(crate) url: String,
}

/// Opens an address and follows redirects, as a browser does.
pub(crate) fn browse(url: &str) -> Page {
    let mut url = url.to_owned();
    for _ in 0..10 {
        let page = request("GET", &url, "");
        match page.headers.get("location") {
            Some(location) if (300..400).contains(&page.status) => {
                let base = url::Url::parse(&url).unwrap();
                url = base.join(location).unwrap().to_string();
            }
            _ => return page,
        }
    }
    panic!("too many redirects, last to {url}");
}

/// One request over plain HTTP.
pub(crate) fn request(method: &str, url: &str, body: &str) -> Page {
    request_with(method, url, &[], body)
}

/// One request over plain HTTP with headers.
pub(crate) fn request_with(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Page {
    let parsed = url::Url::parse(url).unwrap();
    let host = parsed.host_str().unwrap().to_owned();
    let authority = format!("{host}:{}", parsed.port_or_known_default().unwrap());
    let mut stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let path = &parsed[url::Position::BeforePath..url::Position::AfterQuery];
    let extra: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = if typed { "" } else { "Content-Type: application/json\r\n" };
    let length = match body.len() {
        0 => String::new(),
        length => format!("{kind}Content-Length: {length}\r\n"),
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{length}{extra}\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A server that hangs up early has said what it has to say.
    let _ = stream.read_to_end(&mut answer);
    parse_answer(url, &answer)
}

fn parse_answer(url: &str, answer: &[u8]) -> Page {
    let text = String::from_utf8_lossy(answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.get("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let body = if chunked { unchunk(body) } else { body.to_owned() };
    Page { status, headers, body, url: url.to_owned() }
}

fn unchunk(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || size > rest.len() {
            break;
        }
        out.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    out
}

/// The query of a URL.
pub(crate) fn query(url: &str) -> BTreeMap<String, String> {
    url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Answers the sandbox's consent page, as its form does, and follows to the end.
pub(crate) fn decide(consent: &Page, decision: &str, person: &str) -> Page {
    let start = "name=\"request\" value=\"";
    let at = consent.body.find(start).unwrap_or_else(|| panic!("{}", consent.body));
    let id = consent.body[at + start.len()..].split('"').next().unwrap();
    let url = url::Url::parse(&consent.url).unwrap().join("/authorize/decide").unwrap();
    let body = format!("request={id}&person={person}&decision={decision}");
    let answer = request("POST", url.as_str(), &body);
    browse(&answer.headers["location"])
}
