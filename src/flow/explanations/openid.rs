//! The codes of OpenID Connect.

use super::Explanation;

const CORE: &str = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";

pub(super) const TABLE: &[Explanation] = &[
    Explanation::of(
        "login_required",
        "nobody is signed in there, and the definition forbids the app to ask (`prompt: none`)",
        "run `tieline connect {id}`; take `prompt` out of `authorization_params` if it stays",
        CORE,
    ),
    Explanation::of(
        "interaction_required",
        "the person has to do something at the app: sign in again, or confirm with a second factor",
        "run `tieline connect {id}`",
        CORE,
    ),
    Explanation::of(
        "consent_required",
        "nobody has agreed to these scopes yet",
        "run `tieline connect {id}`, or ask an administrator to agree for everybody",
        CORE,
    ),
    Explanation::of(
        "account_selection_required",
        "the person is signed in with several accounts and has to pick one",
        "run `tieline connect {id}` and pick the account in the browser",
        CORE,
    ),
    Explanation::of(
        "request_not_supported",
        "the app takes no request objects",
        "take `request` out of the definition's parameters",
        CORE,
    ),
    Explanation::of(
        "request_uri_not_supported",
        "the app takes no pushed authorization requests",
        "take `pushed_authorization_request_endpoint` out of the definition",
        CORE,
    ),
    Explanation::of(
        "registration_not_supported",
        "the app registers no client in passing",
        "register one by hand, then run `tieline client set {app}`",
        CORE,
    ),
];
