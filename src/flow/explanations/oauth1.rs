//! The codes of OAuth 1.0's Problem Reporting extension.

use super::Explanation;

const PROBLEMS: &str = "https://oauth.pbworks.com/w/page/12239005/ProblemReporting";
const RFC: &str = "RFC 5849 section 3.2";

pub(super) const TABLE: &[Explanation] = &[
    Explanation::of(
        "signature_invalid",
        "the client secret is wrong, or the app expects another `signature_method`",
        "run `tieline client set {app}` with the id and secret that the app shows",
        RFC,
    ),
    Explanation::of(
        "signature_method_rejected",
        "the app does not take this `signature_method`",
        "write another one in the definition: HMAC-SHA1 is taken by most",
        RFC,
    ),
    Explanation::of(
        "timestamp_refused",
        "the clock of this computer is off, or that of the app",
        "set the clock, then try again",
        RFC,
    ),
    Explanation::of(
        "nonce_used",
        "the app has seen this request already",
        "try again; each request has a nonce of its own",
        RFC,
    ),
    Explanation::of(
        "token_used",
        "the request token was traded already",
        "run `tieline connect {id}`",
        PROBLEMS,
    ),
    Explanation::of(
        "parameter_absent",
        "the app misses a parameter",
        "look at the request with `-vv`; the definition may need other `params`",
        PROBLEMS,
    ),
    Explanation::of(
        "parameter_rejected",
        "the app does not take a parameter",
        "look at the request with `-vv`; `null` in `params` leaves one out",
        PROBLEMS,
    ),
    Explanation::of(
        "permission_unknown",
        "the person has not answered the app's question yet",
        "run `tieline connect {id}` and agree in the browser",
        PROBLEMS,
    ),
    Explanation::of(
        "additional_authorization_required",
        "the token is good, and not for this",
        "run `tieline connect {id}` and agree to more in the browser",
        PROBLEMS,
    ),
];
