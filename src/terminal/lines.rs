//! Lines that a person types or pastes while something else is waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// Lines typed or pasted. Dropping it ends the thread before it takes a key that a later prompt
/// wants.
pub struct Lines {
    receiver: mpsc::UnboundedReceiver<String>,
    stop: Arc<AtomicBool>,
}

impl Lines {
    /// Begins to read standard input.
    #[must_use]
    pub fn read() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || forward(&sender, &stopped));
        Self { receiver, stop }
    }

    /// The next line that is not empty; `None` at the end. Cancel safe.
    pub async fn next(&mut self) -> Option<String> {
        self.receiver.recv().await
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

fn forward(sender: &mpsc::UnboundedSender<String>, stopped: &AtomicBool) {
    let input = std::io::stdin();
    while wait_for_input(stopped) {
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if line.trim().is_empty() => {}
            Ok(_) if sender.send(line).is_err() => return,
            Ok(_) => {}
        }
    }
}

/// Waits until there is something to read; `false` when nobody wants it any more.
#[cfg(unix)]
fn wait_for_input(stopped: &AtomicBool) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let pause = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let input = std::io::stdin();
    while !stopped.load(Ordering::SeqCst) {
        let mut wanted = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut wanted, Some(&pause)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return !stopped.load(Ordering::SeqCst),
            Err(_) => return false,
        }
    }
    false
}

/// Elsewhere the next line is simply read.
#[cfg(not(unix))]
fn wait_for_input(stopped: &AtomicBool) -> bool {
    !stopped.load(Ordering::SeqCst)
}
