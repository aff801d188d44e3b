//! Black-box tests: the real executable against the sandbox and against servers of the tests' own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skipped"
)]

mod certificates;
mod recorder;
mod spelling;
mod stand_in;
mod support;
mod token;

mod accounts;
mod apps;
mod call;
mod call_answers;
mod call_bodies;
mod call_files;
mod call_look;
mod call_network;
mod call_terminal;
mod canary;
mod checklists;
mod client;
mod completions;
mod config;
mod connect;
mod devices;
mod directory;
mod discovery;
mod doctor;
mod exec_environment;
mod executed;
mod explanations;
mod fields;
mod first_contact;
mod ftp;
mod golden;
mod grants;
mod hostile;
mod import;
mod integry;
mod keyring;
mod kill;
mod lint;
mod lint_formats;
mod lint_hostile;
mod lint_oauth2;
mod lint_online;
mod lint_rules;
mod lint_shapes;
mod listener;
mod man;
mod mending;
mod misbehave;
mod oauth1;
mod oauth1_call;
mod oauth1_compare;
mod own_apps;
mod pending;
mod proxy;
mod readme;
mod recording;
mod redirect;
mod refresh;
mod rehearsal;
mod report;
mod safeguards;
mod sandbox_app;
mod schema;
mod services;
mod several;
mod signed;
mod smoke;
mod store;
mod strict;
mod terminal;
