//! Tables, wrapped sentences, durations: text laid out in columns.

use crate::text::is_right_to_left;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// The least that a column is cut to.
const LEAST: usize = 8;

/// A table aligned by spaces. The widest columns are the ones that are cut to fit the width.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    if let Some(width) = width {
        shrink(&mut widths, width);
    }
    let isolates = width.is_some();
    let head = line(header.iter().copied(), &widths, isolates);
    let rest = rows.iter().map(|row| line(row.iter().map(String::as_str), &widths, isolates));
    std::iter::once(head).chain(rest).collect()
}

/// The cells of a row, each as wide as its column. On a screen, what is written from right to left is
/// isolated (UAX #9: FSI, PDI), so that it does not carry the next cell along.
fn line<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize], isolates: bool) -> String {
    let mut line = String::with_capacity(widths.iter().map(|width| width + 2).sum());
    let mut behind = 0;
    for (cell, &width) in cells.zip(widths) {
        line.extend(std::iter::repeat_n(' ', behind));
        let cell = cut(cell, width);
        match isolates && cell.chars().any(is_right_to_left) {
            true => line.extend(["\u{2068}", &cell, "\u{2069}"]),
            false => line.push_str(&cell),
        }
        behind = width - cell.width() + 2;
    }
    line.truncate(line.trim_end().len());
    line
}

/// Takes what is too much from the widest column, and then from the next that is as wide. The first one
/// holds what is typed, so it is cut last, and only where that is enough.
fn shrink(widths: &mut [usize], width: usize) {
    let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let mut over = total.saturating_sub(width);
    let Some((name, rest)) = widths.split_first_mut() else { return };
    while over > 0
        && let Some(widest) = rest.iter_mut().max().filter(|widest| **widest > LEAST)
    {
        *widest -= 1;
        over -= 1;
    }
    if *name >= LEAST + over {
        *name -= over;
    }
}

/// A sentence in lines of at most `width` columns. A word that is longer stays whole: it may be a
/// command or an address to copy.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().map_or(0, |line| line.width());
        match lines.last_mut() {
            Some(last) if line == 0 || line + 1 + word.width() <= width => {
                if line > 0 {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text cut to a number of columns.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return text.into();
    }
    let mut out = String::new();
    for c in text.chars() {
        if format!("{out}{c}").width() + 2 > width {
            break;
        }
        out.push(c);
    }
    (out + "..").into()
}

/// A duration in one unit.
#[must_use]
pub fn duration(seconds: i64) -> String {
    match seconds.abs() {
        s if s < 120 => format!("{s} s"),
        s if s < 2 * 3600 => format!("{} min", s / 60),
        s if s < 2 * 86_400 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_its_terminal_and_counts_columns_and_not_letters() {
        let rows = vec![vec!["a".into(), "日本語".into(), "x".into()]];
        let lines = table(&["ONE", "TWO", "THREE"], &rows, None);
        assert_eq!(lines, ["ONE  TWO     THREE", "a    日本語  x"]);
        let rows = vec![vec!["a".into(), "b".repeat(100), "x".into()]];
        assert!(table(&["ONE", "TWO", "THREE"], &rows, Some(40)).iter().all(|l| l.width() <= 40));
        let rows = vec![vec!["a".repeat(30), "日本語".repeat(9), "c".repeat(50)]];
        assert!(table(&["ONE", "TWO", "THREE"], &rows, Some(40)).iter().all(|l| l.width() <= 40));
    }

    #[test]
    fn what_is_typed_is_cut_last_and_never_in_vain() {
        let name = "sandbox-api-key/production".to_owned();
        let rows = vec![vec![name.clone(), "b".repeat(60), "c".repeat(9)]];
        let row = |width| table(&["ONE", "TWO", "THREE"], &rows, Some(width)).remove(1);
        assert!(row(80).starts_with(&name) && row(80).width() == 80);
        assert!(row(46).starts_with(&name) && row(46).width() == 46);
        assert!(row(36).starts_with("sandbox-api-ke..") && row(36).width() == 36);
        assert!(row(20).starts_with(&name), "it does not fit anyway");
    }

    #[test]
    fn a_name_from_right_to_left_stays_in_its_cell() {
        let rows = vec![vec!["a".into(), "דנה".into(), "1".into()]];
        let lines = table(&["ONE", "TWO", "N"], &rows, Some(80));
        assert_eq!(lines[1], "a    \u{2068}דנה\u{2069}  1");
        // What a program reads has nothing in it that is not in the name.
        assert_eq!(table(&["ONE", "TWO", "N"], &rows, None)[1], "a    דנה  1");
    }

    #[test]
    fn a_sentence_wraps_between_words_only() {
        assert_eq!(wrap("run `tieline x` now", 10), ["run", "`tieline", "x` now"]);
        assert_eq!(wrap("abcdefghijklmnop q", 10), ["abcdefghijklmnop", "q"]);
    }

    #[test]
    fn a_duration_has_one_unit() {
        assert_eq!(duration(41 * 60), "41 min");
        assert_eq!(duration(7 * 3600), "7 h");
        assert_eq!(duration(3), "3 s");
    }
}
