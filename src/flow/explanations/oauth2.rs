//! The codes of OAuth 2.0 and its extensions.

use super::Explanation;

const REDIRECT_CAUSE: &str = "the redirect URI is not registered for this client, to the letter";
const REDIRECT_FIX: &str =
    "run `tieline client show {app}` and register the redirect URI that it prints";

pub(super) const TABLE: &[Explanation] = &[
    // What is wrong with the redirect URI is said in words by most.
    Explanation::of("", REDIRECT_CAUSE, REDIRECT_FIX, "RFC 6749 section 3.1.2.4").said("redirect_uri"),
    Explanation::of("", REDIRECT_CAUSE, REDIRECT_FIX, "RFC 6749 section 3.1.2.4").said("redirect uri"),
    Explanation::of("redirect_uri_mismatch", REDIRECT_CAUSE, REDIRECT_FIX, "RFC 6749 section 3.1.2.4"),
    Explanation::of(
        "invalid_grant",
        "the code verifier does not belong to the code challenge that was sent",
        "run `tieline connect {id}` once more; if it stays, compare `pkce` in the definition with what the app supports",
        "RFC 7636 section 4.6",
    )
    .said("code verifier"),
    Explanation::of(
        "invalid_request",
        "the app asks for PKCE, and the definition sends none",
        "write `pkce: S256` in the definition",
        "RFC 7636 section 4.4.1",
    )
    .said("code challenge required"),
    Explanation::of(
        "invalid_request",
        "the app finds the request malformed; where a browser was sent, often the redirect URI or PKCE is not as registered",
        "look at the request with `-vv`, and at the redirect URI with `tieline client show {app}`",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "invalid_client",
        "the client id, or its secret, key or certificate, is wrong, or the client authenticates in another way than the app expects",
        "run `tieline client set {app}` with the id and secret that the app shows, or `tieline connect {id}` with the right key",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "invalid_grant",
        "the code, refresh token, password or assertion is wrong, expired, revoked or was used already",
        "run `tieline connect {id}`",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "unauthorized_client",
        "this client may not use this grant",
        "allow the grant (and refresh tokens) where the client is registered",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "unsupported_grant_type",
        "the token endpoint does not know this grant",
        "look at the request with `-vv`; the definition may need other `params`",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "invalid_scope",
        "a scope that was asked for is unknown, or not allowed for this client",
        "ask for others with `--scope` (for good: `client set {app} --scope`), or add the scope where the client is registered",
        "RFC 6749 section 5.2",
    ),
    Explanation::of(
        "access_denied",
        "you or the app refused the request",
        "nothing was stored; run `tieline connect {id}` to try again",
        "RFC 6749 section 4.1.2.1",
    ),
    Explanation::of(
        "unsupported_response_type",
        "the app gives no authorization codes to this client",
        "allow the authorization code grant where the client is registered",
        "RFC 6749 section 4.1.2.1",
    ),
    Explanation::of(
        "server_error",
        "the app failed on its own side",
        "try again later",
        "RFC 6749 section 4.1.2.1",
    ),
    Explanation::of(
        "temporarily_unavailable",
        "the app is overloaded or under maintenance",
        "try again later",
        "RFC 6749 section 4.1.2.1",
    ),
    Explanation::of(
        "invalid_token",
        "the access token is expired, revoked or malformed",
        "run `tieline connect {id}`",
        "RFC 6750 section 3.1",
    ),
    Explanation::of(
        "insufficient_scope",
        "the access token lacks a scope that this call needs",
        "connect again with the scope: `tieline connect {id} --scope ...`",
        "RFC 6750 section 3.1",
    ),
    Explanation::of(
        "expired_token",
        "nobody entered the code in time",
        "nothing was stored; run `tieline connect {id}` for a new code",
        "RFC 8628 section 3.5",
    ),
    Explanation::of(
        "slow_down",
        "too many requests in a short time",
        "wait a minute, then run `tieline connect {id}`",
        "RFC 8628 section 3.5",
    ),
    Explanation::of(
        "authorization_pending",
        "nobody has agreed yet",
        "run `tieline connect {id}` and enter the code that it shows",
        "RFC 8628 section 3.5",
    ),
    Explanation::of(
        "unsupported_token_type",
        "the app cannot revoke a token of this type",
        "take the access back in the settings of the app",
        "RFC 7009 section 2.2.1",
    ),
    Explanation::of(
        "invalid_redirect_uri",
        "the app does not take this redirect URI for this client, or for any",
        "run `tieline client show {app}` and register the one that it prints, or name another with `--redirect-uri`",
        "RFC 7591 section 3.2.2",
    ),
    Explanation::of(
        "invalid_client_metadata",
        "the app registers no client as it was described",
        "register one by hand, then run `tieline client set {app}`",
        "RFC 7591 section 3.2.2",
    ),
    Explanation::of(
        "invalid_software_statement",
        "the app registers only clients that somebody vouches for",
        "register one by hand, then run `tieline client set {app}`",
        "RFC 7591 section 3.2.2",
    ),
    Explanation::of(
        "unapproved_software_statement",
        "the app registers only clients that somebody vouches for",
        "register one by hand, then run `tieline client set {app}`",
        "RFC 7591 section 3.2.2",
    ),
    Explanation::of(
        "invalid_dpop_proof",
        "the app does not accept the proof of possession; most often the clock of this computer is off",
        "set the clock, then try again",
        "RFC 9449 section 5",
    ),
    Explanation::of(
        "use_dpop_nonce",
        "the app wants a nonce in the proof, and refused the one that it gave",
        "try again; if it stays, look with `-vv`",
        "RFC 9449 section 8",
    ),
    Explanation::of(
        "invalid_target",
        "the app gives no token for this `resource` or `audience`",
        "compare `resource` in the definition with what the API says of itself",
        "RFC 8707 section 2",
    ),
    Explanation::of(
        "invalid_request_uri",
        "the request that was pushed is over, or was used already",
        "run `tieline connect {id}` again, and sign in sooner",
        "RFC 9126 section 2.2",
    ),
    Explanation::of(
        "invalid_authorization_details",
        "the app does not know these `authorization_details`",
        "compare them with the documentation of the app",
        "RFC 9396 section 5",
    ),
    Explanation::of(
        "insufficient_user_authentication",
        "the app wants the person to sign in anew, or in a stronger way",
        "run `tieline connect {id}`",
        "RFC 9470 section 3",
    ),
];
