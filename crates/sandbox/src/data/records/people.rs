//! People, their groups and their custom fields.

use std::borrow::Cow;

use serde::Serialize;

use crate::data::id::Id;
use crate::data::moment::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum UserStatus {
    Active,
    Invited,
    Deleted,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    pub(crate) status: UserStatus,
    pub(crate) lang: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) job: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) deleted_at: Vec<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary_group_id: Option<Id>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reactivated_at: Vec<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_login_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_be_deactivated_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_image_id: Option<Id>,
    #[serde(skip)]
    pub(crate) created: Moment,
    #[serde(skip)]
    pub(crate) values: Vec<FieldValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldValue {
    pub(crate) custom_field_id: Id,
    #[serde(rename = "type")]
    pub(crate) kind: FieldKind,
    pub(crate) value: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FieldKind {
    String,
    Date,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomField {
    pub(crate) name: &'static str,
    pub(crate) target_type: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: FieldKind,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    /// Its place among the definitions.
    #[serde(skip)]
    pub(crate) place: usize,
}

#[derive(Serialize)]
pub(crate) struct Policy {
    pub(crate) url: String,
    #[serde(rename = "explicitConsent", skip_serializing_if = "Option::is_none")]
    pub(crate) explicit_consent: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) privacy_policy: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moderation_charter: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) terms_of_use: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) imprint: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) banner_image_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) background_image_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) favicon_image_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logo_image_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subdomain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<String>,
    pub(crate) public: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<Id>,
}
