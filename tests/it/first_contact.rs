//! The first minutes: `tieline` alone, a menu, a mistyped word, and what a terminal can show.

use crate::support::{Home, Sandbox};

/// A sandbox, and a home with an account at it.
fn connected() -> (Sandbox, Home) {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2"]).expect(0);
    (sandbox, home)
}

/// The commands that it says are next.
fn next(home: &Home) -> Vec<String> {
    let told = home.run(&[]).expect(0).stdout;
    let lines = told.lines().skip_while(|line| *line != "Next:").skip(2);
    lines
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim().split("  ").next().unwrap().to_owned())
        .collect()
}

/// Changes the file of an account.
fn edit(home: &Home, from: &str, to: &str) {
    let file = home.path().join("home/accounts/sandbox-oauth2/_.json");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
}

#[test]
fn with_nothing_connected_it_says_how_to_begin() {
    let home = Home::new();
    assert_eq!(next(&home), ["tieline demo", "tieline apps", "tieline connect"]);
    home.run(&[])
        .expect(0)
        .prints("Nothing is connected yet.")
        .prints("--help lists every command");
}

#[test]
fn with_an_account_that_works_it_says_what_to_do_with_it() {
    let (_sandbox, home) = connected();
    let first = "tieline call sandbox-oauth2 /userinfo";
    assert_eq!(next(&home), [first, "tieline test --all", "tieline connect"]);
    home.run(&[]).expect(0).prints("ada@sandbox.test");
}

#[test]
fn what_does_not_work_any_more_comes_first() {
    let (_sandbox, home) = connected();
    edit(&home, "\"renewable\": true", "\"renewable\": false");
    let at = std::fs::read_to_string(home.path().join("home/accounts/sandbox-oauth2/_.json"));
    let record: serde_json::Value = serde_json::from_str(&at.unwrap()).unwrap();
    let ends = record["account"]["expires_at"].to_string();
    edit(&home, &format!("\"expires_at\": {ends}"), "\"expires_at\": 1");
    assert_eq!(next(&home), ["tieline connect sandbox-oauth2"]);
    home.run(&[]).expect(0).prints("over, and nothing renews it");
}

#[test]
fn a_connect_that_waits_for_its_second_half_is_not_forgotten() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run(&["connect", "sandbox-oauth2", "--start"]).expect(0);
    assert_eq!(next(&home), ["tieline connect sandbox-oauth2 --finish -"]);
}

#[test]
fn damaged_files_are_mended_first() {
    let (_sandbox, home) = connected();
    home.write("home/accounts/sandbox-oauth2/_.json", "{");
    assert_eq!(next(&home)[0], "tieline doctor --fix");
}

#[test]
fn connect_without_an_app_says_what_to_do_where_nobody_can_be_asked() {
    let ran = Home::new().run(&["connect"]).expect(2);
    ran.says("it does not say what to connect").says("such as `tieline connect github`");
}

#[test]
fn connect_without_an_app_is_a_menu_to_search_in() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("NO_COLOR", "1");
    let mut terminal = home.on_terminal(&["connect"]);
    terminal.until("Which app?").press("sandbox-api-key-sec").until("sandbox-api-key-secret");
    terminal.press("\r").until("Connecting").until("(not shown)");
    terminal.press("\u{3}");
    assert_eq!(terminal.ends(), 130);
    assert!(terminal.screen().contains("Connecting Sandbox (API Key with Secret)"));
}

#[test]
fn a_menu_is_left_with_escape_and_with_control_c() {
    for key in ["\u{1b}", "\u{3}"] {
        let home = Home::new();
        let mut terminal = home.on_terminal(&["connect"]);
        terminal.until("Which app?").press(key);
        assert_eq!(terminal.ends(), 130, "{key:?}: {}", terminal.seen);
        // The cursor is shown again.
        let hidden = terminal.seen.rfind("\u{1b}[?25l");
        assert!(terminal.seen.rfind("\u{1b}[?25h") >= hidden, "{:?}", terminal.seen);
    }
}

