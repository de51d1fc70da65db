//! How much there is of everything.

use clap::ValueEnum;
use serde::Serialize;

/// How much data a sandbox holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[value(rename_all = "kebab-case")]
pub enum Scale {
    /// 120 users
    Small,
    /// 2,980 users, 118,905 custom-field values, 675 slots, 1,013 attendance sheets
    FranceNum,
    /// Ten times as much
    X10,
    /// A hundred times as much: 298,000 users
    X100,
}

/// Rows of each kind; the slots determine the registrations, and those the attendances.
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
    pub(crate) courses: usize,
    pub(crate) attempts: usize,
    pub(crate) tags: usize,
    pub(crate) skills: usize,
    pub(crate) powers: usize,
    pub(crate) projects: usize,
    pub(crate) learning_needs: usize,
    pub(crate) custom_links: usize,
    pub(crate) external_ids: usize,
    pub(crate) integrations: usize,
    pub(crate) subscriptions: usize,
    pub(crate) events: usize,
    pub(crate) operations: usize,
}

impl Scale {
    pub(crate) fn counts(self) -> Counts {
        let (is_small, place, factor) = match self {
            Self::Small => (true, 0, 1),
            Self::FranceNum => (false, 0, 1),
            Self::X10 => (false, 1, 10),
            Self::X100 => (false, 2, 100),
        };
        let few = |small, number: [usize; 3]| if is_small { small } else { number[place] };
        let many = |small, number: usize| if is_small { small } else { number * factor };
        Counts {
            users: many(120, 2_980),
            groups: few(12, [55, 220, 1_100]),
            missing_values: many(12, 295),
            paths: many(6, 60),
            sessions: many(14, 214),
            classrooms: many(8, 110),
            slots: many(40, 675),
            sheets: many(60, 1_013),
            enrollments: many(1_070, 21_400),
            archived_enrollments: many(65, 1_300),
            courses: many(40, 300),
            attempts: many(1_200, 60_000),
            tags: few(24, [90, 600, 2_000]),
            skills: many(30, 140),
            powers: many(60, 480),
            projects: many(6, 24),
            learning_needs: many(14, 80),
            custom_links: few(4, [7, 7, 7]),
            external_ids: many(90, 3_400),
            integrations: few(3, [5, 12, 25]),
            subscriptions: few(6, [8, 12, 25]),
            events: many(90, 1_200),
            operations: many(25, 70),
        }
    }
}
