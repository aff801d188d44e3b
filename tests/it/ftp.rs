//! FTP against a server that is not ours (pyftpdlib), in the clear and over TLS.

use crate::support::{Home, python};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tieline::definition::hosts::{HostError, Hosts};
use tieline::ftp::{Ftp, FtpError, Verb};
use tieline::http::{Client, Network};
use tieline::secret::Secret;
use url::Url;

const PATIENCE: Duration = Duration::from_secs(10);
const LARGE: usize = 9 * 1024 * 1024 + 7;

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Serves a folder with some files; `None` where the server cannot be had.
    fn start(home: &Home, more: &[&str]) -> Option<Self> {
        let files = home.path().join("files");
        std::fs::create_dir_all(files.join("sub")).unwrap();
        std::fs::write(files.join("hello.txt"), "hello\r\nworld\n").unwrap();
        std::fs::write(files.join("large"), large()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/ftp/server.py");
        let mut command = Command::new(python()?);
        command.arg(script).arg(files).args(more).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(port) = line.trim().parse() else {
            let _ = child.wait();
            eprintln!("skipped: the server does not start with {more:?}");
            return None;
        };
        Some(Self { child, port })
    }

    fn url(&self, scheme: &str) -> Url {
        Url::parse(&format!("{scheme}://127.0.0.1:{}/", self.port)).unwrap()
    }
}

/// Logs in as `ada`, with what may take as long as `PATIENCE`.
async fn log_in<'a>(url: &'a Url, password: &str, http: &'a Client) -> Result<Ftp<'a>, FtpError> {
    let hosts = Hosts::new(["127.0.0.1".to_owned(), "[::1]".to_owned()]);
    Ftp::log_in(url, "ada", &Secret::from(password), &hosts, http).await
}

async fn refused(url: &Url, password: &str) -> FtpError {
    log_in(url, password, &Client::new(PATIENCE, Network::default())).await.err().unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn large() -> Vec<u8> {
    (0..LARGE).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// Everything that a session can do.
async fn use_it(url: &Url) {
    let http = Client::new(PATIENCE, Network::default());
    let mut ftp = log_in(url, "practice-password", &http).await.unwrap();
    assert_eq!(ftp.working_directory().await.unwrap(), "/");
    let list = text(&mut ftp, Verb::List, None).await.unwrap();
    assert!(list.lines().any(|line| line.ends_with(" hello.txt")), "{list:?}");
    assert!(list.lines().any(|line| line.starts_with('d') && line.ends_with(" sub")), "{list:?}");
    assert_eq!(text(&mut ftp, Verb::List, Some("/sub")).await.unwrap(), "");
    let names = text(&mut ftp, Verb::Names, Some("/")).await.unwrap();
    let mut names: Vec<&str> = names.split('\n').collect();
    names.sort_unstable();
    assert_eq!(names, ["", "hello.txt", "large", "sub"]);
    let hello = text(&mut ftp, Verb::Retrieve, Some("/hello.txt")).await.unwrap();
    assert_eq!(hello, "hello\r\nworld\n");
    let gone = text(&mut ftp, Verb::Retrieve, Some("/gone")).await.unwrap_err();
    assert!(matches!(gone, FtpError::NotAvailable(_)), "{gone}");
    assert!(gone.to_string().contains("No such file"), "{gone}");
    // What failed harms nothing that comes after it.
    assert_eq!(ftp.size("large").await.unwrap(), LARGE as u64);
    let mut bytes = Vec::new();
    let transfer = ftp.begin(Verb::Retrieve, Some("large")).await.unwrap();
    assert_eq!(ftp.copy(transfer, &mut bytes).await.unwrap(), LARGE as u64);
    assert!(bytes == large());
    for path in ["x\r\nDELE hello.txt", "x\nQUIT"] {
        for verb in [Verb::Retrieve, Verb::List, Verb::Names] {
            let refused = text(&mut ftp, verb, Some(path)).await.unwrap_err();
            assert!(matches!(refused, FtpError::LineBreak("the path")), "{refused}");
        }
        assert!(matches!(ftp.size(path).await, Err(FtpError::LineBreak(_))));
    }
    ftp.quit().await;
}

async fn text(ftp: &mut Ftp<'_>, verb: Verb, path: Option<&str>) -> Result<String, FtpError> {
    let mut bytes = Vec::new();
    let transfer = ftp.begin(verb, path).await?;
    ftp.copy(transfer, &mut bytes).await?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn in_the_clear_on_loopback_one_logs_in_lists_and_retrieves() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    use_it(&server.url("ftp")).await;
    let wrong = refused(&server.url("ftp"), "canary").await;
    assert!(matches!(wrong, FtpError::NotLoggedIn(_)), "{wrong}");
    let breaks = refused(&server.url("ftp"), "x\r\nDELE hello.txt").await;
    assert!(matches!(breaks, FtpError::LineBreak("the password")), "{breaks}");
    // It does not speak TLS, and is not spoken to without it then.
    let plain = refused(&server.url("ftps"), "practice-password").await;
    assert!(matches!(plain, FtpError::Tls { .. }), "{plain}");
}

#[tokio::test]
async fn the_data_comes_over_ipv6_too() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &["", "ipv6"]) else { return };
    use_it(&Url::parse(&format!("ftp://[::1]:{}/", server.port)).unwrap()).await;
}