#[test]
fn a_mistyped_word_has_a_neighbour() {
    let home = Home::new();
    home.run(&["conect", "github"]).expect(2).says("'connect'");
    home.run(&["connect", "githb"]).expect(2).says("did you mean `github`?");
    home.run(&["call", "githb", "/user"]).expect(2).says("did you mean `github`?");
}

#[test]
fn color_is_as_it_is_wanted() {
    let (_sandbox, home) = connected();
    let colors =
        |home: &Home, arguments: &[&str]| home.run(arguments).expect(0).stdout.contains("\u{1b}[");
    assert!(!colors(&home, &["accounts"]));
    assert!(colors(&home, &["accounts", "--color", "always"]));
    assert!(colors(&home, &["--help", "--color=always"]));
    assert!(!colors(&home, &["--help"]));
    let forced = home.set("CLICOLOR_FORCE", "1");
    assert!(colors(&forced, &["accounts"]));
    assert!(colors(&forced, &["--help"]));
    assert!(!colors(&forced, &["accounts", "--color", "never"]));
    assert!(!colors(&forced, &["--help", "--color", "never"]));
    let plain = Home::new().set("NO_COLOR", "1");
    let mut terminal = plain.on_terminal(&[]);
    terminal.ends();
    assert!(!terminal.seen.contains("\u{1b}["), "{:?}", terminal.seen);
}

#[test]
fn addresses_are_links_where_the_terminal_has_them_and_never_in_a_pipe() {
    let sandbox = Sandbox::start(&[]);
    let link = "\u{1b}]8;;http://127.0.0.1:";
    let connect = ["connect", "sandbox-oauth2", "--no-browser"];
    let home = sandbox.home().set("VTE_VERSION", "7600");
    let mut terminal = home.on_terminal(&connect);
    terminal.until(link).press("\u{3}");
    assert_eq!(terminal.ends(), 130);
    // An old one, an unknown one, and one inside another print what they do not know.
    for (name, value) in
        [("VTE_VERSION", "4200"), ("COLORTERM", "truecolor"), ("TMUX", "/tmp/x,1,0")]
    {
        let home = sandbox.home().set("TERM_PROGRAM", if name == "TMUX" { "WezTerm" } else { "x" });
        let home = home.set(name, value);
        let mut terminal = home.on_terminal(&connect);
        terminal.until("Waiting").press("\u{3}");
        assert_eq!(terminal.ends(), 130);
        assert!(!terminal.seen.contains("\u{1b}]8"), "{name}: {:?}", terminal.seen);
    }
    let mut waiting = home.start_connect(&["sandbox-oauth2", "--clipboard"]);
    let said = waiting.browse_and_finish().expect(0).stderr;
    assert!(!said.contains("\u{1b}]"), "{said:?}");
}

#[test]
fn the_address_is_copied_where_that_is_wanted() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal =
        home.on_terminal(&["connect", "sandbox-oauth2", "--no-browser", "--clipboard"]);
    let url = terminal.address("/authorize?");
    use base64::Engine;
    let copied = base64::engine::general_purpose::STANDARD.encode(url);
    terminal.until(&format!("\u{1b}]52;c;{copied}\u{7}")).until("in the clipboard");
    terminal.press("\u{3}");
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn a_name_from_right_to_left_or_of_wide_letters_keeps_its_column() {
    let (_sandbox, home) = connected();
    edit(&home, "ada@sandbox.test", "דנה 日本");
    let mut terminal = home.on_terminal(&["accounts"]);
    assert_eq!(terminal.ends(), 0);
    // What came is taken byte by byte.
    let cells: String = "\u{2068}דנה 日本\u{2069}  oauth2".bytes().map(char::from).collect();
    assert!(terminal.seen.contains(&cells), "{}", terminal.seen);
    assert!(!home.run(&["accounts"]).expect(0).stdout.contains('\u{2068}'));
}
