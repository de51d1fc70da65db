//! The endpoints of API v2 that are read, after the official OpenAPI; a table of the test's own.

use Body::{Object, Objects, Values};
use Dates::{Activity, Created, Enrollment, Logged, Optional, Required, Slot, Updated};

/// What one response holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Objects,
    /// Bare values; the connector gives them this name.
    Values(&'static str),
    Object,
}

/// Which dates a row carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dates {
    /// None.
    No,
    /// `createdAt` and `modifiedAt`, always.
    Required,
    /// `createdAt` and `modifiedAt`, both optional.
    Optional,
    /// `createdAt` always, `modifiedAt` and `archivedAt` optional.
    Enrollment,
    /// `updatedAt`, optional.
    Updated,
    /// First and last activity and completion of an attempt, all optional.
    Activity,
    /// `createdAt` alone.
    Created,
    /// None of its own; the connector adds those of the slot.
    Slot,
    /// None; events may name the user.
    Logged,
}

/// A field that the connector adds: its name, the stream of the ancestor, and the ancestor's field.
pub(crate) type Added = (&'static str, &'static str, &'static str);

/// One stream as the platform sees it.
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// Under `/api/v2`; `{stream}` is the id of a row of that stream.
    pub(crate) path: &'static str,
    /// The stream of the rows with which this stream's rows live and die.
    pub(crate) owner: Option<&'static str>,
    pub(crate) body: Body,
    pub(crate) key: &'static [&'static str],
    pub(crate) added: &'static [Added],
    pub(crate) dates: Dates,
    /// The statuses that a plain list may hide.
    pub(crate) hidden: &'static [&'static str],
    pub(crate) paged: bool,
    /// The error code where a row of this stream is missing in a path.
    pub(crate) missing: &'static str,
    /// Rows at the beginning (for each owner), and at most.
    pub(crate) rows: (usize, usize, usize),
}

const LIST: Spec = Spec {
    name: "",
    path: "",
    owner: None,
    body: Objects,
    key: &["_id"],
    added: &[],
    dates: Dates::No,
    hidden: &[],
    paged: true,
    missing: "",
    rows: (4, 6, 9),
};

const USER: &[Added] = &[("userId", "users", "_id")];
const GROUP: &[Added] = &[("groupId", "groups", "_id")];
const COURSE: &[Added] = &[("courseId", "courses", "_id")];
const PATH: &[Added] = &[("pathId", "paths", "_id")];
const SESSION: &[Added] = &[("sessionId", "path_sessions", "_id"), ("pathId", "path_sessions", "pathId")];
const SLOT_ONLY: &[Added] =
    &[("classroomSlotId", "classroom_slots", "_id"), ("classroomId", "classroom_slots", "classroomId")];
const OF_SLOT: &[Added] = &[
    ("classroomSlotId", "classroom_slots", "_id"),
    ("classroomId", "classroom_slots", "classroomId"),
    ("classroomSlotEndDate", "classroom_slots", "endDate"),
    ("classroomSlotCreatedAt", "classroom_slots", "createdAt"),
    ("classroomSlotModifiedAt", "classroom_slots", "modifiedAt"),
];
const OF_SHEET: &[Added] = &[
    ("attendanceSheetId", "attendance_sheets", "_id"),
    ("classroomSlotId", "classroom_slots", "_id"),
    ("classroomId", "classroom_slots", "classroomId"),
    ("classroomSlotEndDate", "classroom_slots", "endDate"),
    ("classroomSlotCreatedAt", "classroom_slots", "createdAt"),
    ("classroomSlotModifiedAt", "classroom_slots", "modifiedAt"),
];
const CONTENT: &[&str] = &["groupId", "contentType", "contentId"];

const fn root(name: &'static str, path: &'static str, missing: &'static str) -> Spec {
    Spec { name, path, missing, ..LIST }
}

const fn under(name: &'static str, path: &'static str, owner: &'static str, added: &'static [Added]) -> Spec {
    Spec { name, path, owner: Some(owner), added, rows: (0, 2, 4), ..LIST }
}

