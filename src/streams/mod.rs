//! What can be read: one entry and one record struct per stream, a file per family of resources.
//!
//! The table is data. It drives discover, check, URLs, filters, parents, state, `schemas/`, the README's list of
//! streams and the tests; nothing else in the connector names an endpoint.

mod attendance;
mod classrooms;
mod courses;
mod custom_fields;
mod group_contents;
mod groups;
#[cfg(test)]
mod openapi;
mod operations;
mod path_sessions;
mod path_stats;
mod path_steps;
mod paths;
mod resources;
mod schema;
mod skills;
mod tags;
mod users;
mod values;

pub use attendance::{ATTENDANCE_SHEETS, ATTENDANCES};
pub use classrooms::{CLASSROOM_REGISTRATIONS, CLASSROOM_SLOT_WAITLIST, CLASSROOM_SLOTS, CLASSROOMS};
pub use courses::{COURSE_CUSTOM_FIELD_VALUES, COURSE_STATS, COURSES};
pub use custom_fields::{CUSTOM_FIELD_AUTHORIZED_VALUES, CUSTOM_FIELDS, USER_CUSTOM_FIELD_VALUES};
pub use group_contents::{GROUP_CATALOG_CONTENTS, GROUP_LIBRARY_CONTENTS};
pub use groups::{GROUP_MEMBERSHIPS, GROUPS};
pub use operations::{BULK_OPERATIONS, WEBHOOK_EVENTS, WEBHOOK_SUBSCRIPTIONS};
pub use path_sessions::{PATH_SESSION_AUDIENCES, PATH_SESSION_CUSTOM_FIELD_VALUES, PATH_SESSION_METRICS};
pub use path_stats::PATH_STATS;
pub use paths::{PATH_ENROLLMENTS, PATH_SESSION_TRANSLATIONS, PATH_SESSIONS, PATHS};
pub use resources::{
    CERTIFICATE_OUTLINES, CUSTOM_LINKS, EXTERNAL_IDS, INTEGRATIONS, LEARNING_NEEDS, PROJECTS,
};
pub use skills::{SKILL_POWERS, SKILLS};
pub use tags::{COURSE_TAGS, PATH_TAGS, TAGS};
pub use users::{USER_CERTIFICATES, USER_CUSTOM_LINKS, USER_MANAGERS, USERS};
pub use values::{VALUES, Values, documented_values};

/// Every stream, in the order in which people read about them. A parent stands before its children.
pub static STREAMS: &[&Stream] = &[
    &USERS,
    &USER_MANAGERS,
    &CERTIFICATE_OUTLINES,
    &USER_CERTIFICATES,
    &GROUPS,
    &GROUP_MEMBERSHIPS,
    &GROUP_CATALOG_CONTENTS,
    &GROUP_LIBRARY_CONTENTS,
    &CUSTOM_FIELDS,
    &CUSTOM_FIELD_AUTHORIZED_VALUES,
    &USER_CUSTOM_FIELD_VALUES,
    &COURSES,
    &COURSE_STATS,
    &COURSE_CUSTOM_FIELD_VALUES,
    &PATHS,
    &PATH_SESSIONS,
    &PATH_STATS,
    &PATH_ENROLLMENTS,
    &PATH_SESSION_TRANSLATIONS,
    &PATH_SESSION_METRICS,
    &PATH_SESSION_CUSTOM_FIELD_VALUES,
    &PATH_SESSION_AUDIENCES,
    &CLASSROOMS,
    &CLASSROOM_SLOTS,
    &CLASSROOM_REGISTRATIONS,
    &CLASSROOM_SLOT_WAITLIST,
    &ATTENDANCE_SHEETS,
    &ATTENDANCES,
    &TAGS,
    &COURSE_TAGS,
    &PATH_TAGS,
    &SKILLS,
    &SKILL_POWERS,
    &LEARNING_NEEDS,
    &PROJECTS,
    &CUSTOM_LINKS,
    &USER_CUSTOM_LINKS,
    &EXTERNAL_IDS,
    &INTEGRATIONS,
    &WEBHOOK_SUBSCRIPTIONS,
    &WEBHOOK_EVENTS,
    &BULK_OPERATIONS,
];

/// The stream of that name.
#[must_use]
pub fn stream(name: &str) -> Option<&'static Stream> {
    STREAMS.iter().copied().find(|stream| stream.name == name)
}

/// One stream: a resource of the API and how it is read honestly.
#[derive(Debug)]
pub struct Stream {
    /// The stream's name in Airbyte, `snake_case`, after the API's own noun.
    pub name: &'static str,
    /// What one row is, in a sentence for people.
    pub row: &'static str,
    /// The path under `/api/v2`. Each `{name}` in it is a field that [`Parent::fields`] provides.
    pub path: &'static str,
    /// The OAuth scope that the API asks for (operation description in the official OpenAPI).
    pub scope: &'static str,
    /// Documented rows per page; `None` where the whole list comes in one answer. For forecasts only: the end of a
    /// list is the absence of a `Link`, never a short page.
    pub page_size: Option<u32>,
    /// The query strings that together cover the list, without `?`. One empty string means: the plain list. Where there are
    /// several, the last one may repeat rows of those before; they are emitted once.
    pub queries: &'static [&'static str],
    /// Whose rows this stream is read under; `None` for a list of its own.
    pub parent: Option<Parent>,
    /// The fields that identify a row.
    pub key: &'static [&'static str],
    /// How changed rows are found; `None` where the API gives no honest way, so every sync reads everything.
    pub cursor: Option<Cursor>,
    /// Error codes that mean "nothing here" (a parent that vanished, a feature that is off), not a failure.
    pub absent: &'static [&'static str],
    /// Error codes that mean "this feature is off for the whole account": the stream is empty, and the first such answer
    /// spares the remaining requests.
    pub off: &'static [&'static str],
    /// Rows that a plain list may leave out (the documentation does not say), as a field and its value by which they can be
    /// asked for: `field[eq]=value`. Nobody asks once such a row was seen in a plain list.
    pub apart: &'static [Apart],
    /// A list of the whole company that costs less than one request for each parent; `None` where there is none.
    pub company_wide: Option<CompanyWide>,
    /// What one answer holds.
    pub body: Body,
    /// The JSON schema of the record type.
    pub schema: fn() -> schemars::Schema,
}

