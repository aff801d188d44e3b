//! The rules of `lint`: each has an entry in the README and a folder in `tests/fixtures/lint` with a
//! definition that fails it, at the lines marked `# here`, and one that passes all.

use crate::readme::{readme, table};
use crate::support::Home;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What no file shows by itself: `lint_online` has it.
const ONLINE: &str = "online";

fn rules() -> Vec<Value> {
    let printed = Home::new().run(&["lint", "--rules", "--format", "json"]).expect(0).json();
    printed["rules"].as_array().unwrap().clone()
}

fn ids() -> Vec<String> {
    rules().iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lint")
}

/// The findings of one fixture, as `rule line`, and the exit status.
fn findings(path: &Path) -> (BTreeSet<String>, Option<i32>) {
    let home = Home::new();
    let target = padded(&home, path).unwrap_or_else(|| path.to_owned());
    let ran = home.run(&["lint", "--format", "json", &target.display().to_string()]);
    let found = ran.json()["findings"].as_array().unwrap().clone();
    let found = found.iter().map(|f| format!("{} {}", f["rule"].as_str().unwrap(), f["line"]));
    (found.collect(), ran.status)
}

/// The same file with 1 MiB in place of `# padding`: nobody wants that in a repository.
fn padded(home: &Home, path: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(path).ok().filter(|text| text.contains("# padding"))?;
    Some(home.write("fails.yaml", &text.replace("padding", &"x".repeat(1024 * 1024))))
}

/// What a fixture is to yield: its rule at every marked line. `# at line N` marks one where a comment
/// would change what is found.
fn marked(path: &Path, rule: &str) -> BTreeSet<String> {
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let here = text.lines().enumerate().filter(|(_, line)| line.ends_with("# here"));
    let here = here.map(|(at, _)| (at + 1).to_string());
    let named = text.lines().filter_map(|line| line.strip_prefix("# at line "));
    here.chain(named.map(ToOwned::to_owned)).map(|line| format!("{rule} {line}")).collect()
}

#[test]
fn each_rule_fails_its_fixture_where_that_is_marked_and_passes_the_other() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let id = rule["id"].as_str().unwrap();
        if id == ONLINE {
            continue;
        }
        let folder = fixtures().join(id);
        let (fails, passes) = (folder.join("fails.yaml"), folder.join("passes.yaml"));
        if !fails.is_file() || !passes.is_file() {
            wrong.push(format!("{id} has no fixtures"));
            continue;
        }
        let expected = marked(&fails, id);
        let status = if rule["severity"] == "error" { Some(4) } else { Some(0) };
        if expected.is_empty() || findings(&fails) != (expected.clone(), status) {
            wrong.push(format!("{id}: expected {expected:?}, found {:?}", findings(&fails)));
        }
        if findings(&passes) != (BTreeSet::new(), Some(0)) {
            wrong.push(format!("{id} passes: {:?}", findings(&passes)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_fixture_has_its_rule() {
    let folders = std::fs::read_dir(fixtures()).unwrap();
    let mut named: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(named, ids().into_iter().filter(|id| id != ONLINE).collect::<Vec<_>>());
}

#[test]
fn the_readme_has_the_table_of_rules() {
    let readme = readme();
    let told: Vec<String> =
        table(&readme, "The rules of lint").iter().map(|row| row.join(" | ")).collect();
    let known = rules().into_iter().map(|rule| {
        let part = |key: &str| rule[key].as_str().unwrap().to_owned();
        format!("`{}` | {} | {} {}", part("id"), part("severity"), part("finds"), part("matters"))
    });
    assert_eq!(told, known.collect::<Vec<_>>());
}

#[test]
fn the_rules_are_printed_for_people_and_programs() {
    let home = Home::new();
    let text = home.run(&["lint", "--rules"]).expect(0).stdout;
    for rule in rules() {
        assert!(text.contains(rule["id"].as_str().unwrap()), "{rule} is not in:\n{text}");
    }
    home.run(&["lint", "--rules", "--format", "sarif"]).expect(2).says("text or JSON");
    home.run(&["lint", "--rules", "a.yaml"]).expect(2);
}
