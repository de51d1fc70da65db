use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{HiddenStatus, Stream};

/// `GET /users`.
pub static USERS: Stream = Stream {
    name: "users",
    row: "A person known to the platform: active, invited or deleted.",
    path: "/users",
    scope: "users:read",
    page_size: Some(500),
    hidden: &[HiddenStatus { value: "deleted", in_rows: true }],
    schema: schema::of::<User>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct User {
    /// Identifies the user.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// E-mail address. Personal data.
    mail: Option<String>,
    /// Name to log in with, where the company allows it. Personal data.
    username: Option<String>,
    /// active, invited or deleted; a deleted user stays in the list.
    status: Option<String>,
    /// Whether the user was deleted: older answers carry this in place of `status`.
    deleted: Option<bool>,
    /// Language of the user's interface, such as fr.
    lang: Option<String>,
    /// First name. Personal data.
    first_name: Option<String>,
    /// Last name. Personal data.
    last_name: Option<String>,
    /// Job title.
    job: Option<String>,
    /// The organization that the user works for.
    organization: Option<String>,
    /// Phone number. Personal data.
    phone: Option<String>,
    /// The field "Additional information" of the profile; not a custom field.
    custom: Option<String>,
    /// Every time at which the user was deleted.
    deleted_at: Option<Vec<Timestamp>>,
    /// Every time at which the user was reactivated.
    reactivated_at: Option<Vec<Timestamp>>,
    /// The user's primary group.
    primary_group_id: Option<String>,
    /// Last login. It moves without a change of the profile, so it is not a cursor.
    last_login_date: Option<Timestamp>,
    /// When the account will be deactivated.
    to_be_deactivated_at: Option<Timestamp>,
    /// Media of the profile picture.
    profile_image_id: Option<String>,
}
