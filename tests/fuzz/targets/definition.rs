//! A definition from a stranger: findings, never a panic, and nothing that passes has a host that
//! could be any.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::rc::Rc;
use tieline::definition::{Definition, Tree};
use tieline::definition::names::AppName;
use tieline::definition::source::Source;

fuzz_target!(|text: &str| {
    let Ok(app) = AppName::parse("fuzzed") else { return };
    let source = Rc::new(Source::new("fuzzed.yaml", text));
    let parsed = Definition::parse(&app, &Tree::read(&source), &|_| None);
    match parsed.definition {
        Some(definition) => {
            assert!(!definition.authorizations.is_empty(), "a definition without a way in");
            let _ = definition.client_hosts();
        }
        None => assert!(!parsed.findings.is_empty(), "refused without a reason"),
    }
});
