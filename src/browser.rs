//! Opens a URL in the person's browser: `$BROWSER` if it is set, else the system's opener.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

/// How long a program is watched. One that cannot open anything says so at once; one that still
/// runs then is a browser, or is starting one.
const WATCH: Duration = Duration::from_millis(400);
const STEP: Duration = Duration::from_millis(10);

/// Why no browser could be opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Only web pages are opened: other URLs can start programs.
    #[error("not an `https` or `http` URL")]
    NotWeb,
    /// There is no program to try, as on a server or in a container.
    #[error("no program to open a browser was found")]
    NoOpener,
    /// A program started but could not do it, for example because there is no display.
    #[error("`{program}` could not open a browser ({status})")]
    Failed {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A program could not be started.
    #[error("cannot start `{program}`")]
    Start {
        /// Its name.
        program: String,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Opens `url` and returns within half a second or so per program tried.
///
/// `browser` is the value of `$BROWSER`: a list of commands in which `%s` stands for the URL. The
/// child gets none of the variables in `remove_env`, and neither sees nor disturbs the terminal.
///
/// # Errors
/// When nothing could be opened, as far as that can be seen within the time.
pub fn open<N: AsRef<OsStr>>(
    url: &str,
    browser: Option<&OsStr>,
    remove_env: impl IntoIterator<Item = N>,
) -> Result<(), BrowserError> {
    let url = Url::parse(url).map_err(|_| BrowserError::NotWeb)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(BrowserError::NotWeb);
    }
    let remove_env: Vec<OsString> =
        remove_env.into_iter().map(|name| name.as_ref().to_owned()).collect();
    let chosen = browser.map(|list| chosen(list, url.as_str())).unwrap_or_default();
    match first(chosen, &remove_env) {
        // Set but not installed: as if it were not set. If one of them started and failed, the
        // choice was meant, and another browser would be a surprise.
        Err(BrowserError::NoOpener) => first(open::commands(url.as_str()), &remove_env),
        done => done,
    }
}

/// The program that would be tried first and is there, without starting it. `path` is the value of
/// `$PATH`.
#[must_use]
pub fn program(browser: Option<&OsStr>, path: &str) -> Option<String> {
    let chosen = browser.map(|list| chosen(list, "https://example.com/")).unwrap_or_default();
    let commands = chosen.into_iter().chain(open::commands("https://example.com/"));
    let mut programs = commands.map(|command| command.get_program().to_owned());
    programs.find(|program| is_there(program, path)).map(|name| name.to_string_lossy().into_owned())
}

/// Whether a program could be started: a path that is there, or a name that PATH knows. Windows'
/// openers are part of the system.
fn is_there(program: &OsStr, path: &str) -> bool {
    let program = std::path::Path::new(program);
    match program.components().count() {
        1 => cfg!(windows) || std::env::split_paths(path).any(|at| at.join(program).is_file()),
        _ => program.is_file(),
    }
}

/// Starts one after the other until one works.
fn first(commands: Vec<Command>, remove_env: &[OsString]) -> Result<(), BrowserError> {
    let mut failure = BrowserError::NoOpener;
    for command in commands {
        match launch(command, remove_env) {
            Ok(()) => return Ok(()),
            // What the first one that was there said is more telling than what its stand-ins say.
            Err(error) if matches!(failure, BrowserError::NoOpener) => failure = error,
            Err(_) => {}
        }
    }
    Err(failure)
}

fn launch(mut command: Command, remove_env: &[OsString]) -> Result<(), BrowserError> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in remove_env {
        command.env_remove(name);
    }
    detach(&mut command);
    let program = command.get_program().to_string_lossy().into_owned();
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BrowserError::NoOpener);
        }
        Err(source) => return Err(BrowserError::Start { program, source }),
    };
    match watch(child) {
        Ok(Some(status)) if !status.success() && status_is_telling(&program) => {
            Err(BrowserError::Failed { program, status })
        }
        // It runs, it handed the URL on, or it cannot be watched: do not open a second one.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Waits for an early end. A child that goes on is waited for by a thread, or it would stay behind
/// as a zombie.
fn watch(mut child: Child) -> io::Result<Option<ExitStatus>> {
    let end = Instant::now() + WATCH;
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() >= end => break,
            None => thread::sleep(STEP),
        }
    }
    thread::Builder::new().name("browser".to_owned()).spawn(move || child.wait())?;
    Ok(None)
}

/// Windows' `explorer.exe` ends with 1 when it has opened the URL.
fn status_is_telling(program: &str) -> bool {
    !program.to_ascii_lowercase().ends_with("explorer.exe")
}

