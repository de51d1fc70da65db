//! How much there is of everything.

use std::str::FromStr;

use serde::Serialize;

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
    /// A hundred times as much: takes 45 seconds and 6.5 GB of memory to make; a day of it, 30 seconds and 7.5 GB.
    X100,
}

impl FromStr for Scale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "small" => Ok(Self::Small),
            "france-num" => Ok(Self::FranceNum),
            "x10" => Ok(Self::X10),
            "x100" => Ok(Self::X100),
            _ => Err(format!("unknown scale {text:?}: use small, france-num, x10 or x100")),
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
            Self::X100 => Counts {
                users: 298_000,
                groups: 1_100,
                missing_values: 29_500,
                paths: 6_000,
                sessions: 21_400,
                classrooms: 11_000,
                slots: 67_500,
                sheets: 101_300,
                enrollments: 2_140_000,
                archived_enrollments: 130_000,
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
            Self::X100 => More {
                courses: 30_000,
                attempts: 6_000_000,
                tags: 2_000,
                skills: 3_000,
                powers: 48_000,
                projects: 2_400,
                needs: 8_000,
                custom_links: 7,
                external_ids: 340_000,
                integrations: 25,
                subscriptions: 25,
                events: 120_000,
                operations: 2_000,
            },
        }
    }
}
