//! README.md says what is true: its definitions are clean, its tables are those of `--help`.

use crate::support::{Home, Sandbox, request, request_with};

pub(crate) fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// Every whole definition, with its name: a block of YAML whose first line is `# NAME.yaml`.
fn definitions(readme: &str) -> Vec<(&str, &str)> {
    let blocks = readme.split("\n```yaml\n").skip(1);
    let texts = blocks.map(|block| block.split_once("\n```").unwrap().0);
    texts.filter_map(|text| Some((title(text)?, text))).collect()
}

fn title(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("# ").filter(|name| name.ends_with(".yaml"))
}

/// The cells of the table under a heading, without its head.
pub(crate) fn table<'r>(readme: &'r str, heading: &str) -> Vec<Vec<&'r str>> {
    let section = readme.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let rows = section.lines().skip_while(|line| !line.starts_with("|---"));
    rows.skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

/// The lines of `--help` from a heading to the next empty line, each as its first word and the rest.
fn help(heading: &str) -> Vec<(String, String)> {
    let help = Home::new().run(&["--help"]).expect(0).stdout;
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let (word, rest) = line.trim_start().split_once(' ').unwrap();
            (word.to_owned(), rest.trim().to_owned())
        })
        .collect()
}

#[test]
fn every_definition_is_clean() {
    let readme = readme();
    let definitions = definitions(&readme);
    assert!(definitions.len() >= 2, "{definitions:?}");
    let home = Home::new();
    // All first: one may extend another.
    for (name, text) in &definitions {
        home.write(name, text);
    }
    for (name, _) in &definitions {
        home.run(&["lint", name]).expect(0).prints("1 definition: no findings");
    }
}

#[test]
fn the_commands_are_those_of_the_help() {
    let readme = readme();
    let mut told: Vec<&str> = table(&readme, "Commands")
        .iter()
        .map(|row| {
            let command = row[0].trim_matches('`').strip_prefix("tieline ").unwrap();
            command.split(' ').next().unwrap()
        })
        .collect();
    told.sort_unstable();
    let groups = ["Connect:", "Use:", "Hand over:", "Definitions:", "Practice:", "This computer:"];
    let mut known: Vec<String> =
        groups.iter().flat_map(|group| help(group)).map(|(command, _)| command).collect();
    known.sort_unstable();
    assert_eq!(told, known);
}

#[test]
fn every_flag_of_the_commands_exists() {
    let readme = readme();
    for row in table(&readme, "Commands") {
        let words = row[0].trim_matches('`').split(' ').skip(1);
        let command: Vec<&str> = words
            .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            .collect();
        let ran = Home::new().run(&[command.as_slice(), &["--help"]].concat()).expect(0);
        let flags = row[2].split(['`', ' ', ',']).filter(|word| word.starts_with("--"));
        for flag in flags {
            let known = ran.stdout.split([' ', ',', '\n']).any(|word| word == flag);
            assert!(known, "`tieline {}` has no {flag}", command.join(" "));
        }
    }
}

#[test]
fn the_exit_statuses_are_those_of_the_help() {
    let readme = readme();
    let rows = table(&readme, "Exit statuses");
    let told: Vec<(String, String)> =
        rows.iter().map(|row| (row[0].to_owned(), row[1].to_owned())).collect();
    assert_eq!(told, help("Exit status:"));
}

/// The texts in backticks of a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn sandbox_section(readme: &str) -> &str {
    readme.split_once("\n## The sandbox\n").unwrap().1.split("\n## ").next().unwrap()
}

#[test]
fn the_misbehaviours_are_those_of_the_list() {
    let readme = readme();
    let rows = sandbox_section(&readme).split_once("| moment | names |").unwrap().1;
    let mut told: Vec<&str> =
        rows.lines().filter(|line| line.starts_with('|')).flat_map(quoted).collect();
    told.sort_unstable();
    let list = Home::new().run(&["sandbox", "--list"]).expect(0).stdout;
    let mut known: Vec<&str> =
        list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    known.sort_unstable();
    assert_eq!(told, known);
}

#[test]
fn every_address_of_the_sandbox_is_there() {
    let sandbox = Sandbox::start(&[]);
    let readme = readme();
    let rows = table(&readme, "The sandbox");
    let addresses: Vec<&str> = rows.iter().flat_map(|row| quoted(row[0])).collect();
    assert!(addresses.len() >= 30, "{addresses:?}");
    let is_there = |path: &str| request("GET", &format!("{}{path}", sandbox.url), "").status != 404;
    assert!(!is_there("/nowhere"));
    for address in addresses {
        let path = address.replace("/NAME", "/x").replace("/...", "/token");
        // The API of a type lies beneath its prefix.
        assert!(is_there(&path) || is_there(&format!("{path}/me")), "{address}");
    }
}

#[test]
fn the_sandbox_knows_every_client_that_is_named() {
    let readme = readme();
    let sandbox = Sandbox::start(&[]);
    let rows = sandbox_section(&readme).split_once("| client | secret or key |").unwrap().1;
    let rows = rows.lines().skip(2).take_while(|line| line.starts_with('|'));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut tried = 0;
    for row in rows.filter(|row| !row.contains("consumer")) {
        let (ids, secrets) = row.trim_matches('|').split_once('|').unwrap();
        let mut secrets = quoted(secrets).filter(|word| word.ends_with("secret"));
        for id in quoted(ids) {
            let secret = secrets.next().map(|secret| format!("&client_secret={secret}"));
            let body = format!("client_id={id}{}&grant_type=none", secret.unwrap_or_default());
            let answer = request_with("POST", &format!("{}/token", sandbox.url), &form, &body).body;
            assert!(answer.contains("error"), "{id}: {answer}");
            assert!(!answer.contains("client id is unknown"), "{id}: {answer}");
            assert!(!answer.contains("secret is wrong"), "{id}: {answer}");
            tried += 1;
        }
    }
    assert_eq!(tried, 7);
}

#[test]
fn the_apps_are_those_of_the_list() {
    let list = Home::new().run(&["apps", "--all", "--markdown"]).expect(0).stdout;
    let readme = readme();
    let section = readme.split_once("\n## The apps\n").unwrap().1;
    let table =
        section.split_once("</summary>\n\n").unwrap().1.split_once("\n</details>").unwrap().0;
    assert_eq!(table, list, "put what `tieline apps --all --markdown` prints into README.md");
}