/// Ctrl-C at the terminal ends us, not the browser.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

#[cfg(not(any(unix, windows)))]
fn detach(_: &mut Command) {}

/// The commands of `$BROWSER`. No shell: an authorization URL is full of `&`.
fn chosen(list: &OsStr, url: &str) -> Vec<Command> {
    // like `$PATH`, so that a drive letter is not taken for an entry
    let separator = if cfg!(windows) { ';' } else { ':' };
    list.to_string_lossy().split(separator).filter_map(|entry| command(entry, url)).collect()
}

fn command(entry: &str, url: &str) -> Option<Command> {
    let mut words = entry.split_whitespace();
    let mut command = Command::new(words.next()?);
    command.args(words.map(|word| word.replace("%s", url)));
    if !entry.contains("%s") {
        command.arg(url);
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:1/?a=b&c=d";

    fn words(list: &str) -> Vec<Vec<String>> {
        let words = |command: &Command| {
            let all = std::iter::once(command.get_program()).chain(command.get_args());
            all.map(|word| word.to_str().unwrap().to_owned()).collect()
        };
        chosen(OsStr::new(list), URL).iter().map(words).collect()
    }

    #[test]
    fn only_web_pages_are_opened() {
        for url in ["file:///etc/passwd", "--help", "javascript:alert(1)", "", "mailto:a@b.c"] {
            let result = open(url, None, [""; 0]);
            assert!(matches!(result, Err(BrowserError::NotWeb)), "{url}");
        }
    }

    #[test]
    fn a_command_without_a_placeholder_gets_the_url_last() {
        assert_eq!(words("firefox"), [["firefox", URL]]);
        assert_eq!(words("  firefox   --new-window "), [["firefox", "--new-window", URL]]);
        assert_eq!(
            words("a --url=%s -x"),
            [vec!["a".to_owned(), format!("--url={URL}"), "-x".into()]]
        );
        assert!(words("  ").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn the_list_is_separated_by_colons() {
        assert_eq!(words("a::b %s"), [["a", URL], ["b", URL]]);
    }

    #[cfg(unix)]
    mod programs {
        use super::*;
        use std::fs;
        use tempfile::TempDir;

        /// A script that stands for a browser. It is run by `sh` and not by itself: a file that
        /// was just written can be busy while another test starts a process.
        struct Stub(TempDir);

        impl Stub {
            fn new(script: &str) -> Self {
                let folder = tempfile::tempdir().unwrap();
                fs::write(folder.path().join("browser"), script).unwrap();
                Self(folder)
            }

            fn command(&self) -> String {
                format!("sh {}", self.0.path().join("browser").display())
            }

            fn written(&self) -> Option<String> {
                fs::read_to_string(self.0.path().join("out")).ok()
            }
        }

        const RECORD: &str = "printf '%s|' \"$@\" > \"$(dirname \"$0\")/out\"";

        #[test]
        fn the_first_one_that_starts_gets_the_url_whole() {
            let stub = Stub::new(RECORD);
            let list = format!("/nowhere/browser:{} -n %s", stub.command());
            open(URL, Some(OsStr::new(&list)), [""; 0]).unwrap();
            assert_eq!(stub.written().unwrap(), format!("-n|{URL}|"));
        }

        #[test]
        fn one_that_fails_is_reported_and_the_next_is_tried() {
            let stub = Stub::new("exit 3");
            let list = format!("{0}:{0}", stub.command());
            match open(URL, Some(OsStr::new(&list)), [""; 0]) {
                Err(BrowserError::Failed { status, .. }) => assert_eq!(status.code(), Some(3)),
                other => panic!("{other:?}"),
            }
            let good = Stub::new(RECORD);
            let list = format!("{}:{}", stub.command(), good.command());
            open(URL, Some(OsStr::new(&list)), [""; 0]).unwrap();
            assert!(good.written().is_some());
        }

        #[test]
        fn named_variables_do_not_reach_the_child() {
            // `cargo test` sets this one.
            let stub = Stub::new("printf '%s' \"$CARGO_PKG_NAME\" > \"$(dirname \"$0\")/out\"");
            open(URL, Some(OsStr::new(&stub.command())), ["CARGO_PKG_NAME"]).unwrap();
            assert_eq!(stub.written().unwrap(), "");
        }

        #[test]
        fn a_browser_that_stays_open_is_not_waited_for() {
            let stub = Stub::new("exec sleep 20");
            let begin = Instant::now();
            open(URL, Some(OsStr::new(&stub.command())), [""; 0]).unwrap();
            assert!(begin.elapsed() < Duration::from_secs(10));
        }
    }
}
