//! Defines `too-many-requests-once`: the API answers 429 to the first call, the next ones work.

use axum::response::Response;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "too-many-requests-once",
    explain: "the API answers 429 to the first call, the next ones work",
};

pub(super) fn answer() -> Response {
    super::too_many_requests::answer()
}
