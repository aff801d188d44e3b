//! One page of HTML: the sequence as a drawing, each step opens to what was sent and answered.
//!
//! It needs no script, loads nothing and is allowed nothing but its own style.

use super::sequence::{Note, Row, host, parties, rows};
use super::{Run, Tested, VERSION, payload, rfc3339};
use crate::error::Error;
use crate::http::purpose::Party;
use crate::http::trace::Http;
use crate::text::style_policy;
use crate::trial::Mark;
use handlebars::Handlebars;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// With the line ends that the browser hashes, even if it was checked out with others.
static TEMPLATE: LazyLock<String> =
    LazyLock::new(|| include_str!("report.html").replace("\r\n", "\n"));

/// A run as a page.
#[must_use]
#[allow(clippy::expect_used, reason = "the template is part of the program, and a test renders it")]
pub fn render(run: &Run) -> String {
    let began = Timestamp::from_millisecond(run.began_at_ms).unwrap_or_default();
    let view = json!({
        "policy": style_policy(&TEMPLATE),
        "heading": heading(run),
        "command": run.command,
        "began": rfc3339(run.began_at_ms),
        "day": began.strftime("%Y-%m-%d").to_string(),
        "moment": began.strftime("%B %-d, %Y, %H:%M UTC").to_string(),
        "version": format!("{VERSION} on {} {}", std::env::consts::OS, std::env::consts::ARCH),
        "exit_status": run.exit_status,
        "accounts": run.tested.iter().enumerate().map(account).collect::<Value>(),
    });
    Handlebars::new().render_template(&TEMPLATE, &view).expect("the template is sound")
}

fn heading(run: &Run) -> String {
    match run.tested.as_slice() {
        [one] => match one.verdict.word() {
            "works" => format!("{} works", one.id),
            "failed" => format!("{} does not work", one.id),
            _ => format!("{} could not be verified", one.id),
        },
        all => format!("{} of {} work", run.count("works"), all.len()),
    }
}

fn account((at, tested): (usize, &Tested)) -> Value {
    let verdict = &tested.verdict;
    let who = verdict.identity.as_deref().map(|who| format!(", as {who}")).unwrap_or_default();
    let code = verdict.error.as_ref().and_then(|error| error.code.as_deref());
    let why = code.map(|code| format!(": {code}")).unwrap_or_default();
    let mark = match (&verdict.error, verdict.verified) {
        (Some(_), _) => Mark::Failed,
        (None, true) => Mark::Passed,
        (None, false) => Mark::Noted,
    };
    let word = verdict.word();
    let rows = rows(tested);
    let drawing = Drawing::new(tested);
    let (mut steps, mut began) = (Vec::new(), 0.0);
    for row in &rows {
        steps.push(drawing.step(steps.len() + 1, row, began));
        began += row.http.map_or(0.0, network_ms);
    }
    let initial = word[..1].to_uppercase() + &word[1..];
    json!({
        "anchor": format!("account-{}", at + 1),
        "id": tested.id,
        "tone": tone(mark),
        "glyph": glyph(mark),
        "short": format!("{word}{who}{why}"),
        "summary": format!("{initial}{who}. {}, {} steps, {}.", tested.auth, rows.len(), took(verdict.elapsed_ms as f64)),
        "error": verdict.error.as_ref().map(explained),
        "lanes": drawing.lanes(tested),
        "total": took(drawing.total),
        "steps": steps,
    })
}

fn explained(error: &Error) -> Value {
    let line = |label: &str, text: &String| json!({ "label": label, "text": words(text) });
    let causes = error.causes.iter().map(|cause| line("Cause", cause));
    let hints = error.hints.iter().map(|hint| line("Fix", hint));
    json!({
        "message": words(&error.message),
        "code": error.code,
        "lines": causes.chain(hints).collect::<Vec<_>>(),
    })
}

/// A sentence by its backticks.
fn words(text: &str) -> Value {
    let parts = text.split('`').enumerate();
    parts.map(|(at, text)| json!({ "text": text, "code": at % 2 == 1 })).collect()
}

/// Where things stand on the drawing of one account.
struct Drawing {
    parties: Vec<Party>,
    /// Milliseconds on the network, without the person's.
    total: f64,
}

impl Drawing {
    fn new(tested: &Tested) -> Self {
        Self { parties: parties(tested), total: tested.https().map(network_ms).sum() }
    }

    fn lanes(&self, tested: &Tested) -> Value {
        let lane = |party: &Party| {
            let (name, otherwise) = match party {
                Party::Person => ("You", "and your browser"),
                Party::Tieline => ("tieline", "this machine"),
                Party::AuthorizationServer => ("Authorization server", ""),
                Party::Api => ("API", ""),
            };
            let host = host(tested, *party).unwrap_or(otherwise);
            json!({ "name": name, "host": host, "at": percent(self.at(*party)) })
        };
        self.parties.iter().map(lane).collect()
    }

    /// The middle of a party's lane, in percent.
    fn at(&self, party: Party) -> f64 {
        let lane = self.parties.iter().position(|known| *known == party).unwrap_or_default();
        (lane as f64 + 0.5) / self.parties.len() as f64 * 100.0
    }

