//! What the tests share: a home of their own, the sandbox, a browser that is an HTTP client.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::Duration;

/// 32 bytes in hexadecimal: the key of the sealed store in tests.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A home folder of its own, with the sealed file as the store.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut variables = BTreeMap::new();
        variables.insert("TIELINE_HOME".into(), folder.path().join("home").display().to_string());
        variables.insert("TIELINE_STORE".into(), "file".into());
        variables.insert("TIELINE_KEY".into(), KEY.into());
        variables.insert("LANG".into(), "C.UTF-8".into());
        Self { folder, variables }
    }

    /// The same with a variable for every command that follows.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The folder that holds everything of this test; it is also where commands run.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `tieline` with nothing of the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        command.args(arguments).env_clear().envs(&self.variables).current_dir(self.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `tieline` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::new(arguments, self.command(arguments).output().unwrap())
    }

    /// Runs `tieline` with a text on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that refuses at once does not read it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::new(arguments, child.wait_with_output().unwrap())
    }

    /// Connects `sandbox-oauth2` (or another OAuth app) with `arguments`, playing the browser.
    pub(crate) fn connect(&self, arguments: &[&str]) -> Ran {
        self.start_connect(arguments).browse_and_finish()
    }

    /// Starts a connect that waits for the browser.
    pub(crate) fn start_connect(&self, arguments: &[&str]) -> Waiting {
        self.start(&[&["connect", "--no-browser"], arguments].concat())
    }

    /// Starts any command that waits for the browser.
    pub(crate) fn start(&self, all: &[&str]) -> Waiting {
        Waiting::new(self.command(all).spawn().unwrap(), all)
    }
}

/// A connect that waits for the browser.
pub(crate) struct Waiting {
    arguments: Vec<String>,
    pub(crate) child: Child,
    stderr: BufReader<ChildStderr>,
    /// What it has said so far.
    pub(crate) said: String,
    /// The address for the browser.
    pub(crate) url: String,
}

impl Waiting {
    /// Reads up to the address for the browser.
    pub(crate) fn new(child: Child, all: &[&str]) -> Self {
        Self::try_new(child, all).unwrap_or_else(|ran| {
            panic!("no address was printed by {all:?} ({:?}):\n{}", ran.status, ran.stderr)
        })
    }

    /// The same; or what the command did without printing one.
    pub(crate) fn try_new(mut child: Child, all: &[&str]) -> Result<Self, Ran> {
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            if stderr.read_line(&mut line).unwrap() == 0 {
                let output = child.wait_with_output().unwrap();
                return Err(Ran { stderr: said, ..Ran::new(all, output) });
            }
            said.push_str(&line);
            // The long address stands alone on its line.
            if line.starts_with("http") {
                break line.trim().to_owned();
            }
        };
        let arguments = all.iter().map(ToString::to_string).collect();
        Ok(Self { arguments, child, stderr, said, url })
    }

    /// The short link that it printed.
    pub(crate) fn short_link(&self) -> String {
        let line = self.said.lines().find(|line| line.trim_start().starts_with("Open")).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    }

    /// The redirect URI that it sent.
    pub(crate) fn redirect_uri(&self) -> String {
        query(&self.url)["redirect_uri"].clone()
    }

    /// Plays the browser and waits for the end.
    pub(crate) fn browse_and_finish(&mut self) -> Ran {
        let page = browse(&self.url);
        Ran { page: page.body, ..self.finish() }
    }

    /// Waits for its end.
    pub(crate) fn finish(&mut self) -> Ran {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let status = self.child.wait().unwrap();
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        Ran {
            command: self.arguments.join(" "),
            status: status.code(),
            stdout,
            stderr: self.said.clone(),
            page: String::new(),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) command: String,
    /// The exit status; `None` if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The final page in the browser.
    pub(crate) page: String,
}

impl Ran {
    pub(crate) fn new(arguments: &[&str], output: Output) -> Self {
        Self {
            command: arguments.join(" "),
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            page: String::new(),
        }
    }

    /// It must have ended with this status.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "tieline {}\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            self.stdout,
            self.stderr
        );
        self
    }

    /// It must have said this on standard error.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in:\n{}", self.stderr);
        self
    }

    /// It must have printed this on standard output.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "`{text}` is not in:\n{}", self.stdout);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

