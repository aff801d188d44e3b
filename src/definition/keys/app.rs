//! Keys of a definition itself, and of what stands in it beside its authorizations.

use super::super::field::FORMATS;
use super::super::{ACCOUNTS, STATUSES, pagination};
use super::{NAMED_TEXTS, Shape, TEXTS, keys, words};

/// Fields by name.
pub(in crate::definition) const FIELDS: Shape =
    Shape::Map(&Shape::Named("field", &Shape::Object(|| FIELD.to_vec())));

/// Headers by name; nothing removes one.
pub(in crate::definition) const HEADERS: Shape = Shape::Map(&Shape::Text);

/// Parts of an account by the variables that hold them; `null` takes one away.
pub(in crate::definition) const ENVIRONMENT: Shape = NAMED_TEXTS;

keys! {
    /// A definition.
    DEFINITION {
        "title" needed: Shape::Text => "The app's name for people."
        "docs": Shape::Text => "The vendor's page on authorization."
        "status": Shape::Choice(|| words(STATUSES)) => "How much is known: run against the live service, as the vendor's page says, from one secondary source, or ended by the vendor."
        "base_url": Shape::Text => "Template of the address that a path given to `call` is relative to."
        "hosts": TEXTS => "The hosts that a credential may go to; a leading dot covers a whole domain. Default: the hosts that the definition names."
        "accounts": Shape::Choice(|| words(ACCOUNTS)) => "Whether people usually connect one account or many."
        "extends": Shape::Text => "Another app, whose definition this one changes: mappings merge by key, lists are replaced, `null` removes a key."
        "fields": FIELDS => "What each account needs besides its credential, by name."
        "client": Shape::Object(|| CLIENT.to_vec()) => "What belongs to one's registration at the app."
        "headers": HEADERS => "Templates that are sent with every API call, whatever the authorization."
        "environment": ENVIRONMENT => "The variables in which other programs look for the credential, and the part of the account that each holds; `exec` sets them."
        "authorizations" needed: Shape::Map(&Shape::Named("authorization", &Shape::Authorization)) => "The ways in, by name; the first is the default."
        "errors": Shape::Map(&Shape::Object(|| ERROR.to_vec())) => "What the provider's error codes or an HTTP status mean, and what to do."
        "pagination": Shape::Object(|| PAGINATION.to_vec()) => "How a list that comes in pages goes on."
    }

    /// `client`.
    CLIENT {
        "id": Shape::Text => "A public client that the definition brings; `client set` takes its place."
        "fields": FIELDS => "What `client set` asks for besides id and secret; templates read it as `client.NAME`."
    }

    /// A field.
    FIELD {
        "label": Shape::Text => "What the prompt says."
        "help": Shape::Text => "A sentence that says where to find the value."
        "example": Shape::Text => "A value that would be accepted."
        "pattern": Shape::Text => "A regular expression that the whole value must match."
        "strip": Shape::Object(|| STRIP.to_vec()) => "What is taken off a pasted value first."
        "options": Shape::Either(&[Shape::Items(&Shape::Text), NAMED_TEXTS]) => "A closed choice: values, or values with what the menu shows for each."
        "default": Shape::Text => "The value where none is given; then it is not asked for."
        "format": Shape::Choice(|| words(FORMATS)) => "What sort of value it is; `url` and `host` name a server of the user's own."
        "optional": Shape::Flag => "The value may be left out."
        "secret": Shape::Flag => "The value is hidden when typed, and kept with the credential."
        "insecure": Shape::Flag => "The address may be unencrypted beyond this machine, with a warning."
    }

    /// `strip` of a field.
    STRIP {
        "prefix": Shape::Text => "Dropped from the front, in any case."
        "suffix": Shape::Text => "Dropped with all that follows, in any case."
    }

    /// What an error means.
    ERROR {
        "meaning": Shape::Text => "What the code means, in a sentence."
        "hint": Shape::Text => "What to do about it."
        "expired": Shape::Flag => "Whether it means an expired token, so that a refresh is tried; `false` for a 401 that does not."
    }

    /// `pagination`.
    PAGINATION {
        "type" needed: Shape::Choice(|| words(pagination::TYPES)) => "How pages are turned: by the `Link` header, a URL in the answer, a mark in the answer, the number of rows or of the page."
        "from": Shape::Text => "Where in the answer the next page's URL or mark stands, or what says whether there is one."
        "param": Shape::Text => "The query parameter that asks for a page."
        "first": Shape::Text => "What counting begins with: 1 for pages and 0 for offsets, if it does not say."
        "size_param": Shape::Text => "The query parameter for the size of a page."
        "items": Shape::Text => "Where in the answer the rows stand, such as `response.items`."
    }
}
