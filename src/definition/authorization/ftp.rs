//! FTP servers as apps: how one is told from its address, and what it has no use for.

use crate::definition::endpoint::Placement;
use crate::definition::field::Field;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::template::{Name, Template};

/// Whether the base URL, or the field that it begins with, is an FTP server's address.
pub(super) fn is_ftp(base_url: &Template, fields: &[Field]) -> bool {
    let start = base_url.raw_start().map(Name::root);
    let named = fields.iter().find(|field| start == Some(field.name.as_str()));
    ["ftp://", "ftps://"].iter().any(|scheme| base_url.source().starts_with(scheme))
        || named.is_some_and(Field::is_ftp)
}

/// Checks that such an app is described with what FTP has: a user name and a password.
pub(super) fn check(reader: &mut Reader, entries: &Entries, request: &Placement) {
    if request.basic.is_none() {
        let message = "an FTP server knows a user name and a password only";
        reader.report(Rule::Ftp, entries.span, message);
    }
    for key in ["user_info_endpoint", "lookups", "token_endpoint", "headers"] {
        let Some(node) = entries.take(key) else { continue };
        let message =
            format!("an FTP server is not spoken to over HTTP, so `{key}` is for nothing");
        reader.report(Rule::Ftp, &node.span, message);
    }
}
