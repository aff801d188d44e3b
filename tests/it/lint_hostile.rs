//! `lint` and files that nothing should choke on: each is told with its place, within bounds.

use crate::lint::{around, finding, lint};
use crate::support::Home;
use std::io::Write;

/// What is written, where it is wrong, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    ("title: A\nx:\n\ty: 1\n", "3:2", "a tab cannot indent"),
    ("title: A\u{0}B\n", "1:9", "U+0000 cannot stand in YAML"),
    ("title: A\u{1b}[31m\n", "1:9", "U+001B cannot stand in YAML"),
    ("title: &a [*a]\n", "1:12", "named within itself"),
    ("title: *later\nx: &later y\n", "1:8", "does not stand above it"),
    ("title: A\nx: &t\n  <<: *t\n", "3:7", "named within itself"),
    ("title: A\n<<: 3\n", "2:5", "`<<` takes a mapping"),
    ("title: A\n---\ntitle: B\n", "3:1", "one document"),
    ("title: .inf\n", "1:8", "no number that could be sent"),
    ("? [a, b]\n: x\n", "1:3", ""),
    ("?\n: x\n", "2:1", "a key is a text"),
    ("title: {{title}}\n", "1:9", "a template stands in quotes"),
];

#[test]
fn what_yaml_refuses_is_told_in_our_words_with_its_place() {
    for (text, place, words) in WRONG {
        let home = Home::new();
        home.write("a.yaml", text);
        let ran = lint(&home, "a.yaml").expect(4);
        assert!(ran.stdout.contains(words), "{text:?}: {}", ran.stdout);
        assert_eq!(finding(text), format!("yaml {place}"), "{text:?}");
    }
}

#[test]
fn anchors_and_merge_keys_mean_what_yaml_says() {
    let home = Home::new();
    let merged =
        "  two:\n    <<: [*main, { headers: { A: b } }]\n    base_url: https://b.example\n";
    let text = around("").replace("  main:", "  main: &main");
    home.write("a.yaml", &format!("{text}{merged}"));
    lint(&home, "a.yaml").expect(0);
    // What is wrong with the shared part is told once, at the part.
    home.write("b.yaml", &format!("{text}{merged}").replace("null", "[]"));
    lint(&home, "b.yaml").expect(4).prints("1 error, 0 warnings").prints("b.yaml:6:25");
}

#[test]
fn thousands_of_mistakes_are_told_one_by_one() {
    let home = Home::new();
    let keys: String = (0..2_000).map(|n| format!("k{n}: 1\n")).collect();
    home.write("keys.yaml", &format!("{}{keys}", around("")));
    lint(&home, "keys.yaml").expect(4).prints("2000 errors");
    home.write("twice.yaml", &format!("{}{}", around(""), "title: A\n".repeat(2_000)));
    lint(&home, "twice.yaml").expect(4).prints("2000 errors");
    home.write("notes.yaml", &format!("{}# {}\n", around(""), "TODO ".repeat(100_000)));
    lint(&home, "notes.yaml").expect(0).prints("1 warning");
}

#[test]
fn utf_16_is_named_as_that() {
    let home = Home::new();
    let bytes: Vec<u8> = "\u{feff}title: A\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(home.path().join("a.yaml"), bytes).unwrap();
    lint(&home, "a.yaml").expect(4).prints("UTF-16").prints("a.yaml:1:1");
}

#[test]
fn a_pipe_in_a_definitions_place_is_told_and_not_waited_for() {
    let home = Home::new();
    let path = home.path().join("home/apps/pipe.yaml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let text = path.display().to_string();
    for arguments in [&["lint"][..], &["lint", &text], &["connect", &text], &["test", &text]] {
        home.run(arguments).expect(2).says("it is a pipe or a device");
    }
    home.run(&["connect", "pipe"]).expect(2).says("it is a pipe or a device");
    home.run(&["apps"]).expect(0);
}

#[test]
fn what_is_no_yaml_is_told_with_its_place() {
    for (text, place) in [
        ("title: A\n\tbase_url: x\n", ""),
        ("title: \"A\n", "yaml 1:8"),
        ("title: A\n---\ntitle: B\n", "yaml"),
        ("title: [A\n", "yaml"),
        ("a: *nowhere\n", "yaml 1:4"),
        ("a: !!python/object x\n", ""),
        ("? [complex, key]\n: x\n", ""),
        ("1: x\n", ""),
    ] {
        let home = Home::new();
        home.write("a.yaml", text);
        let ran = lint(&home, "a.yaml").expect(4);
        assert!(ran.stdout.contains("a.yaml:"), "{text:?}: {}", ran.stdout);
        if !place.is_empty() {
            assert!(finding(text).starts_with(place), "{text:?}: {}", finding(text));
        }
        assert!(
            !ran.stdout.contains("DuplicateKey") && !ran.stdout.contains("from_str"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_byte_order_mark_does_not_matter() {
    let home = Home::new();
    home.write("a.yaml", &format!("\u{feff}{}", around("")));
    lint(&home, "a.yaml").expect(0);
    home.write("b.yaml", &around("").replace('\n', "\r\n"));
    lint(&home, "b.yaml").expect(0);
}

#[test]
fn what_is_no_text_is_told_and_the_other_files_are_looked_at() {
    let home = Home::new();
    std::fs::create_dir(home.path().join("defs")).unwrap();
    std::fs::write(home.path().join("defs/binary.yaml"), b"title: \xff\xfe\n").unwrap();
    home.write("defs/zzz.yaml", "titel: A\n");
    home.run(&["lint", "defs/binary.yaml"]).expect(4).prints("not UTF-8").prints("binary.yaml:1:8");
    home.run(&["lint", "defs"]).expect(4).prints("not UTF-8").prints("`titel` is no key");
}

#[test]
fn bombs_and_giants_are_refused_at_once() {
    let home = Home::new();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for at in 1..30 {
        bomb += &format!("a{at}: &a{at} [{}]\n", vec![format!("*a{}", at - 1); 9].join(", "));
    }
    home.write("bomb.yaml", &bomb);
    home.write("deep.yaml", &"[".repeat(200_000));
    home.write("deep-map.yaml", &"{a: ".repeat(100_000));
    home.write(
        "deep-lines.yaml",
        &(0..400).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>(),
    );
    home.write("many.yaml", &(0..50_000).map(|n| format!("k{n}: 1\n")).collect::<String>());
    home.write("long-line.yaml", &format!("title: {}\n", "x".repeat(900_000)));
    home.write("braces.yaml", &around(&format!("base_url: \"{}\"", "{{".repeat(20_000))));
    let nested = "{{#if api_key}}".repeat(2_000) + &"{{/if}}".repeat(2_000);
    home.write("blocks.yaml", &around(&format!("request: {{ headers: {{ A: \"{nested}\" }} }}")));
    for name in ["bomb", "deep", "deep-map", "deep-lines", "many", "long-line", "braces", "blocks"]
    {
        let ran = lint(&home, &format!("{name}.yaml")).expect(4);
        assert!(ran.stdout.len() < 100_000, "{name} prints {} bytes", ran.stdout.len());
    }
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read_to_its_end() {
    let home = Home::new();
    let path = home.path().join("giant.yaml");
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(b"title: A\n").unwrap();
    file.set_len(100 * 1024 * 1024).unwrap();
    lint(&home, "giant.yaml").expect(4).prints("1048576 bytes at most");
    lint(&home, "/dev/zero").expect(2).says("pipe or a device");
}
