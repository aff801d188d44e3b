//! Any answer of a token endpoint: no panic, and no tokens out of nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::rc::Rc;
use tieline::answer::Answer;
use tieline::definition::names::AppName;
use tieline::definition::source::Source;
use tieline::definition::{Definition, Endpoint, Tree};
use tieline::flow::token_set::read_token_set;
use tieline::template::Scope;

const DEFINITION: &str = "
title: Fuzzed
base_url: https://a.test
authorizations:
  oauth:
    type: oauth2
    authorization_uri: https://a.test/authorize
    token_endpoint: https://a.test/token
    user_info_endpoint: null
";

const KINDS: [&str; 5] =
    ["application/json", "application/x-www-form-urlencoded", "text/xml", "text/html", ""];

thread_local! {
    static ENDPOINT: Endpoint = {
        let source = Rc::new(Source::new("fuzzed.yaml", DEFINITION));
        let app = AppName::parse("fuzzed").unwrap();
        let definition = Definition::parse(&app, &Tree::read(&source), &|_| None).definition.unwrap();
        definition.authorizations[0].oauth2().unwrap().token[0].clone()
    };
}

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (kind, status, body) = input;
    let kind = KINDS[usize::from(kind) % KINDS.len()];
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    let answer = Answer::new(status, headers, body);
    let mut scope = Scope::default();
    answer.fill(&mut scope);
    ENDPOINT.with(|endpoint| {
        if let Ok(token) = read_token_set(endpoint, &answer, &scope, "the fuzzer") {
            assert!(!token.access_token.is_empty());
        }
    });
});