#[tokio::test]
async fn a_folder_in_the_address_is_where_one_begins() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    let http = Client::new(PATIENCE, Network::default());
    let url = server.url("ftp").join("sub").unwrap();
    let mut ftp = log_in(&url, "practice-password", &http).await.unwrap();
    assert_eq!(ftp.working_directory().await.unwrap(), "/sub");
    let none = refused(&server.url("ftp").join("none").unwrap(), "practice-password").await;
    assert!(matches!(none, FtpError::NotAvailable(_)), "{none}");
}

#[tokio::test]
async fn a_password_goes_nowhere_in_the_clear_and_to_no_other_host() {
    let hosts = Hosts::new(["ftp.example".to_owned()]);
    let log_in = async |url: &str| {
        let url = Url::parse(url).unwrap();
        let http = Client::new(PATIENCE, Network::default());
        Ftp::log_in(&url, "ada", &Secret::from("canary"), &hosts, &http).await.err().unwrap()
    };
    let clear = log_in("ftp://ftp.example/").await;
    assert!(matches!(clear, FtpError::Host(HostError::NotEncrypted(_))), "{clear}");
    let other = log_in("ftps://other.example/").await;
    assert!(matches!(other, FtpError::Host(HostError::NotAllowed { .. })), "{other}");
}

/// A server that says these lines, one for each line it hears.
fn scripted(replies: &'static [&str]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = BufReader::new(stream.try_clone().unwrap()).lines();
        for reply in replies {
            stream.write_all(reply.as_bytes()).unwrap();
            heard.next();
        }
    });
    Url::parse(&format!("ftp://127.0.0.1:{port}/")).unwrap()
}

#[tokio::test]
async fn what_a_server_says_is_shown_without_the_password() {
    let url = scripted(&["220 hi\r\n", "331 go on\r\n", "530 \x1b[2Jno: canary-password\r\n"]);
    let http = Client::new(PATIENCE, Network::default());
    http.learn("password", &Secret::from("canary-password"));
    let error = log_in(&url, "canary-password", &http).await.err().unwrap();
    let told = "the server does not know this user name and password: 530 [2Jno: [password #";
    assert!(error.to_string().starts_with(told), "{error}");
    let trace = serde_json::to_string(&http.exchanges()).unwrap();
    assert!(trace.contains("PASS [password]") && trace.contains("USER ada"), "{trace}");
    assert!(!trace.contains("canary") && !trace.contains("u001b"), "{trace}");
}

#[tokio::test]
async fn what_is_no_ftp_server_is_told() {
    let error = refused(&scripted(&["HTTP/1.1 400 Bad Request\r\n\r\n"]), "canary").await;
    assert!(matches!(error, FtpError::NotFtp), "{error}");
    let error = refused(&scripted(&["220 hi\r\n", "534 use SSL\r\n"]), "canary").await;
    assert!(matches!(error, FtpError::WantsTls(_)), "{error}");
    let busy = refused(&scripted(&["220 hi\r\n", "421 too many are here\r\n"]), "canary").await;
    assert!(matches!(busy, FtpError::Refused(_)), "{busy}");
    // Its queue takes the connection, and nobody ever speaks.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ftp://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let url = Url::parse(&url).unwrap();
    let quick = Client::new(Duration::from_millis(200), Network::default());
    let error = log_in(&url, "canary", &quick).await.err().unwrap();
    assert!(matches!(error, FtpError::TimedOut(_)), "{error}");
    drop(listener);
    let error = refused(&url, "canary").await;
    assert!(matches!(error, FtpError::Connection { .. }), "{error}");
}

