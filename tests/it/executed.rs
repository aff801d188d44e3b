//! Every definition of the catalogue, run end to end: the real executable against a server that was made from
//! the definition, through the addresses that the definition names.

use crate::stand_in::{Stage, Way};
use crate::support::Home;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tieline::catalog::yaml_files;

/// The catalogue is cut into as many parts, so that they run side by side.
const PARTS: usize = 8;

fn definitions(part: usize) -> Vec<PathBuf> {
    let all = yaml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("apps"));
    all.into_iter().enumerate().filter(|(at, _)| at % PARTS == part).map(|(_, file)| file).collect()
}

/// Runs every authorization of every definition in a part; tells of all that failed, not of the first.
fn run(part: usize) {
    let wanted = std::env::var("EXECUTED").ok();
    let mut failures = String::new();
    for file in definitions(part) {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if wanted.as_ref().is_some_and(|wanted| *wanted != name) {
            continue;
        }
        for way in Way::all(&file) {
            match Stage::new(&way, &way, Home::new()).play() {
                Ok(done) => println!("{}", done.row()),
                Err(failure) => {
                    let _ = writeln!(failures, "--- {name} / {}\n{failure}", way.name());
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

macro_rules! parts {
    ($($name:ident: $part:literal),*) => {
        $(#[test]
        fn $name() {
            run($part);
        })*
    };
}

parts!(
    part_0: 0, part_1: 1, part_2: 2, part_3: 3, part_4: 4, part_5: 5, part_6: 6, part_7: 7
);
