//! URLs of a definition: a credential travels only over TLS, or stays on this machine.

use crate::definition::absent::AT_CALLS;
use crate::definition::reach::host_part;
use crate::definition::reader::Reader;
use crate::definition::rule::Rule;
use crate::definition::yaml::Node;
use crate::template::{Place, Template};

/// A URL template; a literal one must be https, loopback or relative.
pub(in crate::definition) fn read_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    let template = reader.template(node, Place::Url, "a URL")?;
    if in_the_clear(&template) {
        reader.report(Rule::NotHttps, &node.span, "a credential only travels over https");
    }
    Some(template)
}

/// The URL that the paths of API calls are relative to.
pub(in crate::definition) fn read_base_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    reader.without(AT_CALLS, |reader| read_url(reader, node))
}

/// Whether a URL leaves this machine without TLS.
fn in_the_clear(url: &Template) -> bool {
    let Some((scheme, _)) = url.source().split_once("://") else { return false };
    let host = host_part(url).unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "https" | "ftps" => false,
        // Its field says whether it may be: `insecure`.
        "ftp" if host.contains("{{") => false,
        scheme => !scheme.contains("{{") && !["127.0.0.1", "localhost", "[::1]"].contains(&&*host),
    }
}
