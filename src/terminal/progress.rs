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
    transfer: Transfer,
    began: Instant,
    shown: Option<Instant>,
}

/// How far it is, in bytes.
struct Transfer {
    /// `received` or `sent`.
    what: &'static str,
    total: Option<u64>,
    /// What was there before.
    start: u64,
    done: u64,
}

impl Progress {
    /// A transfer of unknown length.
    #[must_use]
    pub fn new(terminal: &Terminal, what: &'static str) -> Self {
        let transfer = Transfer { what, total: None, start: 0, done: 0 };
        Self { terminal: terminal.clone(), transfer, began: Instant::now(), shown: None }
    }

    /// The same of so many bytes.
    #[must_use]
    pub fn of(mut self, total: Option<u64>) -> Self {
        self.transfer.total = total;
        self
    }

    /// The same where so many bytes are there already.
    #[must_use]
    pub fn from(mut self, start: u64) -> Self {
        (self.transfer.start, self.transfer.done) = (start, start);
        self
    }

    /// So many bytes more.
    pub fn advance(&mut self, bytes: usize) {
        self.transfer.done += bytes as u64;
        if !self.terminal.terminals.error {
            return;
        }
        let now = Instant::now();
        let elapsed = now - self.began;
        if elapsed < PATIENCE || self.shown.is_some_and(|shown| now - shown < PAUSE) {
            return;
        }
        self.shown = Some(now);
        self.terminal.waiting(&self.transfer.line(elapsed, self.terminal.error_width()));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.terminal.waited();
        }
    }
}

impl Transfer {
    /// As much as fits into so many columns: a line that wraps could not be taken back.
    fn line(&self, elapsed: Duration, columns: usize) -> String {
        let fits = |line: &String| line.len() < columns;
        self.lines(elapsed).into_iter().find(fits).unwrap_or_default()
    }

    /// What there is to say, and with less and less of it.
    fn lines(&self, elapsed: Duration) -> Vec<String> {
        let Self { what, start, done, .. } = *self;
        let speed = ((done - start) as f64 / elapsed.as_secs_f64().max(0.001)) as u64;
        let pace = format!("{}/s", size(speed));
        let Some(total) = self.total.filter(|total| *total >= done && *total > 0) else {
            return vec![format!("{} {what}, {pace}", size(done)), size(done)];
        };
        let full = usize::try_from(done.saturating_mul(BAR) / total).unwrap_or_default();
        let bar = "#".repeat(full) + &"-".repeat(BAR as usize - full);
        let left = (total - done).checked_div(speed).map_or(String::new(), |seconds| {
            format!(", {} left", super::duration(i64::try_from(seconds).unwrap_or(i64::MAX)))
        });
        let percent = format!("{} %", done.saturating_mul(100) / total);
        let share = format!("{percent} of {}", size(total));
        vec![
            format!("[{bar}] {share} {what}, {pace}{left}"),
            format!("{share} {what}, {pace}{left}"),
            format!("{share}, {pace}{left}"),
            format!("{share}, {pace}"),
            percent,
        ]
    }
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
    fn the_line_says_how_much_is_left_and_fits() {
        let (start, done) = (100_000_000, 600_000_000);
        let transfer = Transfer { what: "received", total: Some(1_200_000_000), start, done };
        let line = |columns| transfer.line(Duration::from_secs(5), columns);
        let whole = "[############------------] 50 % of 1.2 GB received, 100.0 MB/s, 6 s left";
        assert_eq!(line(80), whole);
        assert_eq!(line(60), "50 % of 1.2 GB received, 100.0 MB/s, 6 s left");
        assert_eq!(line(40), "50 % of 1.2 GB, 100.0 MB/s, 6 s left");
        assert_eq!(line(30), "50 % of 1.2 GB, 100.0 MB/s");
        assert_eq!(line(10), "50 %");
        assert_eq!(line(4), "");
        let unknown = Transfer { what: "sent", total: None, start: 0, done: 999 };
        assert_eq!(unknown.line(Duration::from_secs(1), 80), "999 B sent, 999 B/s");
    }
}
