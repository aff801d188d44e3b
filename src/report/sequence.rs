//! The steps of one account in the order in which they happened, each with the exchange and the
//! decisions that belong to it.

use super::Tested;
use crate::http::purpose::Party;
use crate::http::trace::{Exchange, Http};
use crate::trial::{Mark, Step};

/// A step with what belongs to it.
pub(super) struct Row<'t> {
    pub(super) mark: Mark,
    pub(super) name: &'t str,
    pub(super) text: &'t str,
    pub(super) http: Option<&'t Http>,
    pub(super) notes: Vec<Note<'t>>,
}

/// A decision or a check.
pub(super) struct Note<'t> {
    pub(super) text: &'t str,
    pub(super) passed: Option<bool>,
    pub(super) rule: Option<&'static str>,
}

/// The steps, with the exchanges that they tell of. An exchange that no step tells of is a step of
/// its own.
pub(super) fn rows(tested: &Tested) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut left = tested.exchanges.as_slice();
    for step in &tested.verdict.steps {
        let told = left.iter().position(|exchange| tells(step, exchange));
        let (before, at) = match told {
            Some(at) => (&left[..=at], Some(at)),
            None => (&left[..0], None),
        };
        add(&mut rows, before, Some(step).filter(|_| at.is_some()));
        if at.is_none() {
            rows.push(Row {
                mark: step.mark,
                name: step.name,
                text: &step.text,
                http: None,
                notes: Vec::new(),
            });
        }
        left = &left[at.map_or(0, |at| at + 1)..];
    }
    add(&mut rows, left, None);
    rows
}

/// Adds what exchanges there were; the last one is what `step` tells of. A note belongs to the
/// exchange that it led to, or to the last step.
fn add<'t>(rows: &mut Vec<Row<'t>>, exchanges: &'t [Exchange], step: Option<&'t Step>) {
    let mut notes = Vec::new();
    let last = exchanges.len().saturating_sub(1);
    for (at, exchange) in exchanges.iter().enumerate() {
        match exchange {
            Exchange::Note { note, passed, rule } => {
                notes.push(Note { text: note, passed: *passed, rule: *rule });
            }
            Exchange::Http(http) => {
                let own = step.filter(|_| at == last);
                let well = if http.went_well() { Mark::Passed } else { Mark::Noted };
                rows.push(Row {
                    mark: own.map_or(well, |step| step.mark),
                    name: own.map_or(http.purpose.as_str(), |step| step.name),
                    text: http.description,
                    http: Some(http),
                    notes: std::mem::take(&mut notes),
                });
            }
        }
    }
    if let Some(row) = rows.last_mut() {
        row.notes.extend(notes);
    }
}

fn tells(step: &Step, exchange: &Exchange) -> bool {
    let Exchange::Http(http) = exchange else { return false };
    step.elapsed_ms.is_some() && http.request.line.split('?').next() == Some(step.text.as_str())
}

/// Who takes part, in the order in which they are drawn.
pub(super) fn parties(tested: &Tested) -> Vec<Party> {
    let all = [Party::Person, Party::Tieline, Party::AuthorizationServer, Party::Api];
    let takes_part = |party: &Party| {
        *party == Party::Tieline || tested.https().any(|http| [http.from, http.to].contains(party))
    };
    all.into_iter().filter(takes_part).collect()
}

/// The host of a party, where an exchange names it.
pub(super) fn host(tested: &Tested, party: Party) -> Option<&str> {
    let asked = tested.https().find(|http| http.to == party)?;
    let (_, url) = asked.request.parts();
    let rest = url.split_once("://")?.1;
    rest.split(['/', '?']).next()
}
