//! Any template over any values: an error or bounded text, never a panic or an abort.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tieline::template::{Moment, Place, Scope, Template};

const PLACES: [Place; 6] =
    [Place::Url, Place::Header, Place::Text, Place::JsonBody, Place::Body, Place::Answer];

fuzz_target!(|input: (u8, &str, &str, &str)| {
    let (place, source, access_token, answer) = input;
    let place = PLACES[usize::from(place) % PLACES.len()];
    let Ok(template) = Template::parse(source, place) else { return };
    let mut scope = Scope::new(Moment::default());
    scope.set("access_token", Some(access_token));
    scope.set("code", None);
    scope.set_value("response", serde_json::from_str(answer).unwrap_or_default());
    if let Ok(Some(text)) = template.render(&scope) {
        assert!(text.len() <= 1024 * 1024);
        if place == Place::Header {
            assert!(!text.contains(['\r', '\n']), "a line break in a header");
        }
    }
});
