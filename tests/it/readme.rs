//! README.md says what is true: its definitions are clean, its tables are those of `--help`.

use crate::support::{Home, Sandbox, request, request_with};

fn readme() -> String {
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
fn table<'r>(readme: &'r str, heading: &str) -> Vec<Vec<&'r str>> {
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
    let mut known: Vec<String> =
        help("Commands:").into_iter().map(|(command, _)| command).collect();
    known.sort_unstable();
    assert_eq!(told, known);
}

#[test]
fn every_flag_of_the_commands_exists() {
    let readme = readme();
    for row in table(&readme, "Commands") {
        let words = row[0].trim_matches('`').split(' ').skip(1);
        let command: Vec<&str> =
            words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
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

/// The table of clients stands behind the table of paths.
fn clients(readme: &str) -> Vec<Vec<&str>> {
    let (_, behind) = readme.split_once("\n| client | secret |").unwrap();
    let rows = behind.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

#[test]
fn the_practice_provider_has_every_path_that_is_named() {
    let readme = readme();
    let sandbox = Sandbox::start(&[]);
    let section = readme.split_once("\n## The practice provider\n").unwrap().1;
    let section = section.split_once("\n## ").unwrap().0;
    let words = section.split('`').skip(1).step_by(2);
    let paths: Vec<&str> = words.filter(|word| word.starts_with('/')).collect();
    assert!(paths.len() > 25, "{paths:?}");
    for path in paths {
        // A prefix has its API, and a placeholder some value.
        let path = path.replace("NAME", "x/authorize").replace("CODE", "200").replace('N', "1");
        let found =
            |path: &str| request("GET", &format!("{}{path}", sandbox.url), "").status != 404;
        assert!(found(&path) || found(&format!("{path}/api")), "{path}");
    }
}

#[test]
fn the_practice_provider_knows_every_client_that_is_named() {
    let readme = readme();
    let sandbox = Sandbox::start(&[]);
    let rows = clients(&readme);
    assert_eq!(rows.len(), 9);
    for row in rows.iter().filter(|row| !row[0].contains("consumer")) {
        let id = row[0].trim_matches('`');
        let secret = row[1].trim_matches('`');
        let with = if secret.is_empty() || secret.contains(' ') {
            String::new()
        } else {
            format!("&client_secret={secret}")
        };
        let body = format!("client_id={id}{with}&grant_type=none");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let answer = request_with("POST", &format!("{}/token", sandbox.url), &kind, &body).body;
        assert!(answer.contains("error"), "{id}: {answer}");
        assert!(!answer.contains("client id is unknown"), "{id}: {answer}");
        assert!(!answer.contains("secret is wrong"), "{id}: {answer}");
    }
}