/// Every stream. An owner comes before what it owns.
pub(crate) static SPECS: &[Spec] = &[
    Spec { hidden: &["deleted"], rows: (6, 9, 12), ..root("users", "/users", "userNotFound") },
    Spec {
        body: Values("managerId"),
        key: &["userId", "managerId"],
        ..under("user_managers", "/users/{users}/managers", "users", USER)
    },
    Spec { paged: false, ..root("certificate_outlines", "/certificate-outlines", "") },
    Spec { dates: Logged, ..under("user_certificates", "/users/{users}/certificates", "users", USER) },
    root("groups", "/groups", "groupNotFound"),
    Spec {
        key: &["groupId", "userId", "role"],
        ..under("group_memberships", "/groups/{groups}/roles", "groups", GROUP)
    },
    Spec {
        body: Values("contentId"),
        key: CONTENT,
        ..under("group_catalog_contents", "/groups/{groups}/catalog/{contentType}-ids", "groups", GROUP)
    },
    Spec {
        body: Values("contentId"),
        key: CONTENT,
        ..under("group_library_contents", "/groups/{groups}/library/{contentType}-ids", "groups", GROUP)
    },
    root("custom_fields", "/custom-fields", "customFieldNotFound"),
    Spec {
        body: Values("value"),
        key: &["customFieldId", "value"],
        paged: false,
        ..under(
            "custom_field_authorized_values",
            "/custom-fields/{custom_fields}/authorized-values",
            "custom_fields",
            &[("customFieldId", "custom_fields", "_id")],
        )
    },
    Spec {
        key: &["userId", "customFieldId"],
        dates: Logged,
        paged: false,
        ..under("user_custom_field_values", "/users/{users}/custom-fields/values", "users", USER)
    },
    Spec {
        hidden: &["archived", "deleted"],
        dates: Required,
        rows: (5, 8, 11),
        ..root("courses", "/courses", "courseNotFound")
    },
    Spec { dates: Activity, rows: (6, 10, 16), ..root("course_stats", "/courses/stats", "") },
    Spec {
        key: &["courseId", "customFieldId"],
        paged: false,
        ..under("course_custom_field_values", "/courses/{courses}/custom-fields/values", "courses", COURSE)
    },
    Spec {
        hidden: &["archived"],
        dates: Required,
        rows: (5, 7, 9),
        ..root("paths", "/paths", "pathNotFound")
    },
    Spec {
        owner: Some("paths"),
        dates: Required,
        rows: (1, 2, 3),
        ..root("path_sessions", "/paths/sessions", "sessionNotFound")
    },
    Spec { hidden: &["archived"], rows: (5, 9, 14), ..root("path_stats", "/paths/stats", "") },
    Spec {
        hidden: &["archived"],
        dates: Enrollment,
        rows: (1, 3, 5),
        ..under("path_enrollments", "/paths/{paths}/enrollments", "paths", PATH)
    },
    Spec {
        added: &[],
        rows: (0, 0, 0),
        ..under("path_session_translations", "/paths/{paths}/sessions", "paths", &[])
    },
    Spec {
        body: Object,
        key: &["sessionId"],
        rows: (1, 1, 1),
        ..under(
            "path_session_metrics",
            "/paths/{paths}/sessions/{path_sessions}/user-statuses",
            "path_sessions",
            SESSION,
        )
    },
    Spec {
        key: &["sessionId", "customFieldId"],
        paged: false,
        ..under(
            "path_session_custom_field_values",
            "/paths/{paths}/sessions/{path_sessions}/custom-fields/values",
            "path_sessions",
            SESSION,
        )
    },
    Spec {
        body: Object,
        key: &["sessionId"],
        rows: (1, 1, 1),
        ..under(
            "path_session_audiences",
            "/paths/{paths}/sessions/{path_sessions}/audiences",
            "path_sessions",
            SESSION,
        )
    },
    Spec { dates: Optional, rows: (5, 7, 9), ..root("classrooms", "/classrooms", "classroomNotFound") },
    Spec {
        dates: Optional,
        missing: "classroomSlotNotFound",
        rows: (1, 3, 5),
        ..under("classroom_slots", "/classrooms/{classrooms}/slots", "classrooms", &[])
    },
    Spec {
        dates: Enrollment,
        rows: (0, 3, 5),
        ..under(
            "classroom_registrations",
            "/classrooms/{classrooms}/registrations",
            "classrooms",
            &[("classroomId", "classrooms", "_id")],
        )
    },
    Spec {
        key: &["classroomSlotId", "userId"],
        paged: false,
        ..under(
            "classroom_slot_waitlist",
            "/classroom-slots/{classroom_slots}/waitlist",
            "classroom_slots",
            SLOT_ONLY,
        )
    },
    Spec {
        dates: Slot,
        missing: "attendanceSheetNotFound",
        ..under(
            "attendance_sheets",
            "/classroom-slots/{classroom_slots}/attendance-sheets",
            "classroom_slots",
            OF_SLOT,
        )
    },
    Spec {
        dates: Slot,
        ..under(
            "attendances",
            "/classroom-slots/{classroom_slots}/attendance-sheets/{attendance_sheets}/attendances",
            "attendance_sheets",
            OF_SHEET,
        )
    },
    root("tags", "/tags", ""),
    Spec {
        key: &["courseId", "tagId", "source"],
        ..under("course_tags", "/courses/{courses}/tags", "courses", COURSE)
    },
    Spec { key: &["pathId", "tagId", "source"], ..under("path_tags", "/paths/{paths}/tags", "paths", PATH) },
    Spec { hidden: &["archived"], dates: Updated, rows: (5, 8, 12), ..root("skills", "/skills", "") },
    root("skill_powers", "/skills/powers", ""),
    root("custom_links", "/custom-links", ""),
    under("user_custom_links", "/users/{users}/custom-links", "users", USER),
    root("external_ids", "/external-ids", ""),
    root("integrations", "/integrations", ""),
    root("learning_needs", "/learning-needs", ""),
    root("projects", "/projects", ""),
    root("webhook_subscriptions", "/webhooks/subscriptions", "subscriptionNotFound"),
    Spec {
        dates: Created,
        ..under(
            "webhook_events",
            "/webhooks/subscriptions/{webhook_subscriptions}/events",
            "webhook_subscriptions",
            &[("subscriptionId", "webhook_subscriptions", "_id")],
        )
    },
    Spec { dates: Created, rows: (5, 8, 12), ..root("bulk_operations", "/bulk/operations", "") },
];

