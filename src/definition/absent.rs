//! Names that templates know, but that have no value at a place: what is only there while a token is
//! asked for, or while a request is authenticated.

use super::reader::Absent;

/// What to do about a value that is gone when it is wanted.
pub(super) const KEEP: &str = "keep what is needed as `extras` and name `extras.…` here";

const WHILE_ASKING: &str = "while a token is asked for";
const IN_REQUEST: &str = "in `request`, when the rest of the request is known";
const MOVE: &str = "place it by the authorization's `request`";

/// In `request`, and in the headers and the base URL of every call.
pub(super) const WHEN_CALLING: Absent = &[
    ("code", WHILE_ASKING, KEEP),
    ("code_verifier", WHILE_ASKING, KEEP),
    ("grant_type", WHILE_ASKING, KEEP),
    ("redirect_uri", WHILE_ASKING, KEEP),
    ("state", WHILE_ASKING, KEEP),
];

/// In an endpoint that is called with the credential.
pub(super) const AT_CALLS: Absent = &[
    ("code", WHILE_ASKING, KEEP),
    ("code_verifier", WHILE_ASKING, KEEP),
    ("grant_type", WHILE_ASKING, KEEP),
    ("redirect_uri", WHILE_ASKING, KEEP),
    ("state", WHILE_ASKING, KEEP),
    ("request", IN_REQUEST, MOVE),
];

/// In an endpoint that the client itself asks.
pub(super) const AT_TOKEN_ENDPOINTS: Absent = &[("request", IN_REQUEST, MOVE)];
