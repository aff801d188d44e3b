//! What Google says beside the standard codes.

use super::Explanation;

const EXPIRATION: &str = "https://developers.google.com/identity/protocols/oauth2#expiration";
const NATIVE: &str = "https://developers.google.com/identity/protocols/oauth2/native-app";
const SERVICE: &str = "https://developers.google.com/identity/protocols/oauth2/service-account";

pub(super) const TABLE: &[Explanation] = &[
    Explanation::of(
        "invalid_grant",
        "the token was revoked or has ended: at Google after seven days while the consent screen is in Testing, after six months without use, with a new password, or when newer tokens pushed it out",
        "set the publishing status to In production if it is in Testing, then run `tieline connect {id}`",
        EXPIRATION,
    )
    .said("token has been expired or revoked"),
    Explanation::of(
        "invalid_grant",
        "the assertion is too old or too young: most often the clock of this computer is off",
        "set the clock, then try again",
        SERVICE,
    )
    .said("reasonable timeframe"),
    Explanation::of(
        "invalid_grant",
        "the key that signed the assertion is not one of the service account: it was deleted, or belongs to another",
        "make a new key for the service account and connect with its file",
        SERVICE,
    )
    .said("invalid jwt signature"),
    Explanation::of(
        "invalid_grant",
        "there is no such service account any more",
        "make another one, with a key, and connect with its file",
        SERVICE,
    )
    .said("account not found"),
    Explanation::of(
        "unauthorized_client",
        "domain-wide delegation is not set up for this service account and these scopes",
        "have an administrator add its client id with the scopes, under Security > API controls",
        SERVICE,
    )
    .said("client is unauthorized to retrieve access tokens"),
    Explanation::of(
        "invalid_rapt",
        "the administrator has people sign in again from time to time (Google Cloud session control)",
        "run `tieline connect {id}`",
        EXPIRATION,
    ),
    Explanation::of(
        "admin_policy_enforced",
        "the administrator of the person's organization does not allow these scopes to this app",
        "ask the administrator to trust the client id, under Security > API controls",
        NATIVE,
    ),
    Explanation::of(
        "org_internal",
        "the app is for people of one organization only, and this person is not one of them",
        "sign in with an account of the organization, or set the user type to External",
        NATIVE,
    ),
    Explanation::of(
        "disallowed_useragent",
        "the page was opened in a browser inside an app, which Google refuses",
        "open the address in an ordinary browser",
        NATIVE,
    ),
    Explanation::of(
        "deleted_client",
        "the client was deleted in the Google Cloud console",
        "make another one and run `tieline client set {app}`",
        NATIVE,
    ),
    Explanation::of(
        "disabled_client",
        "the client was disabled, by its owner or by Google",
        "look at it in the Google Cloud console, or make another one and run `tieline client set {app}`",
        NATIVE,
    ),
];
