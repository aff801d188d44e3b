//! Black-box tests: the real executable against the sandbox and against servers of the tests' own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skipped"
)]

mod recorder;
mod spelling;
mod stand_in;
mod support;
mod token;

mod accounts;
mod apps;
mod call;
mod canary;
mod checklists;
mod client;
mod completions;
mod connect;
mod devices;
mod doctor;
mod executed;
mod explanations;
mod fields;
mod first_contact;
mod ftp;
mod grants;
mod hostile;
mod integry;
mod keyring;
mod kill;
mod lint;
mod lint_formats;
mod lint_hostile;
mod lint_oauth2;
mod lint_rules;
mod lint_shapes;
mod listener;
mod man;
mod mending;
mod misbehave;
mod oauth1;
mod oauth1_call;
mod oauth1_compare;
mod pending;
mod proxy;
mod readme;
mod redirect;
mod refresh;
mod safeguards;
mod schema;
mod sandbox_app;
mod services;
mod signed;
mod smoke;
mod store;
mod strict;