/// A certificate for 127.0.0.1 that vouches for itself, with its key, in one file.
fn certificate(home: &Home) -> Option<String> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=a"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(home.path())
        .stderr(Stdio::null())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no openssl");
        return None;
    }
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    Some(home.write("both.pem", &(read("key.pem") + &read("cert.pem"))).display().to_string())
}

#[tokio::test]
async fn over_tls_one_logs_in_lists_and_retrieves_where_the_certificate_is_trusted() {
    let home = Home::new();
    let Some(both) = certificate(&home) else { return };
    let Some(server) = Server::start(&home, &[&both]) else { return };
    let unknown = refused(&server.url("ftps"), "practice-password").await;
    assert!(matches!(unknown, FtpError::Tls { .. }), "{unknown}");
    assert!(unknown.to_string().contains("cannot be trusted: invalid peer"), "{unknown}");
    let clear = refused(&server.url("ftp"), "practice-password").await;
    assert!(matches!(clear, FtpError::WantsTls(_)), "{clear}");
    trusting(&home, server.port);
}

#[tokio::test]
async fn on_port_990_tls_begins_with_the_connection() {
    let home = Home::new();
    let Some(both) = certificate(&home) else { return };
    let Some(server) = Server::start(&home, &[&both, "implicit"]) else { return };
    trusting(&home, server.port);
}

/// What is trusted is read from the environment, which only a new process can have of its own.
fn trusting(home: &Home, port: u16) {
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ftp::with_a_trusted_certificate", "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", home.path().join("cert.pem"))
        .env("FTP_PORT", port.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout) + String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "the tests above run it, in an environment that trusts the server"]
async fn with_a_trusted_certificate() {
    let Ok(port) = std::env::var("FTP_PORT") else { return };
    use_it(&Url::parse(&format!("ftps://127.0.0.1:{port}/")).unwrap()).await;
}

/// An app that is this server.
fn define(home: &Home, port: u16) {
    home.define(
        "files",
        &format!(
            "title: Files\nbase_url: ftp://127.0.0.1:{port}\nauthorizations:\n  login:\n    type: basic\n"
        ),
    );
}

/// Connects it as `ada`.
fn connect(home: &Home, app: &str) -> crate::support::Ran {
    home.write("password.txt", "practice-password");
    home.run(&["connect", app, "-f", "username=ada", "-f", "password=@password.txt"])
}

#[test]
fn an_app_can_be_an_ftp_server() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    define(&home, server.port);
    home.run(&["lint", "home/apps/files.yaml"]).expect(0);
    connect(&home, "files").expect(0).says("as ada@127.0.0.1").says("tieline call files LIST");
    let tested = home.run(&["test", "files", "-v"]).expect(0).prints("files works");
    let tested = tested.prints("PASS [password]").prints("230").prints("PWD");
    tested.says("one is in /").says("< 230 Login successful.");
    home.run(&["call", "files", "LIST", "/"]).expect(0).prints("hello.txt").prints("sub");
    home.run(&["call", "files", "NLST", "/sub"]).expect(0);
    home.run(&["call", "files", "LIST", "/", "-o", "list.out"]).expect(0);
    let list = std::fs::read_to_string(home.path().join("list.out")).unwrap();
    assert!(list.contains(" hello.txt\n"), "{list:?}");
    let ran = home.run(&["call", "files", "SIZE", "/hello.txt"]).expect(0);
    assert_eq!(ran.stdout, "13\n");
    let ran = home.run(&["call", "files", "RETR", "/hello.txt"]).expect(0);
    assert_eq!(ran.stdout, "hello\r\nworld\n");
    home.run(&["call", "files", "RETR", "/large", "-o", "large.out"]).expect(0);
    assert_eq!(std::fs::read(home.path().join("large.out")).unwrap(), large());
    // What is not there takes nothing from the file that it should have gone to.
    home.run(&["call", "files", "RETR", "/gone", "-o", "list.out"]).expect(8).says("files LIST /");
    assert_eq!(std::fs::read_to_string(home.path().join("list.out")).unwrap(), list);
    home.run(&["call", "files", "DELE", "/hello.txt"]).expect(2).says("is not asked `DELE`");
    home.run(&["call", "files", "/hello.txt", "-q", "a=b"]).expect(2).says("no body, query");
    home.run(&["call", "files", "RETR", "/a\r\nDELE /hello.txt"]).expect(2);
    home.run(&["disconnect", "files"]).expect(0);
}

