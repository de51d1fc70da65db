//! The assumptions, judged by the observations. Pure.

pub(super) mod clock;
pub(super) mod dates;
pub(super) mod filters;
mod hidden;
mod lists;
mod paging;
pub(super) mod rows;

use super::observations::Observations;
use super::verdict::Finding;
use crate::config::Settings;

/// Every assumption, in a fixed order.
pub(super) fn all(seen: &Observations, settings: &Settings) -> Vec<Finding> {
    [
        lists::all(seen),
        hidden::all(seen),
        paging::all(seen),
        filters::all(seen),
        dates::all(seen),
        rows::all(seen),
        clock::all(seen, settings),
    ]
    .concat()
}
