//! Defines `drop-after-refresh`: a refresh is carried out, then the connection breaks before the
//! answer.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::sandbox::grants::GrantType;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "drop-after-refresh",
    explain: "a refresh is carried out, then the connection breaks before the answer",
};

/// The old refresh token is spent and the new one never arrives: the worst that a network can
/// do to a client.
pub(super) fn answer(grant_type: GrantType) -> Option<Response> {
    (grant_type == GrantType::RefreshToken).then(|| {
        // A body that fails makes the server close the connection.
        let broken = stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::BrokenPipe))]);
        ([(header::CONTENT_LENGTH, "400")], Body::from_stream(broken)).into_response()
    })
}
