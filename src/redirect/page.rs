//! The pages that the browser shows: the outcome, and notices for whoever is at the wrong place.
//!
//! They need no script, load nothing, and are allowed nothing: see [`content_security_policy`].

use crate::text::style_policy;
use handlebars::Handlebars;
use serde::Serialize;
use std::sync::LazyLock;

/// More of a text than this is left out: providers' descriptions can be of any length.
const LONGEST: usize = 600;

/// How an authorization ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The credential was obtained, checked and stored.
    Connected,
    /// The person or the provider said no.
    Refused,
    /// Something went wrong afterwards.
    Failed,
}

/// What the browser shows at the end. Every text may come from outside: it is escaped, and
/// characters that could make it look like another text are taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Decides the drawing and the color.
    pub outcome: Outcome,
    /// One short sentence, also the title of the tab.
    pub heading: String,
    /// What that means.
    pub lead: String,
    /// The title of the app; its first letter stands for it.
    pub initial: String,
    /// Details; never a secret.
    pub rows: Vec<Row>,
    /// What to do now.
    pub next: String,
}

/// A detail on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Whether the value is something to type or to compare letter by letter.
    pub code: bool,
}

impl Page {
    pub(super) fn render(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Connected => "connected",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        };
        render(&View {
            outcome,
            heading: clean(&self.heading),
            lead: clean(&self.lead),
            initial: initial(&self.initial),
            rows: self.rows.iter().map(RowView::from).collect(),
            next: clean(&self.next),
        })
    }
}

/// A page for a request that is not the one that is waited for. All text is ours.
pub(super) struct Notice {
    heading: &'static str,
    lead: &'static str,
    next: &'static str,
}

const BACK: &str = "Close this tab. Your terminal shows the link to open.";

impl Notice {
    pub(super) const STRAY: Self = Self {
        heading: "This is not the answer tieline is waiting for",
        lead: "It may come from an earlier attempt, or from another program. Nothing was stored, \
               and tieline goes on waiting.",
        next: "Close this tab and start again from the link in your terminal.",
    };
    pub(super) const NOTHING_HERE: Self = Self {
        heading: "There is nothing here",
        lead: "tieline listens at this address only to connect one app, and only for a moment.",
        next: BACK,
    };
    pub(super) const USED: Self = Self {
        heading: "This link was used",
        lead: "The app has already answered. Your terminal shows how it went on.",
        next: "Close this tab and go back to your terminal.",
    };
    pub(super) const METHOD: Self = Self {
        heading: "The answer came in the wrong form",
        lead: "tieline takes it only as a redirect (the HTTP method GET). It goes on waiting.",
        next: BACK,
    };
    pub(super) const MALFORMED: Self = Self {
        heading: "This request cannot be accepted",
        lead: "It is too long, or not one that a browser would send. tieline goes on waiting.",
        next: BACK,
    };
    pub(super) const FOREIGN_HOST: Self = Self {
        heading: "This address is not tieline's",
        lead: "The request names another host, as a page does that tries to reach programs on \
               your computer. tieline goes on waiting.",
        next: BACK,
    };
    pub(super) const PREFETCH: Self = Self {
        heading: "Not loaded ahead of time",
        lead: "Your browser asked for this page before you did.",
        next: "Reload this page.",
    };

    pub(super) fn render(&self) -> String {
        render(&View {
            outcome: "notice",
            heading: self.heading.to_owned(),
            lead: self.lead.to_owned(),
            initial: "?".to_owned(),
            rows: Vec::new(),
            next: self.next.to_owned(),
        })
    }
}

/// Allows the page's own style and its icon, nothing else.
pub(super) fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!("{}; img-src data:; frame-ancestors 'none'", style_policy(&TEMPLATE))
    });
    &POLICY
}

/// With the line ends that the browser hashes, even if it was checked out with others.
static TEMPLATE: LazyLock<String> =
    LazyLock::new(|| include_str!("callback.html").replace("\r\n", "\n"));

#[derive(Serialize)]
struct View {
    outcome: &'static str,
    heading: String,
    lead: String,
    initial: String,
    rows: Vec<RowView>,
    next: String,
}

#[derive(Serialize)]
struct RowView {
    label: String,
    value: String,
    code: bool,
}

impl From<&Row> for RowView {
    fn from(row: &Row) -> Self {
        Self { label: clean(&row.label), value: clean(&row.value), code: row.code }
    }
}

fn render(view: &View) -> String {
    Handlebars::new()
        .render_template(&TEMPLATE, view)
        .expect("the template is part of the program, and a test renders it")
}

/// One line without characters that are not seen or that reorder what is.
fn clean(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().filter(|c| !is_deceptive(*c)).take(LONGEST + 1).collect();
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            // zero width space and marks; the joiners (200C, 200D) are needed to write
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            // directional embedding, override and isolate, invisible operators
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn initial(title: &str) -> String {
    let first = clean(title).chars().find(|c| c.is_alphanumeric());
    // Some letters have a long upper case, such as `ß`; the box has room for one letter.
    first.map_or("·".to_owned(), |c| c.to_uppercase().take(1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::style_of;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn page(value: &str) -> Page {
        Page {
            outcome: Outcome::Failed,
            heading: value.to_owned(),
            lead: value.to_owned(),
            initial: value.to_owned(),
            rows: vec![
                Row { label: value.to_owned(), value: value.to_owned(), code: true },
                Row { label: value.to_owned(), value: value.to_owned(), code: false },
            ],
            next: value.to_owned(),
        }
    }

    #[test]
    fn every_value_is_escaped() {
        let html = page("<script>alert('1')</script>\" onload=\"x").render();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("onload=\""), "{html}");
        assert_eq!(html.matches("&lt;script&gt;").count(), 8);
    }

    #[test]
    fn hidden_and_reordering_characters_are_taken_out() {
        assert_eq!(clean("a\u{202e}b\u{2066}c\u{200b}d\u{7}e\r\n  f\u{1b}[31m"), "abcde f[31m");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn long_text_is_cut() {
        let cut = clean(&"é".repeat(LONGEST + 1));
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(clean(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }

    #[test]
    fn the_initial_is_one_letter() {
        assert_eq!(initial("github"), "G");
        assert_eq!(initial(" «éa»"), "É");
        assert_eq!(initial(""), "·");
    }

    #[test]
    fn the_policy_allows_exactly_the_style_that_is_sent() {
        for html in [page("x").render(), Notice::STRAY.render()] {
            let hash = ring::digest::digest(&ring::digest::SHA256, style_of(&html).as_bytes());
            let source = format!("style-src 'sha256-{}';", STANDARD.encode(hash));
            assert!(content_security_policy().contains(&source));
            assert!(style_of(&html).len() > 500);
        }
    }

    #[test]
    fn nothing_on_the_page_needs_more_than_the_policy_allows() {
        for html in [page("x").render(), Notice::STRAY.render()] {
            for forbidden in ["style=", "<script", "javascript:", "https://", "@import", " on"] {
                let markup = html.replace(style_of(&html), "").to_lowercase();
                let found = match forbidden {
                    // event handlers are attributes: ` onclick="…"`
                    " on" => markup.split(" on").skip(1).any(|rest| {
                        rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('=')
                    }),
                    _ => markup.contains(forbidden),
                };
                assert!(!found, "{forbidden}");
            }
            assert_eq!(html.matches("<style>").count(), 1);
            assert!(!html.contains("{{"));
        }
    }

    #[test]
    fn a_notice_has_no_empty_list() {
        assert!(!Notice::STRAY.render().contains("<dl>"));
    }
}
