//! The assumptions, judged by what was seen. Pure.

pub(super) mod clock;
pub(super) mod dates;
pub(super) mod filters;
mod gone;
pub(super) mod lists;
mod paging;
pub(super) mod rows;

use super::seen::Seen;
use super::verdict::Finding;
use crate::config::Settings;

/// Every assumption, in a fixed order.
pub(super) fn all(seen: &Seen, settings: &Settings) -> Vec<Finding> {
    [
        lists::all(seen),
        gone::all(seen),
        paging::all(seen),
        filters::all(seen),
        dates::all(seen),
        rows::all(seen),
        clock::all(seen, settings),
    ]
    .concat()
}
