//! The steps of a path, with every option of each type.

use super::{Cell, Id, Record, Rng, record};

const WHEN: [&str; 4] = ["never", "onAnswer", "onCompletion", "onSuccess"];

fn delay(rng: &mut Rng) -> Record {
    record! {"unit": *rng.pick(&["day", "week", "month"]), "value": rng.between(1, 6)}
}

fn time_limit(rng: &mut Rng) -> Record {
    record! {"mode": *rng.pick(&["maxTime", "minTime"]), "value": 60 * rng.between(5, 90)}
}

/// A course that is a quiz: one attempt, and a threshold that spares the learner the step `waived`.
pub(super) fn quiz(rng: &mut Rng, id: Id, waived: Id) -> Record {
    let options = record! {
        "optional": rng.chance(200),
        "relativeDate": rng.maybe(300, delay),
        "showCorrection": *rng.pick(&WHEN),
        "showForum": *rng.pick(&WHEN),
        "timeLimit": rng.maybe(250, time_limit),
        "attemptsLimit": 1_i64,
        "thresholds": vec![record! {"thresholdValue": 80_i64, "waivedStepIds": vec![waived]}],
    };
    record! {"_id": id, "type": "course", "options": options, "subtype": "quiz"}
}

/// A step of any other type.
pub(super) fn step(rng: &mut Rng, id: Id, kind: &'static str) -> Record {
    let options = match kind {
        "course" => record! {
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
        "classroom" => record! {
            "optional": rng.chance(100),
            "relativeDate": rng.maybe(300, delay),
            "autoRegistration": rng.chance(300),
            "selfRegistration": record! {"enabled": rng.chance(600), "delay": rng.maybe(400, delay)},
            "attendanceSheets": rng.maybe(700, |rng| record! {
                "unit": *rng.pick(&["slot", "day"]),
                "number": rng.between(1, 4),
            }),
        },
        "assessment" => {
            let min_score = rng.maybe(600, |rng| 10 * rng.between(5, 9));
            record! {"isExamination": rng.chance(500), "minScore": min_score}
        }
        "email" | "teamsMessage" | "slackMessage" => {
            let recipient = if kind == "email" { *rng.pick(&["learner", "manager"]) } else { "learner" };
            record! {"recipientType": recipient, "scheduling": rng.maybe(600, scheduling)}
        }
        // A path or a program that a learner may have to finish by a date.
        _ => record! {"optional": rng.chance(300), "relativeDate": rng.maybe(300, delay)},
    };
    record! {"_id": id, "type": kind, "options": options, "subtype": Cell::Absent}
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
