//! A definition's text, and places in it.

use std::cell::OnceCell;
use std::rc::Rc;

/// The longest definition that is read, in bytes. The longest in the catalogue has 6 KB.
pub const MAX_BYTES: usize = 1024 * 1024;

/// A file's text and the name under which findings show it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// As the user wrote it, or `catalogue:APP` for an embedded one.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where each line begins, once that was asked for: a file may have thousands of findings.
    lines: OnceCell<Vec<usize>>,
}

impl Source {
    /// A text under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lines: OnceCell::new() }
    }

    /// The line of a byte, from 1, and the byte at which that line begins.
    fn line_of(&self, at: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= at);
        (line, lines[line - 1])
    }
}

/// A range in a source.
#[derive(Clone, Debug)]
pub struct Span {
    /// The file it lies in.
    pub source: Rc<Source>,
    /// The first byte.
    pub start: usize,
    /// How many bytes.
    pub length: usize,
}

impl Span {
    /// The whole first line of a file, for findings about the file itself.
    #[must_use]
    pub fn first_line(source: &Rc<Source>) -> Self {
        let length = source.text.lines().next().map_or(0, str::len);
        Self { source: Rc::clone(source), start: 0, length }
    }

    /// Line and column, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        self.position_of(self.start)
    }

    /// Line and column behind its last character.
    #[must_use]
    pub fn end(&self) -> (usize, usize) {
        self.position_of((self.start + self.length).min(self.source.text.len()))
    }

    /// The first line it lies on, and the text of its lines with where they begin.
    #[must_use]
    pub(super) fn lines(&self) -> (usize, usize, &str) {
        let text = &self.source.text;
        let (line, start) = self.source.line_of(self.start);
        let end = (self.start + self.length).min(text.len());
        let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        (line, start, &text[start..end])
    }

    /// Whether a comment says something about it: behind it, or on the line above.
    #[must_use]
    pub fn has_comment(&self) -> bool {
        let (before, behind) = self.source.text.split_at(self.start);
        let above = before.rsplit('\n').nth(1).unwrap_or_default();
        let behind = behind.lines().next().unwrap_or_default();
        above.trim_start().starts_with('#') || behind.contains(" #")
    }

    fn position_of(&self, at: usize) -> (usize, usize) {
        let (line, start) = self.source.line_of(at);
        (line, self.source.text[start..at].chars().count() + 1)
    }

    /// The first place of `needle` in or after this span's first line, else the span itself: a
    /// template's text is YAML-decoded, so this looks a name up in the source again.
    #[must_use]
    pub fn narrow(&self, needle: &str) -> Self {
        let rest = &self.source.text[self.start..];
        let found = (!needle.is_empty()).then(|| rest.find(needle)).flatten();
        match found {
            Some(at) if at < self.length.max(1) + 4096 => Self {
                source: Rc::clone(&self.source),
                start: self.start + at,
                length: needle.len(),
            },
            _ => self.clone(),
        }
    }

    /// A range of a source, cut to what is there and to character boundaries.
    #[must_use]
    pub fn of(source: &Rc<Source>, start: usize, length: usize) -> Self {
        let text = &source.text;
        let boundary = |at: usize| {
            (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        let start = boundary(start);
        let end = boundary(start + length).max(start);
        let shown = text[start..end].trim_end();
        Self { source: Rc::clone(source), start, length: shown.len() }
    }
}
