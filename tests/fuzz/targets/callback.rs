//! What a redirect brings, or somebody pastes: read without a panic, and never taken for ours without
//! the state that was sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tieline::definition::Callback;
use tieline::oauth2::{Issuer, check_state, parse_pasted, read_callback};
use tieline::secret::Secret;

fuzz_target!(|text: &str| {
    let Some(params) = parse_pasted(text) else { return };
    let state = Secret::from("a state that nobody guesses");
    if check_state(&params, &state).is_ok() {
        let ours = |(name, value): &(String, String)| name == "state" && state.equals(value);
        assert_eq!(params.iter().filter(|pair| ours(pair)).count(), 1);
    }
    let names = Callback { code: "code".to_owned(), extras: Vec::new() };
    let issuer = Issuer { name: "https://issuer.example", promised: true };
    if let Ok(redirect) = read_callback(&params, &names, Some(issuer)) {
        assert!(!redirect.code.is_empty());
        assert_eq!(redirect.params["iss"].trim_end_matches('/'), "https://issuer.example");
        assert!(!redirect.params.contains_key("error"));
    }
});
