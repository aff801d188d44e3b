//! FTP against a server that is not ours (pyftpdlib), in the clear and over TLS.

use crate::support::{Home, python};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tieline::definition::hosts::{HostError, Hosts};
use tieline::ftp::{Ftp, FtpError};
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

    async fn log_in(&self, scheme: &str, password: &str) -> Result<Ftp, FtpError> {
        let url = Url::parse(&format!("{scheme}://127.0.0.1:{}/", self.port)).unwrap();
        let hosts = Hosts::new(["127.0.0.1".to_owned()]);
        Ftp::log_in(&url, "ada", &Secret::from(password), &hosts, PATIENCE).await
    }
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
async fn use_it(mut ftp: Ftp) {
    assert_eq!(ftp.working_directory().await.unwrap(), "/");
    let list = ftp.list(None).await.unwrap();
    assert!(list.iter().any(|line| line.ends_with(" hello.txt")), "{list:?}");
    assert!(list.iter().any(|line| line.starts_with('d') && line.ends_with(" sub")), "{list:?}");
    assert!(ftp.list(Some("/sub")).await.unwrap().is_empty());
    let mut text = Vec::new();
    assert_eq!(ftp.retrieve("/hello.txt", &mut text).await.unwrap(), 13);
    assert_eq!(text, b"hello\r\nworld\n");
    let gone = ftp.retrieve("/gone", &mut text).await.unwrap_err();
    assert!(matches!(gone, FtpError::NotAvailable(_)), "{gone}");
    assert!(gone.to_string().contains("No such file"), "{gone}");
    // What failed harms nothing that comes after it.
    let mut bytes = Vec::new();
    assert_eq!(ftp.retrieve("large", &mut bytes).await.unwrap(), LARGE as u64);
    assert!(bytes == large());
    for path in ["x\r\nDELE hello.txt", "x\nQUIT"] {
        let refused = ftp.retrieve(path, &mut bytes).await.unwrap_err();
        assert!(matches!(refused, FtpError::LineBreak("the path")), "{refused}");
        assert!(matches!(ftp.list(Some(path)).await, Err(FtpError::LineBreak(_))));
    }
    ftp.quit().await;
}

#[tokio::test]
async fn in_the_clear_on_loopback_one_logs_in_lists_and_retrieves() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    use_it(server.log_in("ftp", "practice-password").await.unwrap()).await;
    let wrong = server.log_in("ftp", "canary").await.err().unwrap();
    assert!(matches!(wrong, FtpError::NotLoggedIn(_)), "{wrong}");
    assert!(!wrong.to_string().contains("canary"), "{wrong}");
    let breaks = server.log_in("ftp", "x\r\nDELE hello.txt").await.err().unwrap();
    assert!(matches!(breaks, FtpError::LineBreak("the password")), "{breaks}");
    // It does not speak TLS, and is not spoken to without it then.
    let plain = server.log_in("ftps", "practice-password").await.err().unwrap();
    assert!(matches!(plain, FtpError::Tls { .. }), "{plain}");
}

#[tokio::test]
async fn a_password_goes_nowhere_in_the_clear_and_to_no_other_host() {
    let hosts = Hosts::new(["ftp.example".to_owned()]);
    let log_in = async |url: &str| {
        let url = Url::parse(url).unwrap();
        let result = Ftp::log_in(&url, "ada", &Secret::from("canary"), &hosts, PATIENCE).await;
        result.err().unwrap()
    };
    let clear = log_in("ftp://ftp.example/").await;
    assert!(matches!(clear, FtpError::Host(HostError::NotEncrypted(_))), "{clear}");
    let other = log_in("ftps://other.example/").await;
    assert!(matches!(other, FtpError::Host(HostError::NotAllowed { .. })), "{other}");
}

#[tokio::test]
async fn what_is_no_ftp_server_is_told() {
    let hosts = Hosts::new(["127.0.0.1".to_owned()]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ftp://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let url = Url::parse(&url).unwrap();
    let secret = Secret::from("canary");
    let talker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let silent = listener.accept().unwrap();
        drop(stream);
        silent
    });
    let error = Ftp::log_in(&url, "ada", &secret, &hosts, PATIENCE).await.err().unwrap();
    assert!(matches!(error, FtpError::NotFtp), "{error}");
    let quick = Duration::from_millis(200);
    let error = Ftp::log_in(&url, "ada", &secret, &hosts, quick).await.err().unwrap();
    assert!(matches!(error, FtpError::TimedOut(_)), "{error}");
    drop(talker.join().unwrap());
    let error = Ftp::log_in(&url, "ada", &secret, &hosts, PATIENCE).await.err().unwrap();
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
    let unknown = server.log_in("ftps", "practice-password").await.err().unwrap();
    assert!(matches!(unknown, FtpError::Tls { .. }), "{unknown}");
    let clear = server.log_in("ftp", "practice-password").await.err().unwrap();
    assert!(matches!(clear, FtpError::Refused(_)), "{clear}");
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
    let url = Url::parse(&format!("ftps://127.0.0.1:{port}/")).unwrap();
    let hosts = Hosts::new(["127.0.0.1".to_owned()]);
    let secret = Secret::from("practice-password");
    use_it(Ftp::log_in(&url, "ada", &secret, &hosts, PATIENCE).await.unwrap()).await;
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

#[test]
fn an_app_can_be_an_ftp_server() {
    let home = Home::new();
    let Some(server) = Server::start(&home, &[]) else { return };
    define(&home, server.port);
    home.run(&["lint", "home/apps/files.yaml"]).expect(0);
    home.write("password.txt", "practice-password");
    let connect = ["connect", "files", "-f", "username=ada", "-f", "password=@password.txt"];
    home.run(&connect).expect(0).says("as ada@127.0.0.1");
    home.run(&["test", "files", "-v"]).expect(0).prints("files works").says("one is in /");
    home.run(&["call", "files", "LIST", "/"]).expect(0).prints("hello.txt").prints("sub");
    let ran = home.run(&["call", "files", "RETR", "/hello.txt"]).expect(0);
    assert_eq!(ran.stdout, "hello\r\nworld\n");
    home.run(&["call", "files", "RETR", "/large", "-o", "large.out"]).expect(0);
    assert_eq!(std::fs::read(home.path().join("large.out")).unwrap(), large());
    home.run(&["call", "files", "RETR", "/gone"]).expect(8).says("LIST");
    home.run(&["call", "files", "DELE", "/hello.txt"]).expect(2).says("is not asked `DELE`");
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
    home.define(
        "far",
        "title: Far\nbase_url: ftp://192.0.2.1\nauthorizations:\n  login:\n    type: basic\n",
    );
    let far = ["connect", "far", "-f", "username=ada", "-f", "password=@password.txt"];
    home.run(&far).expect(4).says("in the clear");
    home.define("keyed", "title: Keyed\nbase_url: ftps://files.example\nauthorizations:\n  key:\n    type: api_key\n");
    home.run(&["lint", "keyed"]).expect(4).prints("a user name and a password only");
}
