//! What a status alone says.

use super::Explanation;

const RFC: &str = "RFC 9110 section 15";

/// A request with a credential goes where the definition says, and nowhere else.
const fn redirect(code: &'static str) -> Explanation {
    Explanation::of(
        code,
        "it is a redirect, and a request with a credential is not sent on",
        "look where it leads with `-vv`, and write that address into the definition",
        "RFC 9110 section 15.4",
    )
}

pub(super) const TABLE: &[Explanation] = &[
    redirect("301"),
    redirect("302"),
    redirect("303"),
    redirect("307"),
    redirect("308"),
    Explanation::of(
        "400",
        "the app finds the request malformed",
        "look at the request and the answer with `-vv`",
        RFC,
    ),
    Explanation::of(
        "401",
        "the app does not accept the credential",
        "run `tieline connect {id}`",
        RFC,
    ),
    Explanation::of(
        "402",
        "the account at the app is not paid for, or its plan does not have this",
        "look at the plan in the app",
        RFC,
    ),
    Explanation::of(
        "403",
        "the credential is good, and may not do this",
        "check the permissions or scopes of the account; `tieline accounts show {id}` lists them",
        RFC,
    ),
    Explanation::of(
        "404",
        "there is nothing at this address, or the account may not know of it",
        "check the address and the fields with `tieline accounts show {id}`",
        RFC,
    ),
    Explanation::of(
        "405",
        "this address takes another method",
        "look at the app's documentation for the method",
        RFC,
    ),
    Explanation::of(
        "407",
        "a proxy on the way wants to know who asks",
        "put a name and password into HTTPS_PROXY, as in http://NAME:PASSWORD@HOST:PORT",
        RFC,
    ),
    Explanation::of(
        "415",
        "the app expects another format of the body",
        "compare `encoding` in the definition, or the `content-type` that you send",
        RFC,
    ),
    Explanation::of(
        "429",
        "too many requests in a short time",
        "wait, then try again",
        "RFC 6585 section 4",
    ),
    Explanation::of(
        "511",
        "the network wants you to sign in first, as in a hotel or a train",
        "open a browser and sign in to the network",
        "RFC 6585 section 6",
    ),
    Explanation::of("500", "the app failed on its own side", "try again later", RFC),
    Explanation::of("502", "a server in between failed", "try again later", RFC),
    Explanation::of("503", "the app is not available", "try again later", RFC),
    Explanation::of("504", "a server in between waited too long", "try again later", RFC),
];
