//! A terminal: what is typed at it, and what is seen on its screen.

use std::process::Command;

/// A person at a terminal.
pub(crate) struct Pty {
    session: rexpect::session::PtySession,
    /// Everything that came, with control sequences.
    pub(crate) seen: String,
}

impl Pty {
    /// Starts a command on a terminal of its own.
    pub(crate) fn start(command: Command) -> Self {
        let session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
        Self { session, seen: String::new() }
    }

    /// Waits until this text has come.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(text) {
            Ok(before) => self.seen.push_str(&before),
            Err(error) => panic!("`{text}` did not come: {error}\n{}", self.seen),
        }
        self.seen.push_str(text);
        self
    }

    /// Waits for the line with the address for the browser.
    #[track_caller]
    pub(crate) fn address(&mut self, path: &str) -> String {
        self.until(path);
        let start = self.seen.rfind("http").unwrap();
        let rest = self.session.exp_string("\r\n").unwrap();
        self.seen.extend([rest.as_str(), "\r\n"]);
        self.seen[start..].trim().trim_end_matches("\u{1b}[0m").to_owned()
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        self.press(&format!("{line}\r"))
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Waits for the end, and gives the exit status.
    pub(crate) fn ends(&mut self) -> i32 {
        let rest = self.session.exp_eof().unwrap();
        self.seen.push_str(&rest);
        match self.session.process().wait().unwrap() {
            rexpect::process::WaitStatus::Exited(_, status) => status,
            other => panic!("{other:?}\n{}", self.seen),
        }
    }

    /// Everything that came, as UTF-8: the library takes each byte for a character.
    pub(crate) fn text(&self) -> String {
        let bytes: Vec<u8> = self.seen.chars().filter_map(|c| u8::try_from(c).ok()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What stands on the screen of 80 columns in the end, without what was erased.
    pub(crate) fn screen(&self) -> String {
        let mut rows = vec![Vec::new()];
        let (mut row, mut column) = (0_usize, 0_usize);
        let mut rest = self.seen.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\r' => column = 0,
                '\n' => row += 1,
                '\u{8}' => column = column.saturating_sub(1),
                '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                    let mut number = String::new();
                    while let Some(digit) = rest.next_if(|c| "?;0123456789".contains(*c)) {
                        number.push(digit);
                    }
                    let count: usize = number.parse().unwrap_or(1);
                    match rest.next() {
                        Some('A') => row = row.saturating_sub(count),
                        Some('B') => row += count,
                        Some('K') if number == "2" => rows[row].clear(),
                        Some('K') => rows[row].truncate(column),
                        Some('J') => {
                            rows[row].truncate(column);
                            rows.truncate(row + 1);
                        }
                        _ => {}
                    }
                }
                c if c.is_control() => {}
                c => {
                    if column == 80 {
                        (row, column) = (row + 1, 0);
                    }
                    rows.resize(rows.len().max(row + 1), Vec::new());
                    let cells = &mut rows[row];
                    cells.resize(cells.len().max(column + 1), ' ');
                    cells[column] = c;
                    column += 1;
                }
            }
            rows.resize(rows.len().max(row + 1), Vec::new());
        }
        rows.into_iter().map(|row| String::from_iter(row) + "\n").collect()
    }
}