#[test]
fn a_wrong_password_at_an_ftp_server_is_refused_and_not_kept() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    define(&home, server.port);
    home.write("password.txt", "wrong");
    let connect = ["connect", "files", "-f", "username=ada", "-f", "password=@password.txt"];
    home.run(&connect).expect(5).says("check user name and password");
    assert_eq!(home.kept(), 0);
}

#[test]
fn what_ftp_has_no_use_for_is_told_by_lint() {
    let home = Home::new();
    let start = "base_url: ftps://files.example\nauthorizations:\n  a:\n    type:";
    home.define("keyed", &format!("title: Keyed\n{start} api_key\n"));
    home.run(&["lint", "keyed"]).expect(4).prints("a user name and a password only");
    home.define("asking", &format!("title: Asking\n{start} basic\n    user_info_endpoint: /me\n"));
    home.run(&["lint", "asking"]).expect(4).prints("`user_info_endpoint` is for nothing");
}

#[test]
fn the_server_may_be_the_person_s_own() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    let fields = "fields:\n  url: { format: ftp_url, example: 'ftps://files.example' }\n";
    home.define(
        "own",
        &format!("title: Own\n{fields}authorizations:\n  login:\n    type: basic_url\n"),
    );
    home.run(&["lint", "own"]).expect(0);
    home.write("password.txt", "practice-password");
    let url = format!("url=ftp://127.0.0.1:{}/sub/", server.port);
    let given = ["-f", &url, "-f", "username=ada", "-f", "password=@password.txt"];
    home.run(&[&["connect", "own"], &given[..]].concat()).expect(0).says("as ada@127.0.0.1");
    home.run(&["test", "own", "-v"]).expect(0).says("one is in /sub");
    home.run(&["call", "own", "../hello.txt"]).expect(0).prints("world");
}

/// An address that is not loopback's to look at, and leads nowhere else all the same.
const HERE: &str = "0.0.0.0";

#[test]
fn in_the_clear_only_where_the_field_says_insecure_and_then_with_a_warning() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    let define = |app: &str, more: &str| {
        home.define(app, &format!(
            "title: Own\nbase_url: ftp://{{{{server}}}}:{}\nfields:\n  server: {{ label: Server, format: host, \
             default: {HERE}{more} }}\nauthorizations:\n  login:\n    type: basic\n",
            server.port
        ));
    };
    define("strict", "");
    connect(&home, "strict").expect(4).says("in the clear").says("ftps://");
    assert_eq!(home.kept(), 0);
    define("own", ", insecure: true");
    connect(&home, "own").expect(0).says("0.0.0.0 is spoken to without TLS");
    home.run(&["call", "own", "RETR", "hello.txt"]).expect(0).prints("world");
}

#[test]
fn a_file_s_name_does_not_steer_the_terminal_and_a_file_is_not_written_to_it() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    define(&home, server.port);
    std::fs::write(home.path().join("files/a\u{1b}]0;title\u{7}z"), "").unwrap();
    connect(&home, "files").expect(0);
    let mut listing = home.on_terminal(&["call", "files", "NLST"]);
    assert_eq!(listing.until("a]0;titlez").until("sub").ends(), 0);
    assert!(!listing.seen.contains("\u{1b}]"), "{:?}", listing.seen);
    let mut file = home.on_terminal(&["call", "files", "/hello.txt"]);
    assert_eq!(file.until("is not written to a terminal").ends(), 2);
    let mut shown = home.on_terminal(&["call", "files", "/hello.txt", "-o", "-"]);
    assert_eq!(shown.until("world").ends(), 0);
}
