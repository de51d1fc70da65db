//! People, their managers, certificates and links.

use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Body, Only, Parent, Stream};

/// `GET /users`.
pub static USERS: Stream = Stream {
    name: "users",
    row: "A person known to the platform: active, invited or deleted.",
    path: "/users",
    scope: "users:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[("status", "deleted")],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<User>,
};

/// `GET /users/{userId}/managers`: bare ids. The list of subordinates says the same the other way round.
pub static USER_MANAGERS: Stream = Stream {
    name: "user_managers",
    row: "A manager of a user.",
    path: "/users/{userId}/managers",
    scope: "users:read",
    page_size: Some(1000),
    queries: &[""],
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        added: true,
        only: Only::IncludedUsers,
        variants: None,
    }),
    key: &["userId", "managerId"],
    cursor: None,
    absent: &["userNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Values("managerId"),
    schema: schema::of::<UserManager>,
};

/// `GET /users/{userId}/certificates`.
pub static USER_CERTIFICATES: Stream = Stream {
    name: "user_certificates",
    row: "A certificate that a user obtained, in a path or elsewhere.",
    path: "/users/{userId}/certificates",
    scope: "users:read",
    page_size: Some(1000),
    queries: &[""],
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        added: true,
        only: Only::IncludedUsers,
        variants: None,
    }),
    key: &["_id"],
    cursor: None,
    absent: &["userNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<UserCertificate>,
};

/// `GET /users/{userId}/custom-links`. The API answers for users who are not deleted only.
pub static USER_CUSTOM_LINKS: Stream = Stream {
    name: "user_custom_links",
    row: "Where a custom link leads for one user.",
    path: "/users/{userId}/custom-links",
    scope: "users:read",
    page_size: Some(1000),
    queries: &[""],
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        added: true,
        only: Only::Not("status", "deleted"),
        variants: None,
    }),
    key: &["_id"],
    cursor: None,
    absent: &["userNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<UserCustomLink>,
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
    /// Last login. It moves without the profile changing, so it is no cursor.
    last_login_date: Option<Timestamp>,
    /// When the account will be deactivated.
    to_be_deactivated_at: Option<Timestamp>,
    /// Media of the profile picture.
    profile_image_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct UserManager {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// The user who manages.
    manager_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct UserCertificate {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// When the certificate was delivered.
    delivery_date: Option<Timestamp>,
    /// When it ceases to be valid; absent where it never does.
    expiration_date: Option<Timestamp>,
    /// Title of the certificate outline, as administrators see it.
    title: Option<String>,
    /// Identifies the certificate.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// How long it is valid, in months.
    validity_period: Option<f64>,
    /// The outline from which it was made; an external certificate may have none.
    certificate_outline_id: Option<String>,
    /// path (obtained in a path) or external.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The path in which it was obtained; absent on an external certificate.
    path_id: Option<String>,
    /// Title of that path.
    path_name: Option<String>,
    /// The session of that path.
    path_session_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct UserCustomLink {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// Identifies the user's link.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The custom link.
    custom_link_id: Option<String>,
    /// Address that it opens for this user. Often personal data.
    url: Option<String>,
}
