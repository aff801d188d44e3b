//! JUnit XML, which CI systems read: a suite for each account, a case for each step.

use super::{Run, Tested, rfc3339};
use crate::error::Error;
use crate::trial::{Mark, Step};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// A run as JUnit XML.
///
/// # Errors
/// None: text can always be written into memory.
pub fn render(run: &Run) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let steps = || run.tested.iter().flat_map(|tested| &tested.verdict.steps);
    let elapsed: u64 = run.tested.iter().map(|tested| tested.verdict.elapsed_ms).sum();
    writer
        .create_element("testsuites")
        .with_attribute(("name", "tieline test"))
        .with_attribute(("tests", steps().count().to_string().as_str()))
        .with_attribute(("failures", failures(run.tested.iter()).to_string().as_str()))
        .with_attribute(("time", seconds(elapsed).as_str()))
        .write_inner_content(|writer| {
            run.tested.iter().try_for_each(|tested| suite(writer, tested, run.began_at_ms))
        })?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(text + "\n")
}

fn failures<'t>(tested: impl Iterator<Item = &'t Tested>) -> usize {
    tested.map(|tested| cases(tested).iter().filter(|case| case.failure.is_some()).count()).sum()
}

/// A case of a suite.
struct Case<'t> {
    step: &'t Step,
    /// The name of the step, with a number from the second of a name on: CI systems follow a case
    /// by its name from run to run.
    name: String,
    failure: Option<&'t Error>,
}

/// The error belongs to the last step that failed; a step that failed and was mended is none.
fn cases(tested: &Tested) -> Vec<Case<'_>> {
    let steps = &tested.verdict.steps;
    let failed = |step: &Step| step.mark == Mark::Failed;
    let at = steps.iter().rposition(failed).or(steps.len().checked_sub(1));
    let mut cases = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let before = steps[..index].iter().filter(|other| other.name == step.name).count();
        let name = match before {
            0 => step.name.to_owned(),
            _ => format!("{} {}", step.name, before + 1),
        };
        let failure = tested.verdict.error.as_ref().filter(|_| Some(index) == at);
        cases.push(Case { step, name, failure });
    }
    cases
}

fn suite(writer: &mut Writer<Vec<u8>>, tested: &Tested, began_at_ms: i64) -> io::Result<()> {
    let cases = cases(tested);
    let count =
        |is: fn(&Case<'_>) -> bool| cases.iter().filter(|case| is(case)).count().to_string();
    // The schema wants no zone and no fraction.
    let began: String = rfc3339(began_at_ms).chars().take("2026-01-01T00:00:00".len()).collect();
    writer
        .create_element("testsuite")
        .with_attribute(("name", tested.id.as_str()))
        .with_attribute(("tests", cases.len().to_string().as_str()))
        .with_attribute(("failures", count(|case| case.failure.is_some()).as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", count(is_skipped).as_str()))
        .with_attribute(("timestamp", began.as_str()))
        .with_attribute(("time", seconds(tested.verdict.elapsed_ms).as_str()))
        .write_inner_content(|writer| {
            cases.iter().try_for_each(|case| write_case(writer, tested, case))?;
            let verdict = format!("{} ({}): {}", tested.id, tested.auth, tested.verdict.word());
            writer.create_element("system-out").write_text_content(BytesText::new(&verdict))?;
            Ok(())
        })?;
    Ok(())
}

fn is_skipped(case: &Case<'_>) -> bool {
    case.step.mark == Mark::NotReached
}

fn write_case(writer: &mut Writer<Vec<u8>>, tested: &Tested, case: &Case<'_>) -> io::Result<()> {
    let step = case.step;
    writer
        .create_element("testcase")
        .with_attribute(("name", case.name.as_str()))
        .with_attribute(("classname", tested.id.as_str()))
        .with_attribute(("time", seconds(step.elapsed_ms.unwrap_or_default()).as_str()))
        .write_inner_content(|writer| {
            match case.failure {
                Some(error) => failure(writer, error)?,
                None if is_skipped(case) => drop(writer.create_element("skipped").write_empty()?),
                None => {}
            }
            let text = clean(&step.text);
            writer.create_element("system-out").write_text_content(BytesText::new(&text))?;
            Ok(())
        })?;
    Ok(())
}

fn failure(writer: &mut Writer<Vec<u8>>, error: &Error) -> io::Result<()> {
    let code = error.code.clone().unwrap_or_else(|| format!("exit {}", error.kind.status()));
    let mut text = clean(&error.message);
    let causes = error.causes.iter().map(|cause| ("caused by", cause));
    for (label, line) in causes.chain(error.hints.iter().map(|hint| ("hint", hint))) {
        text.push_str(&format!("\n{label}: {}", clean(line)));
    }
    writer
        .create_element("failure")
        .with_attribute(("message", clean(&error.message).as_str()))
        .with_attribute(("type", clean(&code).as_str()))
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Without the characters that XML 1.0 section 2.2 does not allow.
fn clean(text: &str) -> String {
    crate::text::printable(text).replace(['\u{fffe}', '\u{ffff}'], "")
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
