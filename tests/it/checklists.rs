//! The checklists and the table of standards name tests: each of them exists.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["src", "tests/it"] {
        collect(&root.join(folder), &mut known);
    }
    assert!(known.len() > 300, "tests are found: {}", known.len());
    let mut named = 0;
    for file in ["tests/checklists/rfc9700.md", "tests/checklists/rfc8252.md"] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        named += check(file, &text, &known);
    }
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, standards) = readme.split_once("## Standards").unwrap();
    let standards = standards.split("\n## ").next().unwrap();
    let lines: Vec<&str> =
        standards.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    for line in &lines {
        let last = line.trim_end_matches(" |").rsplit('|').next().unwrap().trim();
        assert!(last.starts_with('`') && last.ends_with('`'), "no test beside: {line}");
    }
    named += check("README.md", standards, &known);
    assert!(named > 60, "{named}");
}

/// Checks what stands in backquotes and has the form of a test's name.
fn check(file: &str, text: &str, known: &BTreeSet<String>) -> usize {
    let words = text.split('`').skip(1).step_by(2);
    let names: Vec<&str> = words.filter(|word| word.matches('_').count() > 3).collect();
    for name in &names {
        assert!(known.contains(*name), "{file} names `{name}`, and there is no such test");
    }
    names.len()
}

/// Every function that stands right under `#[test]`.
fn collect(folder: &Path, known: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, known);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim).peekable();
            while let Some(line) = lines.next() {
                if line != "#[test]" && line != "#[tokio::test]" {
                    continue;
                }
                let name = lines.peek().and_then(|line| line.split("fn ").nth(1));
                let name = name.and_then(|rest| rest.split('(').next());
                known.extend(name.map(ToOwned::to_owned));
            }
        }
    }
}