    /// A step that began so many milliseconds after the first.
    fn step(&self, number: usize, row: &Row<'_>, began: f64) -> Value {
        let mut step = json!({
            "number": number,
            "name": titled(row.name),
            "text": row.text,
            "tone": tone(row.mark),
            "glyph": glyph(row.mark),
            "word": match row.mark {
                Mark::Passed => "passed",
                Mark::Noted => "noted",
                Mark::Failed => "failed",
                Mark::NotReached => "not reached",
            },
            "unreached": row.mark == Mark::NotReached,
            "open": row.mark == Mark::Failed,
            "opens": row.http.is_some() || !row.notes.is_empty(),
            "checks": row.notes.iter().map(check).collect::<Value>(),
            "height": if row.http.is_some_and(|http| !http.is_browsed()) { 66 } else { 54 },
            "own": (row.http.is_none() && row.mark != Mark::NotReached)
                .then(|| percent(self.at(Party::Tieline))),
        });
        if let Some(http) = row.http {
            self.draw(&mut step, http, row.mark, began);
        }
        step
    }

    fn draw(&self, step: &mut Value, http: &Http, mark: Mark, began: f64) {
        let (from, to) = (self.at(http.from), self.at(http.to));
        let (method, url) = http.request.parts();
        let asks = arrow(
            from,
            to,
            if http.is_browsed() { 33 } else { 24 },
            &format!("{method} {}", path(url)),
        );
        let mut arrows = vec![asks];
        if !http.is_browsed() {
            let label = match &http.error {
                Some(error) => error.code.to_owned(),
                None => http.outcome(),
            };
            let mut answers = arrow(to, from, 52, &label);
            answers["back"] = json!(true);
            answers["tone"] = json!(if mark == Mark::Failed { "bad" } else { "" });
            arrows.push(answers);
        }
        let share = |ms: f64| if self.total > 0.0 { ms / self.total * 100.0 } else { 0.0 };
        let more = json!({
            "arrows": arrows,
            "between": format!("{} to {}. ", spoken(http.from), spoken(http.to)),
            "timed": true,
            "waits": http.is_browsed(),
            "bar_at": percent(share(began).min(99.0)),
            "bar": percent(share(http.timing.total_ms).max(0.8)),
            "took": took(http.timing.total_ms),
            "payloads": payload::of(http),
            "about": about(http),
        });
        if let (Value::Object(step), Value::Object(more)) = (step, more) {
            step.extend(more);
        }
    }
}

/// Milliseconds that the network took; a person's are not counted.
fn network_ms(http: &Http) -> f64 {
    if http.is_browsed() { 0.0 } else { http.timing.total_ms }
}

fn arrow(from: f64, to: f64, y: u32, label: &str) -> Value {
    let head = if to >= from { "M-7-4 0 0 -7 4" } else { "M7-4 0 0 7 4" };
    json!({
        "from": percent(from), "to": percent(to), "middle": percent(f64::midpoint(from, to)),
        "y": y, "label_y": y - 6, "label": label, "head": head, "tone": "",
    })
}

fn check(note: &Note<'_>) -> Value {
    let (tone, glyph) = match note.passed {
        Some(true) => ("ok", "✓"),
        Some(false) => ("bad", "✗"),
        None => ("", "·"),
    };
    json!({ "tone": tone, "glyph": glyph, "text": note.text, "rule": note.rule })
}

/// How it should have gone, and where the time went.
fn about(http: &Http) -> Option<String> {
    let timing = &http.timing;
    let parts = [
        ("the name resolved in", timing.dns_ms),
        ("connected in", timing.connect_ms),
        ("first byte after", timing.first_byte_ms),
    ];
    let known = parts.iter().filter_map(|(name, ms)| ms.map(|ms| format!("{name} {}", took(ms))));
    let times = Some(known.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty());
    let times = times.map(|times| format!("{}.", titled(&times)));
    let rule = http.rule.map(|rule| format!("How it should go: {rule}."));
    let lines: Vec<String> = rule.into_iter().chain(times).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The path of an address, without its query, and from its front as much as there is room for.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]).split('?').next().unwrap_or_default();
    match path.char_indices().rev().nth(21) {
        Some((cut, _)) if cut > 0 => format!("…{}", &path[cut..]),
        _ => path.to_owned(),
    }
}

fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn spoken(party: Party) -> &'static str {
    match party {
        Party::Person => "You",
        Party::Tieline => "tieline",
        Party::AuthorizationServer => "authorization server",
        Party::Api => "API",
    }
}

fn tone(mark: Mark) -> &'static str {
    match mark {
        Mark::Passed => "ok",
        Mark::Failed => "bad",
        Mark::Noted | Mark::NotReached => "off",
    }
}

fn glyph(mark: Mark) -> &'static str {
    match mark {
        Mark::Passed => "✓",
        Mark::Failed => "✗",
        Mark::Noted | Mark::NotReached => "·",
    }
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn took(ms: f64) -> String {
    match ms {
        ms if ms < 1.0 => "1 ms".to_owned(),
        ms if ms < 10_000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}
