//! Defines `unauthorized-once`: the API answers 401 to the first call, as if the token had
//! expired early.

use axum::response::Response;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "unauthorized-once",
    explain: "the API answers 401 to the first call, as if the token had expired early",
};

pub(super) fn answer() -> Response {
    super::unauthorized::answer()
}
