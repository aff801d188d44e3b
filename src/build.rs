//! Embeds the catalogue: a table of name, title and text, sorted by name, so that one definition is
//! found by binary search and no other is parsed. And links the unwinder in, where that can be done.

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
    link_unwinder();
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
