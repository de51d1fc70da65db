//! Whole runs of the connector, seen from outside: one crate, so that the tests link once.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod absence;
mod any_input;
mod attendance;
mod check;
mod command_line;
mod contract;
mod deploy;
mod doctor;
mod errors;
mod feed;
mod form;
mod hidden;
mod incremental;
mod inputs;
mod layers;
mod links;
mod lists;
#[cfg(target_os = "linux")]
mod memory;
mod messages;
mod network;
mod openapi;
mod panic;
mod parents;
mod requests;
mod resume;
mod secrets;
mod stdout;
mod streams;
mod support;
mod syncs;
mod terminal;
mod time;
mod tokens;
mod untrusted;
mod values;
mod variants;
mod windows;
