//! Defines `huge-answer`: the token endpoint answers with JSON that never ends.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "huge-answer", explain: "the token endpoint answers with JSON that never ends" };

/// It goes on until the client hangs up.
pub(super) fn answer() -> Response {
    let start = Bytes::from_static(br#"{"token_type":"Bearer","access_token":""#);
    let rest = stream::repeat(Bytes::from(vec![b'a'; 16 * 1024]));
    let body = stream::iter([start]).chain(rest).map(Ok::<_, std::io::Error>);
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response()
}
