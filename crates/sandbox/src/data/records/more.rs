//! Rows of the smaller kinds, and attempts at courses.

use serde::Serialize;
use serde_json::Value;

use crate::data::id::Id;
use crate::data::moment::Moment;

/// A row of a kind that has few of them, written when it is made.
pub(crate) struct Kept {
    /// The id of the row, or one of the sandbox's own where the API gives the row none.
    pub(crate) id: Id,
    pub(crate) parent: Option<Id>,
    pub(crate) row: Value,
    /// What can be filtered on although the row does not show it.
    pub(crate) aside: Value,
}

impl Kept {
    pub(crate) fn new(id: Id, row: Value) -> Self {
        Self { id, parent: None, row, aside: Value::Null }
    }

    pub(crate) fn under(parent: Id, id: Id, row: Value) -> Self {
        Self { id, parent: Some(parent), row, aside: Value::Null }
    }

    /// A text of the row; nothing if it has no such field.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.row[field].as_str().unwrap_or("")
    }
}

/// What a learner does in a course, from opening it to its end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version_number: Option<i64>,
    pub(crate) lang: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_activity_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_activity_at: Option<Moment>,
    /// Milliseconds.
    pub(crate) time_spent: i64,
    pub(crate) progress: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completed_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_session_id: Option<Id>,
    pub(crate) course_id: Id,
    pub(crate) user_id: Id,
}
