//! Signing any request by OAuth 1.0a: no panic, the same signature for the same request, and the
//! request itself is left as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tieline::definition::{ParametersIn, SignatureMethod};
use tieline::oauth1::{Credentials, Moment, Options, sign};
use tieline::request::{Body, Request};
use tieline::secret::Secret;

fuzz_target!(|input: (&str, Vec<(String, String)>, &str, &str)| {
    let (address, form, secret, realm) = input;
    let Ok(url) = url::Url::parse(&format!("https://a.test/{address}")) else { return };
    // A former signature is taken away: a redirect may repeat it.
    if url.query().is_some_and(|query| query.contains("oauth_signature=")) {
        return;
    }
    let request = Request { method: http::Method::POST, url, headers: Vec::new(), body: Body::Form(form) };
    let credentials = || Credentials {
        consumer_key: realm.to_owned(),
        consumer_secret: Some(Secret::from(secret)),
        token: None,
        token_secret: None,
    };
    let options = Options {
        method: SignatureMethod::HmacSha1,
        realm: None,
        parameters_in: ParametersIn::Header,
    };
    let moment = Moment { timestamp: 1, nonce: "n" };
    let signed = || {
        let mut copy = request.clone();
        sign(&mut copy, &credentials(), &options, &[], &moment).ok()?;
        assert_eq!(copy.url, request.url, "the address changed");
        copy.header("authorization").map(ToOwned::to_owned)
    };
    assert_eq!(signed(), signed());
});
