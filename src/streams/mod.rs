//! What can be read: one entry and one record struct per stream, a file per stream.
//!
//! The table is data: discover, check, sync, doctor, `schemas/`, the README and the tests follow
//! from it. [`mod@stream`] holds the types, [`request`] how a stream is requested.

mod attendance_sheets;
mod attendances;
mod bulk_operations;
mod certificate_outlines;
mod classroom_registrations;
mod classroom_slot_waitlist;
mod classroom_slots;
mod classrooms;
mod course_custom_field_values;
mod course_stats;
mod course_tags;
mod courses;
mod custom_field_authorized_values;
mod custom_fields;
mod custom_links;
pub(crate) mod event_members;
mod external_ids;
mod group_catalog_contents;
mod group_library_contents;
mod group_memberships;
mod groups;
mod integrations;
mod learning_needs;
mod path_enrollments;
mod path_session_audiences;
mod path_session_custom_field_values;
mod path_session_metrics;
mod path_session_translations;
mod path_sessions;
mod path_stats;
mod path_tags;
mod paths;
mod projects;
pub mod request;
mod schema;
mod skill_powers;
mod skills;
pub mod stream;
mod tags;
mod user_certificates;
mod user_custom_field_values;
mod user_custom_links;
mod user_managers;
mod users;
mod values;
mod webhook_events;
mod webhook_subscriptions;

pub use attendance_sheets::ATTENDANCE_SHEETS;
pub use attendances::ATTENDANCES;
pub use bulk_operations::BULK_OPERATIONS;
pub use certificate_outlines::CERTIFICATE_OUTLINES;
pub use classroom_registrations::CLASSROOM_REGISTRATIONS;
pub use classroom_slot_waitlist::CLASSROOM_SLOT_WAITLIST;
pub use classroom_slots::CLASSROOM_SLOTS;
pub use classrooms::CLASSROOMS;
pub use course_custom_field_values::COURSE_CUSTOM_FIELD_VALUES;
pub use course_stats::COURSE_STATS;
pub use course_tags::COURSE_TAGS;
pub use courses::COURSES;
pub use custom_field_authorized_values::CUSTOM_FIELD_AUTHORIZED_VALUES;
pub use custom_fields::CUSTOM_FIELDS;
pub use custom_links::CUSTOM_LINKS;
pub use external_ids::EXTERNAL_IDS;
pub use group_catalog_contents::GROUP_CATALOG_CONTENTS;
pub use group_library_contents::GROUP_LIBRARY_CONTENTS;
pub use group_memberships::GROUP_MEMBERSHIPS;
pub use groups::GROUPS;
pub use integrations::INTEGRATIONS;
pub use learning_needs::LEARNING_NEEDS;
pub use path_enrollments::PATH_ENROLLMENTS;
pub use path_session_audiences::PATH_SESSION_AUDIENCES;
pub use path_session_custom_field_values::PATH_SESSION_CUSTOM_FIELD_VALUES;
pub use path_session_metrics::PATH_SESSION_METRICS;
pub use path_session_translations::PATH_SESSION_TRANSLATIONS;
pub use path_sessions::PATH_SESSIONS;
pub use path_stats::PATH_STATS;
pub use path_tags::PATH_TAGS;
pub use paths::PATHS;
pub use projects::PROJECTS;
pub use request::{List, is_gone_by_its_own_row, is_id};
pub use skill_powers::SKILL_POWERS;
pub use skills::SKILLS;
pub use stream::{
    Body, Cursor, Definitions, Feed, HiddenStatus, Parent, READ_AT, Stream, Variants, WhichParents,
};
pub use tags::TAGS;
pub use user_certificates::USER_CERTIFICATES;
pub use user_custom_field_values::USER_CUSTOM_FIELD_VALUES;
pub use user_custom_links::USER_CUSTOM_LINKS;
pub use user_managers::USER_MANAGERS;
pub use users::USERS;
pub use values::{VALUES, Values, documented_values};
pub use webhook_events::WEBHOOK_EVENTS;
pub use webhook_subscriptions::WEBHOOK_SUBSCRIPTIONS;

/// Every stream, in the order in which people read about them. A parent comes before its children.
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