/// The sandbox on a port of its own.
pub(crate) struct Sandbox {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Sandbox {
    /// Starts it; it agrees at once unless `--consent` is among the arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let consent = arguments.contains(&"--consent");
        let agree: &[&str] = if consent { &[] } else { &["--agree"] };
        let rest: Vec<&str> = arguments.iter().copied().filter(|a| *a != "--consent").collect();
        let home = Home::new();
        let mut child = home
            .command(&[&["sandbox", "--port", "0"], agree, &rest].concat())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "the sandbox did not start: {arguments:?}");
        Self { child, url: line.trim().to_owned() }
    }

    /// A home whose sandbox-* apps know this sandbox.
    pub(crate) fn home(&self) -> Home {
        let mut home = Home::new();
        for app in ["OAUTH2", "OAUTH1", "BASIC", "API_KEY", "API_SECRET", "API_KEY_SECRET", "LOGIN"]
        {
            home = home.set(&format!("TIELINE_SANDBOX_{app}_SERVER"), &self.url);
        }
        for (app, path) in [
            ("BASIC_URL", "basic-url"),
            ("BASIC_API_KEY", "basic-api-key"),
            ("API_KEY_URL", "api-key-url"),
        ] {
            home = home.set(&format!("TIELINE_SANDBOX_{app}_URL"), format!("{}/{path}", self.url));
        }
        home
    }

    /// `GET /sandbox/state`: `tokens_issued`, `refreshes`, `revocations`, `logins`, `refused`,
    /// `requests`.
    pub(crate) fn state(&self) -> serde_json::Value {
        serde_json::from_str(&request("GET", &format!("{}/sandbox/state", self.url), "").body)
            .unwrap()
    }

    /// Sends a form, and gives the JSON that is answered.
    pub(crate) fn post_form(&self, path: &str, body: &str) -> serde_json::Value {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let answer = request_with("POST", &format!("{}{path}", self.url), &kind, body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Ends every access token and login.
    pub(crate) fn expire(&self) {
        assert_eq!(request("POST", &format!("{}/sandbox/expire", self.url), "").status, 204);
    }

    /// Revokes every grant.
    pub(crate) fn revoke(&self) {
        assert_eq!(request("POST", &format!("{}/sandbox/revoke", self.url), "").status, 204);
    }

    /// From now on it misbehaves like this, and no other way.
    pub(crate) fn misbehave(&self, names: &[&str]) {
        let body = serde_json::to_string(names).unwrap();
        assert_eq!(request("PUT", &format!("{}/sandbox/misbehave", self.url), &body).status, 204);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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

impl Home {
    /// Writes a definition of the user's own.
    pub(crate) fn define(&self, app: &str, yaml: &str) {
        self.write(&format!("home/apps/{app}.yaml"), yaml);
    }

    /// How many entries the sealed store has.
    pub(crate) fn kept(&self) -> usize {
        std::fs::read_dir(self.path().join("home/vault")).map_or(0, Iterator::count)
    }

    /// Runs `tieline` on a terminal of 80 columns that echoes what is typed.
    pub(crate) fn on_terminal(&self, arguments: &[&str]) -> Pty {
        self.on_terminal_like(80, "xterm", arguments)
    }

    /// The same with so many columns.
    pub(crate) fn on_terminal_of(&self, columns: usize, arguments: &[&str]) -> Pty {
        self.on_terminal_like(columns, "xterm", arguments)
    }

    /// The same of this sort.
    pub(crate) fn on_terminal_like(&self, columns: usize, name: &str, arguments: &[&str]) -> Pty {
        let mut command = Command::new("/bin/sh");
        let script =
            format!("PATH=/usr/bin:/bin stty echo rows 24 cols {columns}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_tieline")]).args(arguments);
        command.env_clear().envs(&self.variables).env("TERM", name).current_dir(self.path());
        let session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
        Pty { session, seen: String::new() }
    }
}

/// A person at a terminal.
pub(crate) struct Pty {
    session: rexpect::session::PtySession,
    /// Everything that came, with control sequences.
    pub(crate) seen: String,
}

impl Pty {
    /// Waits until this text has come.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(text) {
            Ok(before) => self.seen.push_str(&before),
            Err(error) => panic!("`{text}` did not come: {error}\n{}", self.seen),
        }
        self.seen.push_str(text);
        self
    }

    /// Waits for the line with the address for the browser.
    #[track_caller]
    pub(crate) fn address(&mut self, path: &str) -> String {
        self.until(path);
        let start = self.seen.rfind("http").unwrap();
        let rest = self.session.exp_string("\r\n").unwrap();
        self.seen.extend([rest.as_str(), "\r\n"]);
        self.seen[start..].trim().trim_end_matches("\u{1b}[0m").to_owned()
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        self.press(&format!("{line}\r"))
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Waits for the end, and gives the exit status.
    pub(crate) fn ends(&mut self) -> i32 {
        let rest = self.session.exp_eof().unwrap();
        self.seen.push_str(&rest);
        match self.session.process().wait().unwrap() {
            rexpect::process::WaitStatus::Exited(_, status) => status,
            other => panic!("{other:?}\n{}", self.seen),
        }
    }

    /// Everything that came, as UTF-8: the library takes each byte for a character.
    pub(crate) fn text(&self) -> String {
        let bytes: Vec<u8> = self.seen.chars().filter_map(|c| u8::try_from(c).ok()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What stands on the screen of 80 columns in the end, without what was erased.
    pub(crate) fn screen(&self) -> String {
        let mut rows = vec![Vec::new()];
        let (mut row, mut column) = (0_usize, 0_usize);
        let mut rest = self.seen.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\r' => column = 0,
                '\n' => row += 1,
                '\u{8}' => column = column.saturating_sub(1),
                '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                    let mut number = String::new();
                    while let Some(digit) = rest.next_if(|c| "?;0123456789".contains(*c)) {
                        number.push(digit);
                    }
                    let count: usize = number.parse().unwrap_or(1);
                    match rest.next() {
                        Some('A') => row = row.saturating_sub(count),
                        Some('B') => row += count,
                        Some('K') if number == "2" => rows[row].clear(),
                        Some('K') => rows[row].truncate(column),
                        Some('J') => {
                            rows[row].truncate(column);
                            rows.truncate(row + 1);
                        }
                        _ => {}
                    }
                }
                c if c.is_control() => {}
                c => {
                    if column == 80 {
                        (row, column) = (row + 1, 0);
                    }
                    rows.resize(rows.len().max(row + 1), Vec::new());
                    let cells = &mut rows[row];
                    cells.resize(cells.len().max(column + 1), ' ');
                    cells[column] = c;
                    column += 1;
                }
            }
            rows.resize(rows.len().max(row + 1), Vec::new());
        }
        rows.into_iter().map(|row| String::from_iter(row) + "\n").collect()
    }
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

/// Where `tests/run` puts what Python needs.
pub(crate) fn python() -> Option<PathBuf> {
    let python =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("python/bin/python3");
    let has = python.is_file();
    if !has {
        eprintln!("skipped: {} is not there; tests/run makes it", python.display());
    }
    has.then_some(python)
}
