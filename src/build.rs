//! Embeds the catalogue: a table sorted by name, so that one definition is found by binary search and
//! no other is parsed. Beside each text stands what lists and completion show of it, so that they
//! parse nothing. And links the unwinder in, where that can be done.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&root).join("apps");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    // By name: `google-contacts.yaml` sorts before `google.yaml`, and `google` before both.
    files.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    let mut texts = BTreeMap::new();
    for path in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        texts.insert(name, fs::read_to_string(path)?);
    }
    let mut table = String::from("&[\n");
    for (name, text) in &texts {
        let _ = writeln!(
            table,
            "    Embedded {{ name: {name:?}, title: {:?}, status: {:?}, family: {}, \
             authorizations: {:?}, text: {text:?} }},",
            top(text, "title").unwrap_or_default(),
            top(text, "status").unwrap_or("unverified"),
            text.lines().next().is_some_and(|line| line.contains("the parent of")),
            in_one(&authorizations(&texts, name)),
        );
    }
    table.push(']');
    link_unwinder();
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("catalogue.rs"), table)
}

/// `NAME=TYPE NAME=TYPE`. A list of pairs would be as many pointers, each of which the loader sets right at
/// every start.
fn in_one(authorizations: &[(String, String)]) -> String {
    let pairs: Vec<_> =
        authorizations.iter().map(|(name, kind)| format!("{name}={kind}")).collect();
    pairs.join(" ")
}

/// The text of a top-level key.
fn top<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut values = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    values.next().map(scalar)
}

fn scalar(text: &str) -> &str {
    text.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\''])
}

/// The authorizations of an app by name and type, its parents' first. The catalogue is written in one
/// style, block mappings indented by two, so lines tell; a test compares this with the parser.
fn authorizations(texts: &BTreeMap<String, String>, app: &str) -> Vec<(String, String)> {
    let Some(text) = texts.get(app) else { return Vec::new() };
    let mut found =
        top(text, "extends").map_or_else(Vec::new, |parent| authorizations(texts, parent));
    let own = text.lines().skip_while(|line| *line != "authorizations:").skip(1);
    let mut anchors = BTreeMap::new();
    let (mut name, mut anchor) = (String::new(), "");
    for line in own.take_while(|line| line.starts_with([' ', '#']) || line.is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = line.trim_start().split_once(':') else { continue };
        let value = scalar(value);
        let kind = match (indent, key) {
            (2, key) if !key.starts_with('#') => {
                (name, anchor) = (key.to_owned(), value.strip_prefix('&').unwrap_or_default());
                continue;
            }
            (4, "type") => value,
            (4, "<<") => anchors.get(value.trim_start_matches('*')).copied().unwrap_or_default(),
            _ => continue,
        };
        anchors.insert(anchor, kind);
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = kind.to_owned(),
            None => found.push((name.clone(), kind.to_owned())),
        }
    }
    found
}

/// The standard library asks for `libgcc_s.so` on Linux, which the loader finds, maps and relocates
/// at every start: a tenth of what `tieline --version` takes. The compiler has the same as an
/// archive; where that is not at hand, the shared one serves.
fn link_unwinder() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let native = env::var("HOST").is_ok_and(|host| is("TARGET", &host));
    let gnu = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if !(is("PROFILE", "release") && native && gnu) {
        return;
    }
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    let told = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let archive = PathBuf::from(told.unwrap_or_default());
    // Without the archive, the answer is the bare name.
    if let Some(folder) = archive.parent().filter(|_| archive.is_absolute() && archive.is_file()) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
