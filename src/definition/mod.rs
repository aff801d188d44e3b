//! Definitions: what an app's YAML file says, parsed once into types that cannot be wrong.

mod absent;
mod assertion;
mod authorization;
mod coherence;
mod endpoint;
mod environment;
mod field;
pub mod finding;
mod grant;
mod hidden;
pub mod hosts;
mod keys;
mod literal;
mod meant;
mod merge;
pub mod names;
mod oauth1;
mod oauth2;
mod pagination;
mod part;
mod presets;
mod reach;
mod read;
mod reader;
mod redirection;
mod residue;
pub mod rule;
pub mod schema;
mod sending;
mod server_metadata;
mod signature;
pub mod source;
mod token_endpoint;
mod tree;
mod unused;
pub mod yaml;

pub use assertion::{ALGORITHMS, Assertion};
pub use authorization::{Authorization, TYPES, Type, Way};
pub use endpoint::{
    Basic, CLIENT_AUTHENTICATIONS, Choose, ClientAuthentication, Encoding, Endpoint, IDENTITY,
    Param, Placement, Response,
};
pub use environment::{Variable, is_variable_name};
pub use field::{Field, FieldError, Format, Pattern};
pub use grant::{GRANTS, GrantType};
pub use oauth1::{
    Legs, OAuth1, ParametersIn, REQUEST_TOKEN, SIGNATURE_METHODS, SignatureMethod, Signing,
};
pub use oauth2::{Callback, OAuth2, Pkce, RefreshPolicy};
pub use pagination::{Pagination, Way as PageWay};
pub use part::Part;
pub use reach::ReachError;
pub use redirection::{RedirectUriError, Redirection, ResponseMode, check_redirect_uri};
pub use server_metadata::ServerMetadata;
pub use signature::{AwsSigV4, OAuth1Signature, Signature, TlsClient};
pub use tree::Tree;

use crate::template::{Place, Template};
use finding::Finding;
use names::AppName;
use reader::Reader;
use rule::Severity;
use std::rc::Rc;
use yaml::Node;

/// An app: how it is reached, and every way in.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name in commands.
    pub app: AppName,
    /// Its name for people.
    pub title: String,
    /// The vendor's page on authorization.
    pub docs: Option<String>,
    /// How much is known.
    pub status: Status,
    /// The hosts that a credential may go to, where the definition lists them.
    pub hosts: Option<Vec<String>>,
    /// Whether several accounts are meant to be connected.
    pub many_accounts: bool,
    /// A public client that the definition brings.
    pub client_id: Option<String>,
    /// What belongs to one's registration at the app.
    pub client_fields: Vec<Field>,
    /// The app under whose name a client is registered: the outermost parent.
    pub client_app: AppName,
    /// Its ways in; the first is the default.
    pub authorizations: Vec<Authorization>,
    /// What the app's error codes mean.
    pub errors: Vec<(String, KnownError)>,
    /// How a list that comes in pages goes on.
    pub pagination: Option<Pagination>,
}

/// How much is known of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Run against the live service.
    Tested,
    /// Agrees with the vendor's page.
    Documented,
    /// One secondary source, or memory.
    Unverified,
    /// The vendor has ended the service.
    Discontinued,
}

/// What an error code means at this app.
#[derive(Clone, Debug, Default)]
pub struct KnownError {
    /// In a sentence.
    pub meaning: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Whether it means an expired token.
    pub expired: Option<bool>,
}

const ACCOUNTS: &[(&str, bool)] = &[("one", false), ("many", true)];

const STATUSES: &[(&str, Status)] = &[
    ("tested", Status::Tested),
    ("documented", Status::Documented),
    ("unverified", Status::Unverified),
    ("discontinued", Status::Discontinued),
];

/// A definition, if there is one, and everything that was found.
pub struct Parsed {
    /// Present unless there is an error among the findings.
    pub definition: Option<Definition>,
    /// Everything that is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// What it was read from, its parents beneath it; none where that is no YAML.
    pub tree: Option<Node>,
}

impl Status {
    /// Its name in definitions.
    #[must_use]
    pub fn name(self) -> &'static str {
        STATUSES.iter().find(|(_, status)| *status == self).map_or("", |(name, _)| name)
    }
}

impl Definition {
    /// Reads a definition. `parent` gives the tree of an app that it extends.
    pub fn parse(
        app: &AppName,
        tree: &Tree,
        parent: &dyn Fn(&AppName) -> Option<Rc<Tree>>,
    ) -> Parsed {
        let mut reader = Reader::default();
        let (tree, client_app) = tree::load(&mut reader, app, tree, parent).unzip();
        let definition = tree
            .as_ref()
            .zip(client_app)
            .and_then(|(node, client_app)| Self::read(&mut reader, app, client_app, node));
        let mut findings = reader.findings;
        findings.sort_by_key(|finding| (finding.span.source.name.clone(), finding.span.start));
        // What several authorizations share is read for each, and told once.
        let mut told = std::collections::BTreeSet::new();
        findings.retain(|finding| told.insert(finding.line()));
        let broken = findings.iter().any(|finding| finding.rule.severity() == Severity::Error);
        Parsed { definition: definition.filter(|_| !broken), findings, tree }
    }

    /// An authorization by name, or the default.
    #[must_use]
    pub fn authorization(&self, name: Option<&str>) -> Option<&Authorization> {
        match name {
            Some(name) => self.authorizations.iter().find(|auth| auth.name == name),
            None => self.authorizations.first(),
        }
    }

    /// What an error code or status means here.
    #[must_use]
    pub fn known_error(&self, code: &str) -> Option<&KnownError> {
        self.errors.iter().find(|(known, _)| known == code).map(|(_, error)| error)
    }
}

/// A template without expressions, for defaults that the format itself gives.
#[must_use]
pub fn answer_template(source: &str) -> Option<Template> {
    Template::parse(source, Place::Answer).ok()
}
