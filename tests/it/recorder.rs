//! A server of a test's own that notes every request and answers as the test says, and what else
//! several tests need: a look through all files, a small random number generator.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// A header by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Everything of it in one text.
    pub(crate) fn text(&self) -> String {
        let headers: String = self.headers.iter().map(|(n, v)| format!("{n}: {v}\n")).collect();
        format!("{} {}\n{headers}\n{}", self.method, self.target, self.body)
    }
}

/// Status, content type and body of an answer; a status in the 300s has a location as its body.
pub(crate) type Answer = (u16, &'static str, String);

/// A listener on a port of its own.
pub(crate) fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// A server that notes every request.
pub(crate) struct Recorder {
    /// `127.0.0.1:PORT`
    pub(crate) authority: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Recorder {
    /// Starts one; it ends with the test's process.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_raw(move |request| {
            let (status, kind, body) = answer(request);
            let (head, body) = match status {
                300..400 => (format!("Location: {body}"), String::new()),
                _ => (format!("Content-Type: {kind}"), body),
            };
            let length = body.len();
            format!(
                "HTTP/1.1 {status} Told\r\n{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
        })
    }

    /// The same whose answers are given to the letter.
    pub(crate) fn start_raw(answer: impl Fn(&Request) -> String + Send + Sync + 'static) -> Self {
        Self::start_over(loopback(), Some, move |request| answer(request).into_bytes())
    }

    /// The same over TLS.
    pub(crate) fn start_tls(
        config: Arc<ServerConfig>,
        answer: impl Fn(&Request) -> String + Send + Sync + 'static,
    ) -> Self {
        let secure = move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
            Some(StreamOwned::new(connection, stream))
        };
        Self::start_over(loopback(), secure, move |request| answer(request).into_bytes())
    }

    /// The same whose answers are bytes, over whatever a connection is made into.
    pub(crate) fn start_over<S: Read + Write>(
        listener: TcpListener,
        secure: impl Fn(TcpStream) -> Option<S> + Send + Sync + 'static,
        answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let authority = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (noted, both) = (Arc::clone(&seen), Arc::new((secure, answer)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, both) = (Arc::clone(&noted), Arc::clone(&both));
                std::thread::spawn(move || {
                    let (secure, answer) = &*both;
                    let Some(stream) = secure(stream) else { return };
                    let mut reader = BufReader::new(stream);
                    let Some(request) = read(&mut reader) else { return };
                    noted.lock().unwrap().push(request.clone());
                    let _ = reader.get_mut().write_all(&answer(&request));
                });
            }
        });
        Self { authority, seen }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request { method, target, headers, body: String::new() };
    let length: usize = request.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    // What is not read when the connection is closed would reset it.
    if request.header("transfer-encoding").is_some() {
        body = read_chunks(reader)?;
    }
    request.body = String::from_utf8_lossy(&body).into_owned();
    Some(request)
}

/// RFC 9112 section 7.1.
fn read_chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim_end(), 16).ok()?;
        // Behind each chunk, and the last one of none, stands a line break.
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}

/// Every file beneath a folder; what vanishes meanwhile is passed over.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            Ok(kind) if kind.is_file() => vec![entry.path()],
            _ => Vec::new(),
        })
        .collect()
}

/// The files that contain a text.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(text)
    };
    files(folder).into_iter().filter(holds).collect()
}

/// A generator whose seed is printed, so that a failure can be repeated with `TIELINE_TEST_SEED`.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        let given: Option<u64> =
            std::env::var("TIELINE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = given.unwrap_or_else(|| clock.subsec_nanos().into());
        println!("TIELINE_TEST_SEED={seed}");
        Self(seed | 1)
    }

    /// A number below `bound` (splitmix64).
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

/// An access token and a refresh token of the sandbox's public client, without `tieline`.
pub(crate) fn tokens(sandbox: &str) -> (String, String) {
    use base64::Engine;
    let verifier = "v".repeat(43);
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
    let redirect_uri = "http://127.0.0.1/callback";
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", "practice-public")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", "profile email")
        .append_pair("state", "a-state-of-the-test")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    let page = crate::support::request("GET", &format!("{sandbox}/authorize?{query}"), "");
    let code = crate::support::query(&page.headers["location"])["code"].clone();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", "practice-public")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code", &code)
        .append_pair("code_verifier", &verifier)
        .finish();
    let mut stream = std::net::TcpStream::connect(sandbox.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        sandbox.trim_start_matches("http://"),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let answer: serde_json::Value = serde_json::from_str(body).unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}
