//! Embeds the catalogue: a table of name, title and text, sorted by name, so that one definition is
//! found by binary search and no other is parsed.

use std::fmt::Write;
use std::path::Path;
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
    let mut table = String::from("&[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path)?;
        let _ = writeln!(
            table,
            "    Embedded {{ name: {name:?}, title: {:?}, text: {text:?} }},",
            title(&text)
        );
    }
    table.push(']');
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("catalogue.rs"), table)
}

/// The top-level `title`, for lists and completion.
fn title(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("title:"));
    let value = line.unwrap_or_default();
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.trim_matches(['"', '\'']).to_owned()
}
