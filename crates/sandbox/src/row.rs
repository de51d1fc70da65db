//! A row as one endpoint shows it, with the fields that the endpoint filters on.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use crate::data::id::Id;
use crate::data::moment::Moment;
use crate::data::records::{
    Attempt, Attendance, Classroom, CustomField, Enrollment, FieldKind, FieldValue, Group, Kept, Path,
    Registration, Session, Sheet, Slot, State, Status, User, UserStatus,
};
use crate::data::rng::Rng;

/// A row of some list.
#[derive(Clone)]
pub(crate) enum Row<'a> {
    User(&'a User),
    Group(&'a Group),
    CustomField(&'a CustomField),
    Value(&'a FieldValue),
    Path(&'a Path),
    /// Without translations, as in `/paths/sessions`.
    Session(&'a Session),
    /// With translations, as under its path.
    FullSession(&'a Session),
    Enrollment(&'a Enrollment),
    /// With path and session, as in `/paths/stats`.
    Stat(&'a Enrollment),
    /// Without them, as under its session.
    SessionStat(&'a Enrollment),
    Classroom(&'a Classroom),
    Slot(&'a Slot),
    /// With the slot, as under its classroom.
    Registration(&'a Registration),
    /// Without it, as under its slot.
    SlotRegistration(&'a Registration),
    /// As in the company's list: with the classroom and the slot, unless they are left out.
    CompanyRegistration {
        registration: &'a Registration,
        classroom: Id,
        placed: bool,
    },
    Sheet(&'a Sheet),
    Attendance(&'a Attendance),
    Attempt(&'a Attempt),
    /// Of the smaller kinds.
    Kept(&'a Kept),
    /// Rows that are not kept anywhere: roles, authorised values.
    Made(Value),
}

/// A field that can be filtered on.
pub(crate) enum Cell {
    Date(Moment),
    Text(Cow<'static, str>),
    /// A list: it is equal to each of its members.
    Texts(Vec<String>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FullSession<'a> {
    #[serde(flatten)]
    session: &'a Session,
    translations: &'a [Value],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationOfSlot<'a> {
    #[serde(flatten)]
    registration: &'a Registration,
    classroom_slot_id: Id,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationOfCompany<'a> {
    #[serde(flatten)]
    registration: &'a Registration,
    classroom_slot_id: Id,
    classroom_id: Id,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stat {
    #[serde(rename = "_id")]
    id: Id,
    progress: i64,
    status: State,
    time_spent: i64,
    user_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<i64>,
    enrolled_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    unenrolled_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_id: Option<Id>,
    self_enrolled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<Id>,
}

fn stat(enrollment: &Enrollment, placed: bool) -> Stat {
    let progress = &enrollment.progress;
    Stat {
        id: enrollment.id,
        progress: progress.percent,
        status: progress.state,
        time_spent: progress.time_spent,
        user_id: enrollment.user_id,
        completed_at: progress.completed_at,
        score: progress.score,
        enrolled_at: enrollment.created_at,
        unenrolled_at: enrollment.archived_at,
        certificate_id: progress.certificate_id,
        self_enrolled: enrollment.is_self_enrolled,
        started_at: progress.started_at,
        due_date: progress.due_date,
        path_id: placed.then_some(enrollment.path_id),
        session_id: placed.then_some(enrollment.session_id),
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::User(row) => row.serialize(serializer),
            Self::Group(row) => row.serialize(serializer),
            Self::CustomField(row) => row.serialize(serializer),
            Self::Value(row) => row.serialize(serializer),
            Self::Path(row) => row.serialize(serializer),
            Self::Session(row) => row.serialize(serializer),
            Self::FullSession(session) => {
                FullSession { session, translations: &session.translations }.serialize(serializer)
            }
            Self::Enrollment(row) => row.serialize(serializer),
            Self::Stat(row) => stat(row, true).serialize(serializer),
            Self::SessionStat(row) => stat(row, false).serialize(serializer),
            Self::Classroom(row) => row.serialize(serializer),
            Self::Slot(row) => row.serialize(serializer),
            Self::Registration(registration) => {
                RegistrationOfSlot { registration, classroom_slot_id: registration.slot }
                    .serialize(serializer)
            }
            Self::SlotRegistration(row)
            | Self::CompanyRegistration { registration: row, placed: false, .. } => row.serialize(serializer),
            Self::CompanyRegistration { registration, classroom, .. } => RegistrationOfCompany {
                registration,
                classroom_slot_id: registration.slot,
                classroom_id: *classroom,
            }
            .serialize(serializer),
            Self::Sheet(row) => row.serialize(serializer),
            Self::Attendance(row) => row.serialize(serializer),
            Self::Attempt(row) => row.serialize(serializer),
            Self::Kept(kept) => kept.row.serialize(serializer),
            Self::Made(row) => row.serialize(serializer),
        }
    }
}

impl Row<'_> {
    /// The value of a field, if the row has one; the fields are those of the filters in the endpoint table.
    pub(crate) fn cell(&self, field: &str) -> Option<Cell> {
        match self {
            Self::User(row) => match field {
                "mail" => text(row.mail.clone()),
                "username" => text(row.username.clone()),
                _ => name(match row.status {
                    UserStatus::Active => "active",
                    UserStatus::Invited => "invited",
                    UserStatus::Deleted => "deleted",
                }),
            },
            Self::CustomField(row) => match field {
                "name" => name(row.name),
                "targetType" => name(row.target_type),
                _ => name(match row.kind {
                    FieldKind::String => "string",
                    FieldKind::Date => "date",
                }),
            },
            Self::Path(row) => match field {
                "createdAt" => date(Some(row.created_at)),
                "modifiedAt" => date(Some(row.modified_at)),
                _ => status(row.status),
            },
            Self::Session(row) | Self::FullSession(row) => match field {
                "createdAt" => date(Some(row.created_at)),
                "modifiedAt" => date(Some(row.modified_at)),
                "startDate" => date(Some(row.start_date)),
                "endDate" => date(row.end_date),
                "sessionId" => id(row.id),
                _ => id(row.path_id),
            },
            Self::Enrollment(row) | Self::Stat(row) | Self::SessionStat(row) => match field {
                "createdAt" => date(Some(row.created_at)),
                "modifiedAt" => date(row.modified_at),
                "completedAt" => date(row.progress.completed_at),
                "sessionId" => id(row.session_id),
                "pathId" => id(row.path_id),
                "userId" => id(row.user_id),
                _ => status(row.status),
            },
            Self::Classroom(row) => match field {
                "createdAt" => date(row.created_at),
                "modifiedAt" => date(row.modified_at),
                _ => id(row.group_id),
            },
            Self::Slot(row) => date(if field == "createdAt" { row.created_at } else { row.modified_at }),
            Self::CompanyRegistration { classroom, .. } if field == "classroomId" => id(*classroom),
            Self::Registration(row)
            | Self::SlotRegistration(row)
            | Self::CompanyRegistration { registration: row, .. } => match field {
                "createdAt" => date(row.created_at),
                "modifiedAt" => date(row.modified_at),
                "hasAttended" => row.has_attended.and_then(|came| name(if came { "true" } else { "false" })),
                "userId" => id(row.user_id),
                "classroomSlotId" => id(row.slot),
                _ => status(row.status),
            },
            Self::Attempt(row) => match field {
                "completedAt" => date(row.completed_at),
                "courseId" => id(row.course_id),
                _ => id(row.user_id),
            },
            Self::Kept(kept) => kept_cell(kept, field),
            Self::Group(_) | Self::Value(_) | Self::Sheet(_) | Self::Attendance(_) | Self::Made(_) => None,
        }
    }
}

impl Row<'_> {
    /// A number of its own for each row of a list, which stays when the row changes.
    pub(crate) fn identity(&self) -> u64 {
        match self.key() {
            Ok(id) => id.shuffled(0).0,
            Err(row) => Rng::new(0, &row.to_string()).draw(),
        }
    }

    /// The `_id` that the row shows, if it has one.
    pub(crate) fn written_id(&self) -> Option<String> {
        match (self, self.key()) {
            (Self::Value(_), _) => None,
            (Self::Kept(Kept { row, .. }), _) | (_, Err(row)) => row["_id"].as_str().map(str::to_owned),
            (_, Ok(id)) => Some(id.to_string()),
        }
    }

    /// What the row is known by, which it need not show; the row itself where there is nothing else.
    fn key(&self) -> Result<Id, &Value> {
        Ok(match self {
            Self::User(row) => row.id,
            Self::Group(row) => row.id,
            Self::CustomField(row) => row.id,
            Self::Value(row) => row.custom_field_id,
            Self::Path(row) => row.id,
            Self::Session(row) | Self::FullSession(row) => row.id,
            Self::Enrollment(row) | Self::Stat(row) | Self::SessionStat(row) => row.id,
            Self::Classroom(row) => row.id,
            Self::Slot(row) => row.id,
            Self::Registration(row)
            | Self::SlotRegistration(row)
            | Self::CompanyRegistration { registration: row, .. } => row.id,
            Self::Sheet(row) => row.id,
            Self::Attendance(row) => row.id,
            Self::Attempt(row) => row.id,
            Self::Kept(kept) => kept.id,
            Self::Made(row) => return Err(row),
        })
    }
}

/// Dates are known by the names of their fields.
fn kept_cell(kept: &Kept, field: &str) -> Option<Cell> {
    match kept.row.get(field).or_else(|| kept.aside.get(field))? {
        Value::String(text) if field.ends_with("At") || field.ends_with("Date") => date(Moment::parse(text)),
        Value::Bool(yes) => name(if *yes { "true" } else { "false" }),
        Value::Array(list) => {
            Some(Cell::Texts(list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()))
        }
        value => text(value.as_str().map(str::to_owned)),
    }
}

fn date(moment: Option<Moment>) -> Option<Cell> {
    moment.map(Cell::Date)
}

fn text(text: Option<String>) -> Option<Cell> {
    text.map(|text| Cell::Text(text.into()))
}

#[expect(clippy::unnecessary_wraps, reason = "every arm of `cell` is optional")]
fn name(name: &'static str) -> Option<Cell> {
    Some(Cell::Text(name.into()))
}

fn id(id: Id) -> Option<Cell> {
    text(Some(id.to_string()))
}

fn status(status: Status) -> Option<Cell> {
    name(match status {
        Status::Archived => "archived",
        Status::Published => "published",
    })
}
