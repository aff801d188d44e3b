//! What the tests share: a home of their own, the sandbox, a browser, a terminal.

mod browser;
mod home;
mod pty;
mod ran;
mod sandbox;
mod waiting;

pub(crate) use browser::{Page, browse, decide, query, request, request_with};
pub(crate) use home::{Home, KEY};
pub(crate) use pty::Pty;
pub(crate) use ran::Ran;
pub(crate) use sandbox::Sandbox;
pub(crate) use waiting::Waiting;

use std::path::{Path, PathBuf};

/// Where `tests/run` puts what Python needs.
pub(crate) fn python() -> Option<PathBuf> {
    let python =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("python/bin/python3");
    let has = python.is_file();
    if !has {
        eprintln!("skipped: {} is not there; tests/run makes it", python.display());
    }
    has.then_some(python)
}
