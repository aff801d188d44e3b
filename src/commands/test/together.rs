//! Several tests at once, shown in the order in which they were asked for.

use crate::error::Result;
use crate::report::Tested;
use crate::terminal::{Terminal, duration};
use futures_util::{StreamExt, stream};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, interval_at};

/// How often the line on the terminal says what is still waited for.
const TICK: Duration = Duration::from_secs(1);

/// Runs the tests, `jobs` of them at once, and shows each as soon as all before it are done. One that
/// hangs holds up what is shown, and no other test.
///
/// # Errors
/// It cannot be shown.
pub(super) async fn in_order(
    tests: impl Iterator<Item = impl Future<Output = Tested>>,
    jobs: usize,
    progress: Progress<'_>,
    show: &dyn Fn(&Tested) -> Result<()>,
) -> Result<Vec<Tested>> {
    let numbered = tests.enumerate().map(|(at, test)| async move { (at, test.await) });
    let running = stream::iter(numbered).buffer_unordered(jobs);
    tokio::pin!(running);
    let mut early = BTreeMap::new();
    let mut shown = Vec::new();
    let mut tick = interval_at(Instant::now() + TICK, TICK);
    loop {
        tokio::select! {
            done = running.next() => match done {
                None => break,
                Some((at, tested)) => drop(early.insert(at, tested)),
            },
            _ = tick.tick() => {}
        }
        progress.hide();
        while let Some(tested) = early.remove(&shown.len()) {
            show(&tested)?;
            shown.push(tested);
        }
        progress.show(shown.len() + early.len(), shown.len());
    }
    progress.hide();
    Ok(shown)
}

/// A line on the terminal while several tests run; elsewhere nothing.
pub(super) struct Progress<'a> {
    terminal: &'a Terminal,
    names: &'a [&'a str],
    began: Instant,
}

impl<'a> Progress<'a> {
    /// For tests of these names.
    pub(super) fn new(terminal: &'a Terminal, names: &'a [&'a str]) -> Self {
        Self { terminal, names, began: Instant::now() }
    }

    /// How many are done, and which is the first that is not.
    fn show(&self, done: usize, first: usize) {
        let all = self.names.len();
        let Some(name) = self.names.get(first).filter(|_| all > 1) else { return };
        let took = duration(i64::try_from(self.began.elapsed().as_secs()).unwrap_or(i64::MAX));
        self.terminal.waiting(&format!("{done} of {all} tested, {took}; waiting for {name}"));
    }

    fn hide(&self) {
        if self.names.len() > 1 {
            self.terminal.waited();
        }
    }
}
