use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, HiddenStatus, Stream};

/// `GET /paths`.
pub static PATHS: Stream = Stream {
    name: "paths",
    row: "A path: a training program made of ordered steps.",
    path: "/paths",
    scope: "paths:read",
    page_size: Some(200),
    cursor: Some(Cursor::Filtered { field: "modifiedAt", lookback_days: 0 }),
    hidden: &[HiddenStatus { value: "archived", in_rows: true }],
    schema: schema::of::<Path>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
pub(super) struct Translation {
    /// The language, such as fr.
    lang: Option<String>,
    /// Whether learners can choose this language.
    published: Option<bool>,
    /// Users who translate into this language.
    translator_ids: Option<Vec<String>>,
    /// The texts in this language.
    translated_fields: Option<TranslatedFields>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct TranslatedFields {
    /// Title in this language.
    name: Option<String>,
    /// Description in this language.
    description: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Path {
    /// The main author.
    author_id: Option<String>,
    /// The certificate outline from which a learner's certificate is made on completion.
    certificate_id: Option<String>,
    /// The group that owns the path.
    group_id: Option<String>,
    /// Identifies the path.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The other authors.
    co_author_ids: Option<Vec<String>>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// Language shown to learners whose own is missing, such as fr.
    default_lang: Option<String>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// Title.
    name: Option<String>,
    /// How the path behaves for its learners.
    options: Option<PathOptions>,
    /// Language in which the path was written, such as fr.
    source_lang: Option<String>,
    /// Such as published or archived.
    status: Option<String>,
    /// The steps, in order.
    steps: Option<Vec<Step>>,
    /// The languages into which the path is translated.
    translations: Option<Vec<Translation>>,
    /// Free text of the advanced settings; learners do not see it.
    additional_information: Option<String>,
    /// Media of the cover.
    cover_picture: Option<String>,
    /// Description for learners.
    description: Option<String>,
    /// How long the path should take.
    estimated_duration: Option<EstimatedDuration>,
    /// How many hours a week the path should take.
    estimated_weekly_commitment: Option<WeeklyCommitment>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathOptions {
    /// Whether steps must be taken from first to last.
    linear_progression: Option<bool>,
    /// Whether steps that a learner completed elsewhere must be taken again here.
    mandatory_replay: Option<bool>,
    /// Whether learners see the forum and the reactions.
    display_forum: Option<bool>,
    /// Whether the messages of classroom slots are shown to learners who are not registered to
    /// them.
    display_classroom_messages: Option<bool>,
    /// Whether learners who are inactive for 2 and then 7 days are reminded.
    automated_reminders: Option<bool>,
    /// Whether a new step is announced to all learners by e-mail.
    notification_on_step_creation: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Step {
    /// The content of the step: a course, a classroom or a path, by its `type`.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Kind of step, such as assessment, classroom, course, email, path, program, slackMessage or
    /// teamsMessage.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// Settings; which ones a step has depends on its `type`.
    options: Option<StepOptions>,
    /// Variety of a course step, such as quiz (a positioning quiz).
    subtype: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct StepOptions {
    /// Assessment: whether the certificate depends on it.
    is_examination: Option<bool>,
    /// Assessment: score to reach, in percent; without it the assessor decides on passed or failed.
    min_score: Option<f64>,
    /// Whether the path can be completed without this step.
    optional: Option<bool>,
    /// Time from enrollment in which the step should be done; it stays open afterwards.
    relative_date: Option<Span>,
    /// Classroom: whether new learners are put into the next slot with a place left.
    auto_registration: Option<bool>,
    /// Classroom: whether learners may choose their slot.
    self_registration: Option<StepSelfRegistration>,
    /// Classroom: how many attendance sheets each slot gets.
    attendance_sheets: Option<SheetsOption>,
    /// Course: when answers are shown, such as never, onAnswer, onCompletion or onSuccess.
    show_correction: Option<String>,
    /// Course: when the forum is shown, such as never, onAnswer, onCompletion or onSuccess.
    show_forum: Option<String>,
    /// Course: least or most time to spend on it; not applied to SCORM modules.
    time_limit: Option<TimeLimit>,
    /// Course: how often it may be tried.
    attempts_limit: Option<f64>,
    /// Course: the period in which it can be taken.
    availability: Option<Availability>,
    /// Positioning quiz: which score spares the learner which steps.
    thresholds: Option<Vec<Threshold>>,
    /// Message: who receives it, such as learner or manager.
    recipient_type: Option<String>,
    /// Message: when it is sent; without it, right after the step before.
    scheduling: Option<Scheduling>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Span {
    /// Unit of `value`, such as day, week or month.
    unit: Option<String>,
    /// How many of these units.
    value: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct StepSelfRegistration {
    /// Whether learners may register themselves to an open slot.
    enabled: Option<bool>,
    /// How long before the slot registrations are frozen.
    delay: Option<Span>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SheetsOption {
    /// What `number` counts by, such as slot or day.
    unit: Option<String>,
    /// Sheets per slot or per day of a slot.
    number: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct TimeLimit {
    /// Whether `value` is the least or the most time: minTime or maxTime.
    mode: Option<String>,
    /// The time, in seconds.
    value: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Availability {
    /// What opens the period, such as afterEnrollmentDate or afterSessionStartDate.
    mode: Option<String>,
    /// How long the period is.
    relative_date: Option<Span>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Threshold {
    /// Score from which the threshold counts as reached.
    threshold_value: Option<f64>,
    /// Steps that the learner then need not take.
    waived_step_ids: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Scheduling {
    /// Event to count from, such as afterEnrollmentDate, afterSessionStartDate or
    /// beforeSessionStartDate.
    relative_to: Option<String>,
    /// Distance from that event, in days.
    relativity: Option<f64>,
    /// Result on the path that the recipient's learner must have, such as completed, notCompleted,
    /// successful or notSuccessful.
    condition: Option<String>,
    /// Statuses of which the learner must have one, such as late, onTime or toRetake.
    condition_on_detailed_status: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct EstimatedDuration {
    /// Unit of `value`, such as minute, hour, day, week or month.
    unit: Option<String>,
    /// How many of these units.
    value: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct WeeklyCommitment {
    /// Fewest hours a week.
    min: Option<f64>,
    /// Most hours a week.
    max: Option<f64>,
}
