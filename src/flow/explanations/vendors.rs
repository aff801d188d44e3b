//! Codes that several vendors have made up: other names of standard ones, and some that say more.

use super::Explanation;

const SLACK: &str = "https://docs.slack.dev/reference/methods/auth.test";
const ZOHO: &str = "https://www.zoho.com/accounts/protocol/oauth/limits.html";
const SALESFORCE: &str =
    "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm";

/// Codes that vendors use for what has a standard name.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("bad_redirect_uri", "redirect_uri_mismatch"),
    ("mismatch_redirect_uri_auth_code", "redirect_uri_mismatch"),
    ("invalid_client_id", "invalid_client"),
    ("invalid_client_secret", "invalid_client"),
    ("bad_client_id", "invalid_client"),
    ("bad_client_secret", "invalid_client"),
    ("incorrect_client_credentials", "invalid_client"),
    ("consumer_key_unknown", "invalid_client"),
    ("consumer_key_rejected", "invalid_client"),
    ("consumer_key_refused", "invalid_client"),
    ("bad_verification_code", "invalid_grant"),
    ("bad_auth_code", "invalid_grant"),
    ("bad_refresh_token", "invalid_grant"),
    ("invalid_code", "invalid_grant"),
    ("invalid_refresh_token", "invalid_grant"),
    ("expired_authorization_code", "invalid_grant"),
    ("token_expired", "invalid_token"),
    ("token_revoked", "invalid_token"),
    ("token_rejected", "invalid_token"),
    ("invalid_access_token", "invalid_token"),
    ("invalid_session_id", "invalid_token"),
    ("expired_access_token", "invalid_token"),
    ("missing_scope", "insufficient_scope"),
    ("missing_scopes", "insufficient_scope"),
    ("insufficient_scopes", "insufficient_scope"),
    ("oauth_scope_mismatch", "insufficient_scope"),
    ("user_refused", "access_denied"),
    ("permission_denied", "access_denied"),
    ("unauthorized", "401"),
    ("unauthenticated", "401"),
    ("invalid_auth", "401"),
    ("not_authed", "401"),
    ("invalid_credentials", "401"),
    ("invalid_api_key", "401"),
    ("authentication_failed", "401"),
    ("authentication_failure", "401"),
    ("authentication_error", "401"),
    ("forbidden", "403"),
    ("not_found", "404"),
    ("rate_limited", "429"),
    ("ratelimited", "429"),
    ("rate_limit_exceeded", "429"),
    ("request_limit_exceeded", "429"),
    ("too_many_requests", "429"),
];

pub(super) const TABLE: &[Explanation] = &[
    // Zoho says this when more than ten tokens are asked for in ten minutes.
    Explanation::of(
        "access_denied",
        "too many tokens were asked for in a short time",
        "wait ten minutes, then try again",
        ZOHO,
    )
    .said("too many requests"),
    Explanation::of(
        "invalid_grant",
        "the person may not sign in from this network, or at this hour",
        "look at the profile's login hours and IP ranges in Salesforce, or relax IP restrictions of the connected app",
        SALESFORCE,
    )
    .said("ip restricted"),
    Explanation::of(
        "invalid_grant",
        "the person is locked out, or no longer active",
        "ask an administrator of the app",
        SALESFORCE,
    )
    .said("inactive user"),
    Explanation::of(
        "account_inactive",
        "the user or the workspace that the token belongs to is gone",
        "run `tieline connect {id}` as somebody who is still there",
        SLACK,
    ),
    Explanation::of(
        "org_login_required",
        "the workspace is moving to an organization, and answers nobody meanwhile",
        "try again later",
        SLACK,
    ),
    Explanation::of(
        "team_access_not_granted",
        "the app is approved for the organization, and not for this workspace",
        "ask an administrator to add the app to the workspace",
        SLACK,
    ),
    Explanation::of(
        "not_allowed_token_type",
        "this call takes another kind of token",
        "connect with the authorization that gives it: `tieline connect {id} --auth ...`",
        SLACK,
    ),
];
