//! The steps of a path, with every option of each type.

use super::draw::Rng;
use super::id::Id;
use super::record::{Cell, Record, record};

const WHEN: [&str; 4] = ["never", "onAnswer", "onCompletion", "onSuccess"];

fn step(id: Id, kind: &'static str, options: Record) -> Record {
    record! {"_id": id, "type": kind, "options": options, "subtype": Cell::Absent}
}

fn delay(rng: &mut Rng) -> Record {
    record! {"unit": *rng.pick(&["day", "week", "month"]), "value": rng.between(1, 6)}
}

/// A step that a learner may have to finish by a date.
pub(super) fn plain(rng: &mut Rng, id: Id, kind: &'static str) -> Record {
    step(id, kind, record! {"optional": rng.chance(300), "relativeDate": rng.maybe(300, delay)})
}

fn time_limit(rng: &mut Rng) -> Record {
    record! {"mode": *rng.pick(&["maxTime", "minTime"]), "value": 60 * rng.between(5, 90)}
}

/// A course that is a quiz: one attempt, and a threshold that spares the learner the step `waived`.
pub(super) fn quiz(rng: &mut Rng, id: Id, waived: Id) -> Record {
    let mut quiz = step(
        id,
        "course",
        record! {
            "optional": rng.chance(200),
            "relativeDate": rng.maybe(300, delay),
            "showCorrection": *rng.pick(&WHEN),
            "showForum": *rng.pick(&WHEN),
            "timeLimit": rng.maybe(250, time_limit),
            "attemptsLimit": 1_i64,
            "thresholds": vec![record! {"thresholdValue": 80_i64, "waivedStepIds": vec![waived]}],
        },
    );
    quiz.set("subtype", "quiz");
    quiz
}

pub(super) fn course(rng: &mut Rng, id: Id) -> Record {
    step(
        id,
        "course",
        record! {
            "optional": rng.chance(200),
            "relativeDate": rng.maybe(300, delay),
            "showCorrection": *rng.pick(&WHEN),
            "showForum": *rng.pick(&WHEN),
            "timeLimit": rng.maybe(250, time_limit),
            "minScore": rng.maybe(400, |rng| 10 * rng.between(4, 9)),
            "attemptsLimit": rng.maybe(300, |rng| rng.between(1, 5)),
            "availability": rng.maybe(300, |rng| record! {
                "mode": *rng.pick(&["afterEnrollmentDate", "afterSessionStartDate"]),
                "relativeDate": delay(rng),
            }),
        },
    )
}

pub(super) fn classroom(rng: &mut Rng, id: Id) -> Record {
    step(
        id,
        "classroom",
        record! {
            "optional": rng.chance(100),
            "relativeDate": rng.maybe(300, delay),
            "autoRegistration": rng.chance(300),
            "selfRegistration": record! {"enabled": rng.chance(600), "delay": rng.maybe(400, delay)},
            "attendanceSheets": rng.maybe(700, |rng| record! {
                "unit": *rng.pick(&["slot", "day"]),
                "number": rng.between(1, 4),
            }),
        },
    )
}

/// A message, or an assessment.
pub(super) fn message(rng: &mut Rng, id: Id, kind: &'static str) -> Record {
    if kind == "assessment" {
        let min_score = rng.maybe(600, |rng| 10 * rng.between(5, 9));
        return step(id, kind, record! {"isExamination": rng.chance(500), "minScore": min_score});
    }
    let recipient = if kind == "email" { *rng.pick(&["learner", "manager"]) } else { "learner" };
    step(id, kind, record! {"recipientType": recipient, "scheduling": rng.maybe(600, scheduling)})
}

fn scheduling(rng: &mut Rng) -> Record {
    const RELATIVE: [&str; 3] = ["afterEnrollmentDate", "afterSessionStartDate", "beforeSessionStartDate"];
    const CONDITIONS: [&str; 4] = ["completed", "notCompleted", "notSuccessful", "successful"];
    record! {
        "relativeTo": *rng.pick(&RELATIVE),
        "relativity": rng.between(1, 30),
        "condition": rng.maybe(300, |rng| *rng.pick(&CONDITIONS)),
        "conditionOnDetailedStatus": rng.maybe(600, |_| vec!["late", "notYetStarted"]),
    }
}
