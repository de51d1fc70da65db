//! What is requested: a list of probes. A probe is data and a pure function: from what is known so
//! far to its requests.

mod filters;
mod lists;
mod pages;
mod run;

use super::observations::{Observations, Request};
pub(super) use lists::{eligible, is_parent, probed_lists};
pub(super) use pages::first_with_next;
pub(super) use run::run;

/// A group of requests with one aim.
#[derive(Debug)]
pub(super) struct Probe {
    /// What is requested, for people.
    pub name: &'static str,
    /// Requests that are left to later probes.
    pub reserve: usize,
    /// All of its requests, given what is known so far. Those that were sent are not sent again.
    pub requests: fn(&Observations) -> Vec<Request>,
}

impl Probe {
    const fn new(name: &'static str, requests: fn(&Observations) -> Vec<Request>) -> Self {
        Self { name, reserve: 1, requests }
    }
}

pub(super) static LISTS: Probe = Probe::new("the first page of every list", lists::first_pages);
pub(super) static SECOND_PAGE: Probe = Probe::new("the second page of one list, twice", pages::second);
pub(super) static CHILDREN: Probe =
    Probe { reserve: 65, ..Probe::new("child streams, under a few parents each", lists::children) };
pub(super) static EVENTS: Probe = Probe::new("webhook events of each type", lists::events);
pub(super) static REGISTRATIONS: Probe =
    Probe::new("a company-wide list of registrations", lists::company_registrations);
pub(super) static FUTURE_DATES: Probe =
    Probe::new("date filters that no row can pass", filters::future_dates);
pub(super) static DATE_FORMS: Probe = Probe::new("date filters in other forms", filters::date_forms);
pub(super) static STATUSES: Probe = Probe::new("archived and deleted rows", filters::statuses);
pub(super) static FILTERED_PAGES: Probe = Probe::new("the second page of a filtered list", pages::filtered);
pub(super) static MISSING_PARENTS: Probe = Probe::new("objects that do not exist", lists::missing_parents);
pub(super) static PAGES: Probe =
    Probe { reserve: 12, ..Probe::new("more pages of every list", pages::further) };
static MORE_CHILDREN: Probe = Probe::new("child streams, under more parents", lists::children);
pub(super) static OLD_PAGE: Probe =
    Probe { reserve: 0, ..Probe::new("the second page of one list once more", pages::late) };

/// The probes in the order in which they are sent.
static PROBES: [&Probe; 13] = [
    &LISTS,
    // Early, since a `next` may expire.
    &SECOND_PAGE,
    &CHILDREN,
    &EVENTS,
    &REGISTRATIONS,
    &FUTURE_DATES,
    &DATE_FORMS,
    &STATUSES,
    &FILTERED_PAGES,
    &MISSING_PARENTS,
    &PAGES,
    &MORE_CHILDREN,
    &OLD_PAGE,
];
