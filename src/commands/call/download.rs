//! Downloads: into a file that is there whole or not at all. What came of one that broke off stays
//! beside it as `FILE.part`, with the answer's validator, so that `--continue` can ask for the rest.

use super::input::Input;
use super::received::Received;
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::terminal::{Progress, size};
use crate::text::is_shown;
use percent_encoding::percent_decode_str;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use url::Url;

/// The longest name of a file that a server may choose, in bytes.
const MAX_NAME: usize = 200;

/// A file that is being written.
pub(super) struct Download {
    /// Where it will be.
    path: PathBuf,
    /// Where it grows; the same where it is no regular file.
    part: PathBuf,
    /// Where the validator is.
    note: PathBuf,
    /// How much is there of an earlier attempt, in bytes.
    there: u64,
    /// What came can be gone on with.
    resumable: bool,
    finished: bool,
}

/// Whether something of a file has come that `--continue` can go on with.
#[must_use]
pub fn can_continue(path: &Path) -> bool {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    beside(&path, ".part").is_file() && beside(&path, ".part.etag").is_file()
}

impl Download {
    /// Gets ready to write a file; `resume` goes on with what is there of it.
    pub(super) fn begin(path: &Path, resume: bool, input: &mut Input) -> Self {
        // A link stays one: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let odd = fs::metadata(&path).is_ok_and(|about| !about.is_file());
        let part = if odd { path.clone() } else { beside(&path, ".part") };
        let note = beside(&path, ".part.etag");
        let mut download = Self { path, part, note, there: 0, resumable: odd, finished: false };
        // A compressed answer has lengths and validators of its own.
        input.own_headers.push(("accept-encoding", "identity".to_owned()));
        if let Some((there, validator)) = download.earlier().filter(|_| resume && !odd) {
            download.there = there;
            download.resumable = true;
            input.own_headers.push(("range", format!("bytes={there}-")));
            input.own_headers.push(("if-range", validator));
        }
        download
    }

    /// What is there of an earlier attempt, in bytes, and by what the server knows it.
    fn earlier(&self) -> Option<(u64, String)> {
        let length = fs::metadata(&self.part).ok().filter(fs::Metadata::is_file)?.len();
        let validator = fs::read_to_string(&self.note).ok()?;
        (length > 0).then(|| (length, validator.trim().to_owned()))
    }

    /// Whether a refusal only says that nothing is left (RFC 9110 section 15.5.17).
    pub(super) fn is_whole(&self, received: &Received) -> bool {
        let range =
            received.header("content-range").and_then(|value| value.strip_prefix("bytes */"));
        let length = range.and_then(|length| length.parse::<u64>().ok());
        received.status() == 416 && self.there > 0 && length == Some(self.there)
    }

    /// Writes the answer.
    ///
    /// # Errors
    /// It breaks off, or the file cannot be written.
    pub(super) async fn write(&mut self, app: &App, received: &mut Received) -> Result<()> {
        let goes_on = received.status() == 206 && self.there > 0;
        if goes_on && first_byte(received) != Some(self.there) {
            let message = "the server sent another part than was asked for";
            return Err(
                Error::new(Kind::Failed, message).hint("leave `--continue` out to begin anew")
            );
        }
        if self.there > 0 && !goes_on {
            app.terminal.say("It has changed since, so the download begins anew.");
            self.there = 0;
        }
        if let Some(packed) = received.packed().await? {
            app.terminal.warn(format!("the answer is {packed}, and so will the file be"));
        }
        let mut file = self.open(goes_on, received)?;
        let length = received.header("content-length").and_then(|value| value.parse::<u64>().ok());
        let total = length.map(|length| length + self.there);
        let mut progress = Progress::new(&app.terminal, "received").of(total).from(self.there);
        while let Some(chunk) = received.next().await.map_err(|error| self.broke_off(error))? {
            file.write_all(&chunk).map_err(|error| self.unwritten(&error))?;
            progress.advance(chunk.len());
        }
        file.flush().map_err(|error| self.unwritten(&error))?;
        self.finish()
    }

