//! A 360Learning API v2 on localhost, for those who build or test something that reads it: there is no public
//! instance to develop against. Same options, same data: nothing depends on the time of day.
//!
//! # Layout
//!
//! A request enters through `server` (HTTP only). `endpoints` is the table of the API and names what was asked;
//! `platform` decides the answer: `auth` checks the token, `log` counts and limits, `lookup` finds rows in the
//! data, `filter` drops some, `pages` cuts the rest. `faults` says which answers are spoilt, `spoilt` how they
//! look, and `answer` puts all of them into HTTP. `row` is a record as one endpoint shows it; `truth` is the same records as a connector should emit them.
//!
//! `variant` names the open questions of the documentation that can be answered the other way; `tenant` is the set that
//! a sandbox was started with, asked wherever an answer depends on it; `nexts` forgets tokens of pages for it.
//!
//! `data` makes the world from a seed: `network` (groups), `people`, `training` (paths, sessions, `enrollments`,
//! `progress`), `classrooms` and `attendance`, all of them plain `records` in `table`s; `more` adds every other
//! kind, `relations` says what follows from them, and `gathered` lists it by group.
//! `data::change` moves it by a day and tells what it touched.
//!
//! `control` is the side door for testers, and `sandbox` the handle that owns a running server.

mod answer;
mod auth;
mod control;
mod data;
mod endpoints;
mod faults;
mod filter;
mod log;
mod lookup;
mod nexts;
mod options;
mod pages;
mod platform;
mod row;
mod sandbox;
mod scale;
mod server;
mod spoilt;
mod tenant;
mod truth;
mod variant;

pub use auth::{CLIENT_ID, CLIENT_SECRET};
pub use data::{Changes, Touched};
pub use endpoints::{ENDPOINTS, Endpoint, Filter};
pub use faults::{Fault, FaultKind};
pub use log::Requests;
pub use options::Options;
pub use sandbox::Sandbox;
pub use scale::Scale;
pub use truth::{STREAMS, primary_key};
pub use variant::Variant;
