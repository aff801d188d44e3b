//! The codes of Microsoft Entra ID, which stand in the description. They are explained at
//! <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>.

use super::Explanation;

macro_rules! aadsts {
    ($number:literal, $cause:literal, $fix:literal $(,)?) => {
        Explanation::of(
            "",
            $cause,
            $fix,
            concat!("https://login.microsoftonline.com/error?code=", $number),
        )
        .said(concat!("aadsts", $number, ":"))
    };
}

pub(super) const TABLE: &[Explanation] = &[
    aadsts!(
        "50011",
        "the redirect URI is not in the registration of this client, to the letter",
        "add the one that `tieline client show {app}` prints, under Authentication > Mobile and desktop applications",
    ),
    aadsts!(
        "50020",
        "this person's account belongs to another tenant, and is no guest of this one",
        "sign in with an account of the tenant, or connect with another `--field tenant=...`",
    ),
    aadsts!(
        "50076",
        "the tenant asks for a second factor, which was not shown",
        "run `tieline connect {id}` and confirm in the browser",
    ),
    aadsts!(
        "50079",
        "the tenant asks for a second factor, and this person has none yet",
        "run `tieline connect {id}` and set one up in the browser",
    ),
    aadsts!(
        "50105",
        "the app is open to some people only, and this person is not one of them",
        "ask an administrator to assign the person to it, under Enterprise applications > Users and groups",
    ),
    aadsts!(
        "50173",
        "the password has been changed, or all sessions were revoked, since the account was connected",
        "run `tieline connect {id}`",
    ),
    aadsts!(
        "500011",
        "the API that a scope or `resource` names is not known in this tenant",
        "compare the scopes, and the tenant that the account was connected with",
    ),
    aadsts!(
        "53003",
        "a Conditional Access policy of the tenant forbids it, for example from this device or place",
        "ask an administrator; the sign-in log of the tenant names the policy",
    ),
    aadsts!("54005", "the authorization code was traded already", "run `tieline connect {id}`",),
    aadsts!(
        "65001",
        "nobody has agreed to these permissions for this app yet",
        "run `tieline connect {id}` and agree; some permissions need an administrator",
    ),
    aadsts!(
        "70008",
        "the authorization code or refresh token has expired",
        "run `tieline connect {id}`",
    ),
    aadsts!(
        "70011",
        "a scope is unknown, or scopes of two APIs were asked for together",
        "ask for those of one API with `--scope`",
    ),
    aadsts!(
        "70043",
        "a policy of the tenant has the person sign in again from time to time",
        "run `tieline connect {id}`",
    ),
    aadsts!(
        "700016",
        "the tenant does not know the app with this client id",
        "compare the client id with `tieline client show {app}`, and the tenant with `tieline accounts show {id}`",
    ),
    aadsts!(
        "700025",
        "this client is a public one, and sent a secret all the same",
        "run `tieline client set {app} --public`",
    ),
    aadsts!(
        "700027",
        "the certificate or key that signed the client's JWT is not the registered one",
        "compare the thumbprint under Certificates & secrets, and the clock of this computer",
    ),
    aadsts!("700082", "the refresh token was not used for too long", "run `tieline connect {id}`",),
    aadsts!(
        "7000215",
        "the client secret is wrong: often its ID was taken in place of its value",
        "make a new secret under Certificates & secrets, copy its Value, and run `tieline client set {app}`",
    ),
    aadsts!(
        "7000218",
        "this client is a confidential one, and sent no secret",
        "run `tieline client set {app}` with its secret, or switch on Allow public client flows in the registration",
    ),
    aadsts!(
        "7000222",
        "the client secret has expired",
        "make a new one under Certificates & secrets and run `tieline client set {app}`",
    ),
    aadsts!(
        "90002",
        "there is no such tenant",
        "connect again with the tenant's ID or one of its domains: `--field tenant=...`",
    ),
    aadsts!(
        "90094",
        "an administrator has to agree to these permissions",
        "ask one to grant consent, under Enterprise applications > Permissions",
    ),
];