/// What one answer of a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A list of objects: the records.
    Objects,
    /// A list of bare values: each becomes a record with this field.
    Values(&'static str),
    /// One object: the record.
    Object,
}

/// A path parameter that takes each of these values in turn under every parent; it is added to the records.
#[derive(Debug)]
pub struct Variants {
    /// The parameter, and the record's field.
    pub name: &'static str,
    /// Its documented values.
    pub values: &'static [&'static str],
}

/// A field, and the value that it has in rows which a plain list may leave out.
pub type Apart = (&'static str, &'static str);

/// A list of the whole company, which may not be there. It is used in a sync in which it proved itself: its rows have what
/// the rows under a parent have, and those of the first parents are among them.
#[derive(Debug)]
pub struct CompanyWide {
    /// Where it may be, under `/api/v2`.
    pub paths: &'static [&'static str],
    /// What each of its rows must have, as texts: the key, and what is added to rows under a parent.
    pub fields: &'static [&'static str],
    /// Rows that it may leave out.
    pub apart: &'static [Apart],
}

/// The stream under whose rows a child is read, and what each parent row gives to the child.
#[derive(Debug)]
pub struct Parent {
    /// The parent stream.
    pub stream: &'static Stream,
    /// Pairs of a field of the parent's record and the name it has for the child. The first one identifies the parent
    /// row: slices are ordered by it.
    pub fields: &'static [(&'static str, &'static str)],
    /// Whether these fields are added to the child's records (the API leaves them out).
    pub added: bool,
    /// Which parents are asked for.
    pub only: Only,
    /// A path parameter beside the parent's; `None` for one request per parent.
    pub variants: Option<Variants>,
}

/// Which parents are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// All.
    All,
    /// All users, or those whose `status` is not `deleted`, as the configuration says (`include_deleted_users`).
    IncludedUsers,
    /// Those whose field is not this text: the API has nothing for the others.
    Not(&'static str, &'static str),
    /// Those whose field is `true`: the API refuses the others.
    Where(&'static str),
}

impl Only {
    /// The parent's field that decides.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Only::All => None,
            Only::IncludedUsers => Some("status"),
            Only::Not(field, _) | Only::Where(field) => Some(field),
        }
    }

    /// Whether a parent is asked for; `raw` is the JSON of its field.
    #[must_use]
    pub fn includes(&self, raw: &str, include_deleted_users: bool) -> bool {
        match self {
            Only::All => true,
            Only::IncludedUsers => include_deleted_users || raw != "\"deleted\"",
            Only::Not(_, text) => raw.trim_matches('"') != *text,
            Only::Where(_) => raw == "true",
        }
    }
}

/// How an incremental sync finds the rows that changed since the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// The API promises the field on every row and filters on it: `field[gte]`, `field[lt]`.
    Filtered {
        /// The field.
        field: &'static str,
        /// Pairs of a field and a text: rows that have it are emitted every time, whatever their date, because the date does
        /// not move when a row gets there. Each is a filter of its own: `field[eq]=text`.
        also: &'static [(&'static str, &'static str)],
        /// Days before the last sync that are read again, for rows that go on changing while their date stands still.
        lookback: u16,
    },
    /// The list is read whole and rows are chosen here: those of which one of these fields moved, and those that have none of
    /// them. The fields are optional in the API, so a filter on one would lose rows. The first is the stream's cursor field.
    Chosen(&'static [&'static str]),
    /// Rows carry no date at all: a whole parent is read again unless its `end` lies further back than the lookback before
    /// the last sync and each of `changed` that it has is older than the last sync.
    ByParent {
        /// The added field that says when the parent ended; it is the stream's cursor field.
        end: &'static str,
        /// The added fields that say when the parent itself was changed or created.
        changed: &'static [&'static str],
    },
}

impl Cursor {
    /// The record's field that Airbyte shows as the cursor.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Cursor::Filtered { field, .. } | Cursor::ByParent { end: field, .. } => field,
            Cursor::Chosen(fields) => fields[0],
        }
    }
}

impl Stream {
    /// The stream's JSON schema as Airbyte wants it: draft-07, every property nullable except the key.
    #[must_use]
    pub fn json_schema(&self) -> serde_json::Value {
        schema::for_airbyte((self.schema)(), self.key)
    }

    /// Whether an interrupted read continues where it stopped: a stream with a cursor keeps it, and a child keeps the
    /// last parent that was read whole.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.cursor.is_some() || self.parent.is_some()
    }

    /// The parent, its parent, and so on up to the root.
    pub fn ancestors(&self) -> impl Iterator<Item = &'static Stream> + use<> {
        std::iter::successors(self.parent.as_ref().map(|parent| parent.stream), |stream| {
            stream.parent.as_ref().map(|parent| parent.stream)
        })
    }
}