    fn open(&mut self, goes_on: bool, received: &Received) -> Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(goes_on).truncate(!goes_on);
        let file = options.open(&self.part).map_err(|error| self.unwritten(&error))?;
        if self.part != self.path && !goes_on {
            // A length is missing where the answer was compressed all the same: then what is written
            // here and what the server counts are not the same bytes.
            let counted = received.header("content-length").and_then(|_| validator(received));
            let kept = counted.map(|it| fs::write(&self.note, it).is_ok());
            self.resumable = kept.unwrap_or_default();
        }
        Ok(file)
    }

    /// Puts what is there in its place.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.part != self.path {
            fs::rename(&self.part, &self.path).map_err(|error| self.unwritten(&error))?;
            let _ = fs::remove_file(&self.note);
        }
        self.finished = true;
        Ok(())
    }

    fn broke_off(&self, mut error: Error) -> Error {
        let there = fs::metadata(&self.part).map_or(0, |about| about.len());
        if self.resumable && self.part != self.path {
            error.hints = vec![format!("{} are kept: go on with `--continue`", size(there))];
        }
        error
    }

    fn unwritten(&self, error: &std::io::Error) -> Error {
        Error::writing(&self.path, error)
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if !self.finished && !self.resumable && self.part != self.path {
            let _ = (fs::remove_file(&self.part), fs::remove_file(&self.note));
        }
    }
}

/// The name that a download has there: from `Content-Disposition`, else from the URL. Nothing in it
/// leads into another folder, and it is no hidden file.
///
/// # Errors
/// There is no name, or a file of that name.
pub(super) fn remote_name(received: &Received, url: &Url) -> Result<PathBuf> {
    let given = received.header("content-disposition").and_then(disposition_name);
    let last = url.path_segments().and_then(|mut all| all.next_back()).unwrap_or_default();
    let last = percent_decode_str(last).decode_utf8_lossy().into_owned();
    let name = given.as_deref().and_then(safe_name).or_else(|| safe_name(&last));
    let name = name.ok_or_else(|| {
        Error::new(Kind::Usage, "the answer has no name to write it under")
            .hint("name it: `-o FILE`")
    })?;
    match fs::symlink_metadata(&name) {
        Ok(_) => Err(Error::new(Kind::Usage, format!("there is a file `{name}` already"))
            .hint(format!("to replace it, add `-o {name}` in place of `-O`"))),
        Err(_) => Ok(name.into()),
    }
}

/// `filename*` (RFC 8187) goes before `filename` (RFC 6266 section 4.3).
fn disposition_name(value: &str) -> Option<String> {
    let parameter = |name: &str| {
        value.split(';').find_map(|part| {
            let (known, value) = part.trim().split_once('=')?;
            known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    };
    let extended = parameter("filename*").and_then(|value| value.splitn(3, '\'').nth(2));
    let extended = extended.map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned());
    extended.or_else(|| parameter("filename").map(ToOwned::to_owned))
}

fn safe_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| is_shown(*c) && *c != '\n' && !"<>:\"|?*".contains(*c);
    let name: String = name.chars().filter(shown).collect();
    let name = name.trim_matches(|c: char| c == '.' || c == '-' || c.is_whitespace());
    (!name.is_empty() && name.len() <= MAX_NAME).then(|| name.to_owned())
}

/// A strong validator: a weak one does not promise the same bytes (RFC 9110 section 13.1.5).
fn validator(received: &Received) -> Option<&str> {
    if received.header("accept-ranges").is_some_and(|value| value == "none") {
        return None;
    }
    let tag = received.header("etag").filter(|tag| !tag.starts_with("W/"));
    // A date is strong where the answer was made later (section 8.8.2.2).
    let modified = received.header("last-modified");
    tag.or_else(|| modified.filter(|it| received.header("date").is_some_and(|date| date != *it)))
}

/// The first byte of a part: `bytes 100-199/200`.
fn first_byte(received: &Received) -> Option<u64> {
    let range = received.header("content-range")?.strip_prefix("bytes ")?;
    range.split('-').next()?.trim().parse().ok()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_server_leads_nowhere() {
        for (name, safe) in [
            ("../../etc/passwd", Some("passwd")),
            ("..\\..\\a.exe", Some("a.exe")),
            (".bashrc", Some("bashrc")),
            ("-rf", Some("rf")),
            ("a\u{202e}b\n.txt", Some("ab.txt")),
            ("C:x", Some("Cx")),
            ("..", None),
            ("", None),
            ("dir/", None),
        ] {
            assert_eq!(safe_name(name).as_deref(), safe, "{name:?}");
        }
        assert_eq!(safe_name(&"x".repeat(300)), None);
    }

    #[test]
    fn the_extended_name_goes_first() {
        let value = "attachment; filename=\"plain.txt\"; filename*=UTF-8''na%C3%AFve.txt";
        assert_eq!(disposition_name(value).as_deref(), Some("naïve.txt"));
        assert_eq!(disposition_name("attachment; filename=a.txt").as_deref(), Some("a.txt"));
        assert_eq!(disposition_name("inline"), None);
    }
}
