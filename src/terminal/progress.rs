//! How far a transfer is: a line on the terminal, and nothing elsewhere.

use super::Terminal;
use std::time::{Duration, Instant};

/// A transfer that is over sooner is not worth a line.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line changes at most.
const PAUSE: Duration = Duration::from_millis(100);
/// The bar's width in columns.
const BAR: u64 = 24;

/// A transfer. The line goes when this is dropped.
pub struct Progress {
    terminal: Terminal,
    /// `received` or `sent`.
    what: &'static str,
    total: Option<u64>,
    /// What was there before.
    start: u64,
    done: u64,
    began: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// A transfer of unknown length.
    #[must_use]
    pub fn new(terminal: &Terminal, what: &'static str) -> Self {
        let terminal = terminal.clone();
        Self { terminal, what, total: None, start: 0, done: 0, began: Instant::now(), shown: None }
    }

    /// The same of so many bytes.
    #[must_use]
    pub fn of(mut self, total: Option<u64>) -> Self {
        self.total = total;
        self
    }

    /// The same where so many bytes are there already.
    #[must_use]
    pub fn from(mut self, start: u64) -> Self {
        (self.start, self.done) = (start, start);
        self
    }

    /// So many bytes more.
    pub fn advance(&mut self, bytes: usize) {
        self.done += bytes as u64;
        if !self.terminal.terminals.error {
            return;
        }
        let now = Instant::now();
        let elapsed = now - self.began;
        if elapsed < PATIENCE || self.shown.is_some_and(|shown| now - shown < PAUSE) {
            return;
        }
        self.shown = Some(now);
        self.terminal.waiting(&line(self.what, self.done, self.start, self.total, elapsed));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.terminal.waited();
        }
    }
}

fn line(what: &str, done: u64, start: u64, total: Option<u64>, elapsed: Duration) -> String {
    let speed = ((done - start) as f64 / elapsed.as_secs_f64().max(0.001)) as u64;
    let Some(total) = total.filter(|total| *total >= done && *total > 0) else {
        return format!("{} {what}, {}/s", size(done), size(speed));
    };
    let full = usize::try_from(done.saturating_mul(BAR) / total).unwrap_or_default();
    let bar = "#".repeat(full) + &"-".repeat(BAR as usize - full);
    let left = (total - done).checked_div(speed).map_or(String::new(), |seconds| {
        format!(", {} left", super::duration(i64::try_from(seconds).unwrap_or(i64::MAX)))
    });
    let percent = done.saturating_mul(100) / total;
    format!("[{bar}] {percent} % of {} {what}, {}/s{left}", size(total), size(speed))
}

/// A number of bytes with a unit, as disks are sold: 1 kB is 1000 bytes.
#[must_use]
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let Some(at) = (0..units.len()).rev().find(|at| bytes >= 1000_u64.pow(*at as u32 + 1)) else {
        return format!("{bytes} B");
    };
    let unit = 1000_u64.pow(at as u32 + 1);
    format!("{}.{} {}", bytes / unit, bytes % unit * 10 / unit, units[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_and_says_how_much_is_left() {
        let line =
            line("received", 600_000_000, 100_000_000, Some(1_200_000_000), Duration::from_secs(5));
        assert_eq!(
            line,
            "[############------------] 50 % of 1.2 GB received, 100.0 MB/s, 6 s left"
        );
        assert!(line.len() < 80);
        let line = super::line("sent", 999, 0, None, Duration::from_secs(1));
        assert_eq!(line, "999 B sent, 999 B/s");
    }
}
