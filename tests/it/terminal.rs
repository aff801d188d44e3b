//! What a terminal shows: of 24 rows, of 40 columns, and of one that can do nothing.

use crate::support::Sandbox;
use unicode_width::UnicodeWidthStr;

const APP: &str = "sandbox-oauth2";
const CONTROL_C: &str = "\u{3}";
/// Goes to the beginning of the row and erases it.
const ERASE: &str = "\u{1b}[2K";

/// The terminal gives a character for each byte.
fn text(seen: &str) -> String {
    let bytes: Vec<u8> = seen.chars().filter_map(|c| u8::try_from(c).ok()).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_code_for_another_device_is_not_pushed_out_by_its_picture() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal(&["connect", APP, "--device", "--no-browser"]);
    terminal.until("Waiting for").press(CONTROL_C);
    assert_eq!(terminal.ends(), 130);
    let shown = text(&terminal.seen);
    let at = |text: &str| shown.rfind(text).unwrap();
    assert!(at("enter the code") > at("█"), "{shown}");
}

#[test]
fn a_narrow_terminal_waits_in_one_row_and_breaks_no_word() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("NO_COLOR", "1");
    let mut terminal = home.on_terminal_like(40, "xterm", &["connect", APP, "--no-browser"]);
    terminal.until("Waiting for").press(CONTROL_C);
    assert_eq!(terminal.ends(), 130);
    for waiting in terminal.seen.split(ERASE).skip(1) {
        let row = waiting.split(['\r', '\n', '\u{1b}', '^']).next().unwrap();
        assert!(row.width() < 40, "{row:?}");
    }
    // What is copied stays whole: it has no spaces.
    for row in terminal.seen.lines().filter(|row| row.trim().contains(' ')) {
        assert!(row.contains(ERASE) || row.width() <= 40, "{row:?} in\n{}", terminal.seen);
    }
}

#[test]
fn a_terminal_that_can_do_nothing_gets_nothing_but_text() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal_like(80, "dumb", &["connect", APP, "--timeout", "2"]);
    terminal.until("nobody came back");
    assert_eq!(terminal.ends(), 6);
    assert!(!terminal.seen.contains('\u{1b}'), "{:?}", terminal.seen);
}

#[test]
fn a_terminal_that_can_do_nothing_asks_line_by_line() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal_like(80, "dumb", &["connect"]);
    terminal.until("Which app?").types("0").until("a number from 1 to").press(CONTROL_C);
    assert_eq!(terminal.ends(), 130);
    assert!(terminal.seen.contains("  1  "), "{}", terminal.seen);
    assert!(!terminal.seen.contains('\u{1b}'), "{:?}", terminal.seen);
    let mut terminal = home.on_terminal_like(80, "dumb", &["connect", "sandbox-basic"]);
    terminal.until("User name").types("").until("a value is needed").until("User name");
    terminal.types("ada").until("(not shown)").types("practice-password").until("Connected");
    assert_eq!(terminal.ends(), 0);
    assert!(!terminal.seen.contains('\u{1b}'), "{:?}", terminal.seen);
    assert!(!terminal.seen.contains("practice-password"));
}

#[test]
fn what_is_ended_by_control_c_calls_that_no_error() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    for command in [&["sandbox"][..], &["proxy", "sandbox-api-key"]] {
        let mut terminal = home.on_terminal(&[command, &["--port", "0"]].concat());
        terminal.until("Ctrl-C ends it").press(CONTROL_C);
        assert_eq!(terminal.ends(), 130);
        assert!(!terminal.seen.contains("error"), "{}", terminal.seen);
    }
}

#[test]
fn the_story_fits_eighty_columns() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("NO_COLOR", "1");
    let mut terminal = home.on_terminal(&["demo"]);
    terminal.until("Yours next");
    assert_eq!(terminal.ends(), 0);
    for row in text(&terminal.seen).lines().filter(|row| row.trim().contains(' ')) {
        assert!(row.trim_end().width() <= 80, "{row:?}");
    }
}
