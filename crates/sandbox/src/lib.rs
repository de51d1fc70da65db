//! A mock of the 360Learning API v2 on localhost, to build and test what reads it: there is no public instance.
//! The same options give the same data; nothing depends on the time of day.
//!
//! - `endpoints`: the API as one table. An entry has the path, scope, page size, filters, the stream with its
//!   key, where its rows come from and who generates and changes them. A new stream is an entry and a generator.
//! - `data`: the generators, a file per family, over one `Record` type in tables.
//! - `account`: the rows that an endpoint shows, those that a sync must deliver, and what a day changes.
//! - `server`: HTTP, TLS, tokens, rate limit, filters, pages, faults, and the routes for tests under `/__sandbox`.
//! - `variants` and `faults`: what an account may do differently, and what may go wrong.

mod account;
mod data;
mod endpoints;
mod faults;
mod options;
mod sandbox;
mod scale;
mod server;
mod variants;

pub use account::{Changes, Touched};
pub use endpoints::{ENDPOINTS, Endpoint, Filter, STREAMS, primary_key};
pub use faults::{Fault, FaultKind};
pub use options::Options;
pub use sandbox::Sandbox;
pub use scale::Scale;
pub use server::{CLIENT_ID, CLIENT_SECRET, Requests, Tls};
pub use variants::Variant;