/// The place of a stream in the table.
pub(crate) fn index(name: &str) -> usize {
    SPECS.iter().position(|spec| spec.name == name).unwrap()
}

impl Spec {
    /// True if the whole list is read with one path.
    pub(crate) fn is_root(&self) -> bool {
        !self.path.contains('{')
    }

    /// True if a sync can miss a row in more ways than one.
    pub(crate) fn is_interesting(&self) -> bool {
        self.dates != Dates::No || !self.hidden.is_empty()
    }

    /// True if rows are requested under a row of their owner.
    pub(crate) fn is_under(&self, stream: &str) -> bool {
        self.path.contains(&format!("{{{stream}}}"))
    }

    /// The ids in a path, each with the stream of its row, and the variant; `None` where the path is another stream's.
    pub(crate) fn ids<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let (mut pattern, mut given) = (self.path.split('/'), path.split('/'));
        let mut ids = Vec::new();
        loop {
            match (pattern.next(), given.next()) {
                (None, None) => return Some(ids),
                (Some(pattern), Some(given)) => {
                    let Some((name, rest)) =
                        pattern.strip_prefix('{').and_then(|pattern| pattern.split_once('}'))
                    else {
                        if pattern == given {
                            continue;
                        }
                        return None;
                    };
                    ids.push((name, given.strip_suffix(rest)?));
                }
                _ => return None,
            }
        }
    }
}

/// A stream and all that is requested under its rows, or because of them, at any depth.
pub(crate) fn with_dependents(stream: usize) -> Vec<usize> {
    let mut found = vec![stream];
    let mut next = 0;
    while let Some(one) = found.get(next).copied() {
        for (index, spec) in SPECS.iter().enumerate() {
            let is_shown = spec.dates == Logged && super::log::SHOWN_BY.contains(&SPECS[one].name);
            if (spec.is_under(SPECS[one].name) || is_shown) && !found.contains(&index) {
                found.push(index);
            }
        }
        next += 1;
    }
    found
}
