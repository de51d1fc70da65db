//! What a sandbox is started with.

use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use crate::faults::Fault;

/// How a sandbox behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much data there is.
    pub scale: Scale,
    /// The seed of the data, of the changes and of the faults.
    pub seed: u64,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// How long every GET waits before it is answered.
    pub latency: Duration,
    /// GETs admitted in any second; 0 admits all.
    pub rate_limit: u32,
    /// What goes wrong, and how often.
    pub faults: Vec<Fault>,
    /// Scopes that the credentials lack.
    pub missing_scopes: Vec<String>,
    /// Where a `Link` of the fault `foreign-link` leads, such as `http://127.0.0.1:9`.
    pub foreign_origin: Option<String>,
    /// A token is refused after so many requests.
    pub token_ttl_requests: Option<u64>,
    /// After so many admitted GETs, again and again, every token is revoked.
    pub revoke_every_requests: Option<u64>,
    /// So many calls for a token fail with `503` before each that is issued.
    pub token_failures: u64,
    /// How far the `Date` header is ahead of the clock that stamps the rows, in seconds; behind where it is negative.
    pub date_skew_seconds: i64,
    /// A day passes, once, after so many admitted GETs.
    pub change_after_requests: Option<u64>,
    /// Parts of the platform that the company has not enabled: `skills`, `course-custom-fields`.
    pub features_off: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scale: Scale::Small,
            seed: 360,
            port: 0,
            latency: Duration::ZERO,
            rate_limit: 50,
            faults: Vec::new(),
            missing_scopes: Vec::new(),
            foreign_origin: None,
            token_ttl_requests: None,
            revoke_every_requests: None,
            token_failures: 0,
            date_skew_seconds: 0,
            change_after_requests: None,
            features_off: Vec::new(),
        }
    }
}

/// How much data a sandbox holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// 120 users: a whole sync takes a few seconds.
    Small,
    /// 2,980 users, 118,905 custom-field values, 675 slots: the programme of two Breton accounting firms.
    FranceNum,
    /// Ten times as much.
    X10,
}

impl FromStr for Scale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "small" => Ok(Self::Small),
            "france-num" => Ok(Self::FranceNum),
            "x10" => Ok(Self::X10),
            _ => Err(format!("unknown scale {text:?}: use small, france-num or x10")),
        }
    }
}

/// Rows of each kind; slots fix the registrations, and those the attendances.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) users: usize,
    pub(crate) groups: usize,
    /// Values that users lack, of the 40 that each could have.
    pub(crate) missing_values: usize,
    pub(crate) paths: usize,
    pub(crate) sessions: usize,
    pub(crate) classrooms: usize,
    pub(crate) slots: usize,
    pub(crate) sheets: usize,
    pub(crate) enrollments: usize,
    pub(crate) archived_enrollments: usize,
}

impl Scale {
    pub(crate) const fn counts(self) -> Counts {
        match self {
            Self::Small => Counts {
                users: 120,
                groups: 12,
                missing_values: 12,
                paths: 6,
                sessions: 14,
                classrooms: 8,
                slots: 40,
                sheets: 60,
                enrollments: 1_070,
                archived_enrollments: 65,
            },
            Self::FranceNum => Counts {
                users: 2_980,
                groups: 55,
                missing_values: 295,
                paths: 60,
                sessions: 214,
                classrooms: 110,
                slots: 675,
                sheets: 1_013,
                enrollments: 21_400,
                archived_enrollments: 1_300,
            },
            Self::X10 => Counts {
                users: 29_800,
                groups: 220,
                missing_values: 2_950,
                paths: 600,
                sessions: 2_140,
                classrooms: 1_100,
                slots: 6_750,
                sheets: 10_130,
                enrollments: 214_000,
                archived_enrollments: 13_000,
            },
        }
    }
}

/// Rows of the kinds beside people, paths and classrooms.
#[derive(Clone, Copy)]
pub(crate) struct More {
    pub(crate) courses: usize,
    pub(crate) attempts: usize,
    pub(crate) tags: usize,
    pub(crate) skills: usize,
    pub(crate) powers: usize,
    pub(crate) projects: usize,
    pub(crate) needs: usize,
    pub(crate) custom_links: usize,
    pub(crate) external_ids: usize,
    pub(crate) integrations: usize,
    pub(crate) subscriptions: usize,
    pub(crate) events: usize,
    pub(crate) operations: usize,
}

impl Scale {
    pub(crate) const fn more(self) -> More {
        match self {
            Self::Small => More {
                courses: 40,
                attempts: 1_200,
                tags: 24,
                skills: 30,
                powers: 60,
                projects: 6,
                needs: 14,
                custom_links: 4,
                external_ids: 90,
                integrations: 3,
                subscriptions: 4,
                events: 60,
                operations: 25,
            },
            Self::FranceNum => More {
                courses: 300,
                attempts: 60_000,
                tags: 90,
                skills: 140,
                powers: 480,
                projects: 24,
                needs: 80,
                custom_links: 7,
                external_ids: 3_400,
                integrations: 5,
                subscriptions: 8,
                events: 1_200,
                operations: 70,
            },
            Self::X10 => More {
                courses: 3_000,
                attempts: 600_000,
                tags: 600,
                skills: 900,
                powers: 4_800,
                projects: 240,
                needs: 800,
                custom_links: 7,
                external_ids: 34_000,
                integrations: 12,
                subscriptions: 12,
                events: 12_000,
                operations: 400,
            },
        }
    }
}
