//! `apps`: finding an app, and what is said of it before it is connected.

use crate::support::{Home, Sandbox};
use unicode_width::UnicodeWidthStr;

/// The first word of each row.
fn names(table: &str) -> Vec<&str> {
    table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect()
}

fn found(search: &str) -> Vec<String> {
    let ran = Home::new().run(&["apps", search]).expect(0);
    names(&ran.stdout).iter().map(ToString::to_string).collect()
}

#[test]
fn an_app_is_found_by_name_title_type_and_near_spelling() {
    assert_eq!(found("github"), ["github"]);
    assert_eq!(found("githb"), ["github"], "a slip");
    assert_eq!(found("Service Desk"), ["solarwinds-service-desk"]);
    let by_type = found("oauth1");
    assert!(by_type.contains(&"discogs".to_owned()), "{by_type:?}");
    assert!(!by_type.contains(&"openai".to_owned()), "{by_type:?}");
    let beginning = found("mail");
    assert!(beginning[0].starts_with("mail"), "the best fit first: {beginning:?}");
    Home::new()
        .run(&["apps", "qqqq"])
        .expect(2)
        .says("no app fits `qqqq`")
        .says("tieline apps new NAME");
}

#[test]
fn what_few_people_look_for_is_hidden_until_it_is_asked_for() {
    let home = Home::new();
    let usual = home.run(&["apps"]).expect(0).stdout;
    let all = home.run(&["apps", "--all"]).expect(0).stdout;
    for hidden in ["sandbox-oauth2", "zoho", "500px"] {
        assert!(!names(&usual).contains(&hidden), "{hidden}");
        assert!(names(&all).contains(&hidden), "{hidden}");
    }
    assert_eq!(found("500px"), ["500px"], "its name is enough");
    assert_eq!(found("zoho")[0], "zoho");
    assert!(found("sandbox").len() >= 10, "where nothing else fits, they are shown");
}

#[test]
fn a_definition_of_ones_own_is_listed_in_place_of_the_embedded_one() {
    let home = Home::new();
    home.write("home/apps/github.yaml", "title: Broken\n");
    let own = "title: \u{65e5}\u{672c}\u{8a9e}\u{306e}\u{30a2}\u{30d7}\u{30ea}\nbase_url: https://a.example\n\
               authorizations:\n  key:\n    type: api_key\n    user_info_endpoint: null\n";
    home.write("home/apps/mine.yml", own);
    home.run(&["apps", "github"]).expect(0).prints("wrong");
    home.run(&["apps", "\u{65e5}\u{672c}"]).expect(0).prints("mine").prints("api_key");
    home.run(&["apps", "show", "mine"]).expect(0).prints("mine.yml");
}

#[test]
fn the_list_fits_a_terminal_of_80_columns() {
    let home = Home::new();
    let title = "\u{5de8}\u{5927}\u{306a}".repeat(20);
    home.write(
        "home/apps/wide.yaml",
        &format!(
            "title: {title}\nbase_url: https://a.example\nauthorizations:\n  key:\n    type: \
             api_key\n    user_info_endpoint: null\n"
        ),
    );
    let mut terminal = home.on_terminal(&["apps", "--all"]);
    assert_eq!(terminal.ends(), 0);
    // The session gives each byte as a character.
    let bytes: Vec<u8> = terminal.seen.chars().map(|c| c as u8).collect();
    let shown = String::from_utf8(bytes).unwrap();
    assert!(shown.contains("wide") && shown.contains("github"), "{shown}");
    for line in shown.lines() {
        let plain = console::strip_ansi_codes(line.trim_end());
        assert!(plain.width() <= 80, "{} columns: {plain}", plain.width());
    }
}

#[test]
fn a_connected_app_is_marked_and_json_says_which_accounts() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let field = format!("api_key=@{}", home.write("key", "practice-key").display());
    home.run(&["connect", "sandbox-api-key", "-f", &field]).expect(0);
    home.run(&["apps", "sandbox-api-key"]).expect(0).prints("connected");
    let json = home.run(&["apps", "sandbox-api-key", "--json"]).expect(0).json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["apps"][0]["app"], "sandbox-api-key");
    assert_eq!(json["apps"][0]["accounts"][0], "sandbox-api-key");
    assert_eq!(json["apps"][0]["source"], "embedded");
    home.run(&["apps", "show", "sandbox-api-key"]).expect(0).prints("connected sandbox-api-key");
}

#[test]
fn show_says_what_is_asked_where_it_goes_and_what_to_register() {
    let home = Home::new();
    home.run(&["apps", "show", "freshdesk"])
        .expect(0)
        .prints("api_key - an API key, the default")
        .prints("API key (secret)")
        .prints("--field api_key=@FILE or TIELINE_FRESHDESK_API_KEY")
        .prints("such as acme")
        .prints("HTTP Basic: {{api_key}} and X")
        .prints(".freshdesk.com")
        .prints("unverified: from a secondary source")
        .prints("tieline connect freshdesk");
    home.run(&["apps", "show", "github"])
        .expect(0)
        .prints("OAuth 2.0 in the browser, the default")
        .prints("http://127.0.0.1:8917/callback")
        .prints("header Authorization: Bearer {{access_token}}")
        .prints("tieline client set github")
        .prints("tieline call github /user");
    let json = home.run(&["apps", "show", "netsuite", "--json"]).expect(0).json();
    assert_eq!(json["authorizations"][0]["default"], true);
    assert_eq!(json["authorizations"][3]["fields"][1]["secret"], true);
    home.run(&["apps", "show", "github", "--auth", "nix"]).expect(2).says("it has oauth");
    home.run(&["apps", "show", "githb"]).expect(2).says("did you mean `github`?");
}

#[test]
fn every_app_of_the_catalogue_can_be_shown_in_80_columns() {
    let home = Home::new();
    let all = home.run(&["apps", "--all"]).expect(0).stdout;
    for app in names(&all) {
        let page = home.run(&["apps", "show", app]).expect(0).stdout;
        // Addresses and templates are to be copied, and stay whole.
        let wide = |line: &&str| line.width() > 80 && line.trim().split(' ').count() > 8;
        assert_eq!(page.lines().find(wide), None, "{app}");
        assert!(!page.contains('\u{1b}'), "{app}");
    }
}
