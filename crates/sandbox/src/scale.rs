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

/// The numbers of rows, with a column for each scale.
macro_rules! counts {
    ($($(#[$meta:meta])* $kind:ident: $numbers:expr,)+) => {
        /// Rows of each kind; the slots determine the registrations, and those the attendances.
        #[derive(Clone, Copy, Default)]
        pub(crate) struct Counts {
            $($(#[$meta])* pub(crate) $kind: usize,)+
        }

        impl Scale {
            pub(crate) fn counts(self) -> Counts {
                Counts { $($kind: $numbers[self as usize],)+ }
            }
        }
    };
}

counts! {
    users: [120, 2_980, 29_800, 298_000],
    groups: [12, 55, 220, 1_100],
    /// Values that users lack, of the 40 that each could have.
    missing_values: [12, 295, 2_950, 29_500],
    paths: [6, 60, 600, 6_000],
    sessions: [14, 214, 2_140, 21_400],
    classrooms: [8, 110, 1_100, 11_000],
    slots: [40, 675, 6_750, 67_500],
    sheets: [60, 1_013, 10_130, 101_300],
    enrollments: [1_070, 21_400, 214_000, 2_140_000],
    archived_enrollments: [65, 1_300, 13_000, 130_000],
    courses: [40, 300, 3_000, 30_000],
    attempts: [1_200, 60_000, 600_000, 6_000_000],
    tags: [24, 90, 600, 2_000],
    skills: [30, 140, 1_400, 14_000],
    powers: [60, 480, 4_800, 48_000],
    projects: [6, 24, 240, 2_400],
    learning_needs: [14, 80, 800, 8_000],
    custom_links: [4, 7, 7, 7],
    external_ids: [90, 3_400, 34_000, 340_000],
    integrations: [3, 5, 12, 25],
    subscriptions: [6, 8, 12, 25],
    events: [90, 1_200, 12_000, 120_000],
    operations: [25, 70, 700, 7_000],
}
