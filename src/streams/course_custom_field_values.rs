use schemars::JsonSchema;

use super::custom_fields::ContentCustomFieldValue;
use super::schema;
use super::{COURSES, Parent, Stream};

/// `GET /courses/{courseId}/custom-fields/values`.
pub static COURSE_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "course_custom_field_values",
    row: "The value of a custom field for a course.",
    path: "/courses/{courseId}/custom-fields/values",
    scope: "courses:read",
    parent: Some(Parent { stream: &COURSES, fields: &[("_id", "courseId")], ..Parent::OF }),
    key: &["courseId", "customFieldId"],
    off_codes: &["courseCustomFieldsNotEnabled"],
    schema: schema::of::<CourseCustomFieldValue>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CourseCustomFieldValue {
    /// The course. Added by the connector.
    course_id: Option<String>,
    #[schemars(flatten)]
    value: ContentCustomFieldValue,
}
