//! `tieline` connects a terminal to any app's API: an app's authorization is described once in YAML,
//! `connect` runs it, the keyring keeps the credential, and `call`, `test` and `accounts` work alike
//! for every app.
//!
//! # The map
//!
//! Imports run downwards only.
//!
//! | layer | modules | what it may touch |
//! |---|---|---|
//! | commands | [`cli`], [`commands`] | arguments |
//! | reports | [`report`] | nothing: pure functions over what a trial found |
//! | flows | [`flow`], [`refresh`], [`trial`] | nothing of their own |
//! | adapters | [`accounts`], [`candidates`], [`http`], [`ftp`], [`stand_in`], [`terminal`], [`settings`], [`context`] | network, files, terminal; only `context` reads the environment, only `terminal` prints |
//! | error | [`error`] | nothing: it converts what lies below |
//! | adapters with errors of their own | [`store`], [`catalog`], [`redirect`], [`loopback`], [`browser`], [`sandbox`], [`mod@file`] | network, files, keyring |
//! | protocol | [`oauth1`], [`oauth2`], [`jose`], [`signature`], [`request`], [`answer`], [`pages`], [`draft`], [`nango`], [`openapi`] | nothing: pure functions |
//! | values | [`definition`], [`template`], [`credential`], [`account`], [`pending`], [`secret`], [`text`] | nothing |
//!
//! `definition` may name `template` and not the other way round. A new app is one file in `apps/`,
//! a new command one file in `commands`, a new grant one file in `flow`.

pub mod account;
pub mod accounts;
pub mod answer;
pub mod browser;
pub mod candidates;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod context;
pub mod credential;
pub mod definition;
pub mod draft;
pub mod error;
pub mod file;
pub mod flow;
pub mod ftp;
pub mod http;
pub mod jose;
pub mod loopback;
pub mod nango;
pub mod oauth1;
pub mod oauth2;
pub mod openapi;
pub mod pages;
pub mod pending;
pub mod redirect;
pub mod refresh;
pub mod report;
pub mod request;
pub mod sandbox;
pub mod secret;
pub mod settings;
pub mod signature;
pub mod stand_in;
pub mod store;
pub mod template;
pub mod terminal;
pub mod text;
pub mod trial;

use commands::App;
