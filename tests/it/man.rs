//! The manual: a page for every command, which `man` shows without a complaint.

use crate::support::Home;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pages(home: &Home) -> Vec<PathBuf> {
    let folder = home.path().join("man1");
    home.run(&["man", "--output", "man1"]).expect(0).says("pages to man1");
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages
}

/// The subcommands that the help of a command lists.
fn commands(words: &[&str]) -> Vec<String> {
    let help = Home::new().run(&[words, &["--help"]].concat()).expect(0).stdout;
    let in_groups = help.lines().skip_while(|line| !line.starts_with("Usage:")).skip(1);
    in_groups
        .take_while(|line| !line.starts_with("Options:") && !line.starts_with("Arguments:"))
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(ToOwned::to_owned))
        .collect()
}

fn page_names(words: &[&str], names: &mut BTreeSet<String>) {
    names.insert(format!("{}.1", [&["tieline"], words].concat().join("-")));
    for command in commands(words) {
        page_names(&[words, &[command.as_str()]].concat(), names);
    }
}

#[test]
fn every_command_of_the_help_has_a_page() {
    let home = Home::new();
    let written: BTreeSet<String> = pages(&home)
        .iter()
        .map(|page| page.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut known = BTreeSet::new();
    page_names(&[], &mut known);
    assert!(known.contains("tieline-client-set.1"), "{known:?}");
    assert_eq!(written, known);
}

#[test]
fn man_renders_every_page_without_a_warning() {
    let home = Home::new();
    for page in pages(&home) {
        let Some(shown) = render("groff", &["-man", "-ww", "-Tutf8", "-z"], &page) else { return };
        assert_eq!(shown, (String::new(), String::new()), "{}", page.display());
        let Some((text, complaints)) = render("man", &["--warnings", "-l"], &page) else { return };
        assert_eq!(complaints, "", "{}", page.display());
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"] {
            assert!(text.lines().any(|line| line == heading), "{heading} is not in:\n{text}");
        }
        assert!(text.contains("Manual of tieline"), "{text}");
    }
}

/// What a program shows of a page, and what it says of it; `None` where there is no such program.
fn render(program: &str, arguments: &[&str], page: &Path) -> Option<(String, String)> {
    let mut command = Command::new(program);
    command.args(arguments).arg(page).env("MANWIDTH", "80").env("LC_ALL", "C.UTF-8");
    let Ok(output) = command.output() else {
        eprintln!("skipped: no {program}");
        return None;
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Some((text(output.stdout), text(output.stderr)))
}

#[test]
fn examples_and_statuses_keep_their_lines() {
    let home = Home::new();
    pages(&home);
    let Some((text, _)) = render("man", &["-l"], &home.path().join("man1/tieline.1")) else {
        return;
    };
    for line in
        ["tieline call github /user", "3    not connected, or connect again", "TIELINE_HOME"]
    {
        assert!(text.lines().any(|it| it.trim() == line), "`{line}` is no line of:\n{text}");
    }
}

#[test]
fn a_page_is_printed_in_a_pipe_and_an_unknown_one_has_a_neighbour() {
    let home = Home::new();
    let printed = home.run(&["man", "client", "set"]).expect(0).stdout;
    pages(&home);
    let written = std::fs::read_to_string(home.path().join("man1/tieline-client-set.1")).unwrap();
    assert_eq!(printed, written);
    let ran = home.run(&["man", "conect"]).expect(2);
    ran.says("`tieline` has no command `conect`").says("did you mean `connect`?");
    let ran = home.run(&["man", "client", "xyzzy"]).expect(2);
    ran.says("`tieline client --help` lists them");
}

#[test]
fn every_variable_of_the_overview_is_in_the_readme() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let home = Home::new();
    let page = home.run(&["man"]).expect(0).stdout.replace("\\-", "-");
    let section = page.split_once(".SH ENVIRONMENT").unwrap().1.split(".SH").next().unwrap();
    let names: Vec<&str> =
        section.split("\\fB").skip(1).map(|it| it.split("\\fR").next().unwrap()).collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names.iter().flat_map(|names| names.split(", ")) {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_overview_of_the_help_fits_eighty_columns() {
    let help = Home::new().run(&["-h"]).expect(0).stdout;
    let commands = help.lines().take_while(|line| *line != "Options:");
    let wide: Vec<&str> = commands.filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:?}");
}
