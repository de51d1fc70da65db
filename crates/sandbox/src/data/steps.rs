//! The steps of a path, every kind and option of them.

use serde_json::{Map, Value, json};

use super::id::Id;
use super::rng::Rng;

/// What the steps of a path refer to. Programs have no rows: their ids dangle, as they do in the API.
pub(crate) struct Resources {
    pub(crate) classrooms: Vec<Id>,
    pub(crate) courses: Vec<Id>,
    pub(crate) messages: Vec<Id>,
    pub(crate) child_path: Option<Id>,
    pub(crate) program: Option<Id>,
}

/// An object whose optional fields are given only now and then.
struct Options(Map<String, Value>);

impl Options {
    fn new() -> Self {
        Self(Map::new())
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    fn maybe(
        self,
        rng: &mut Rng,
        permille: usize,
        name: &str,
        value: impl FnOnce(&mut Rng) -> Value,
    ) -> Self {
        if rng.chance(permille) {
            let value = value(rng);
            return self.with(name, value);
        }
        self
    }

    fn step(self, id: Id, kind: &str) -> Value {
        json!({"_id": id, "type": kind, "options": self.0})
    }
}

fn delay(rng: &mut Rng) -> Value {
    json!({"unit": *rng.pick(&["day", "week", "month"]), "value": rng.between(1, 6)})
}

fn deadline(rng: &mut Rng, optional: usize) -> Options {
    let step = Options::new().with("optional", rng.chance(optional));
    step.maybe(rng, 300, "relativeDate", delay)
}

pub(crate) fn steps(rng: &mut Rng, resources: &Resources) -> Vec<Value> {
    let mut steps = Vec::new();
    let mut courses = resources.courses.iter();
    if let Some(&quiz) = courses.next() {
        let waived: Vec<_> = resources.courses.last().into_iter().collect();
        let mut step = course(rng)
            .with("attemptsLimit", 1)
            .with("thresholds", json!([{"thresholdValue": 80, "waivedStepIds": waived}]))
            .step(quiz, "course");
        step["subtype"] = json!("quiz");
        steps.push(step);
    }
    for &id in courses {
        let options = course(rng)
            .maybe(rng, 400, "minScore", |rng| (10 * rng.between(4, 9)).into())
            .maybe(rng, 300, "attemptsLimit", |rng| rng.between(1, 5).into())
            .maybe(rng, 200, "availability", |rng| {
                let mode = *rng.pick(&["afterEnrollmentDate", "afterSessionStartDate"]);
                json!({"mode": mode, "relativeDate": delay(rng)})
            });
        steps.push(options.step(id, "course"));
    }
    for &id in &resources.classrooms {
        let options = deadline(rng, 100).with("autoRegistration", rng.chance(300));
        let own = Options::new().with("enabled", rng.chance(600)).maybe(rng, 400, "delay", delay);
        let options = options.with("selfRegistration", own.0).maybe(
            rng,
            700,
            "attendanceSheets",
            |rng| json!({"unit": *rng.pick(&["slot", "day"]), "number": rng.between(1, 4)}),
        );
        steps.push(options.step(id, "classroom"));
    }
    if let Some(id) = resources.child_path {
        steps.push(deadline(rng, 300).step(id, "path"));
    }
    if let Some(id) = resources.program {
        steps.push(deadline(rng, 800).step(id, "program"));
    }
    for (&id, kind) in resources.messages.iter().zip(["email", "teamsMessage", "slackMessage", "assessment"])
    {
        let recipient = if kind == "email" { *rng.pick(&["learner", "manager"]) } else { "learner" };
        let options = if kind == "assessment" {
            let assessment = Options::new().with("isExamination", rng.chance(500));
            assessment.maybe(rng, 600, "minScore", |rng| (10 * rng.between(5, 9)).into())
        } else {
            Options::new().with("recipientType", recipient).maybe(rng, 600, "scheduling", scheduling)
        };
        steps.push(options.step(id, kind));
    }
    steps
}

fn course(rng: &mut Rng) -> Options {
    const WHEN: [&str; 4] = ["never", "onAnswer", "onCompletion", "onSuccess"];
    deadline(rng, 200).with("showCorrection", *rng.pick(&WHEN)).with("showForum", *rng.pick(&WHEN)).maybe(
        rng,
        250,
        "timeLimit",
        |rng| json!({"mode": *rng.pick(&["maxTime", "minTime"]), "value": 60 * rng.between(5, 90)}),
    )
}

fn scheduling(rng: &mut Rng) -> Value {
    const WHEN: [&str; 3] = ["afterEnrollmentDate", "afterSessionStartDate", "beforeSessionStartDate"];
    let options = Options::new().with("relativeTo", *rng.pick(&WHEN)).with("relativity", rng.between(1, 30));
    let options = options
        .maybe(rng, 300, "condition", |rng| {
            json!(*rng.pick(&["completed", "notCompleted", "notSuccessful", "successful"]))
        })
        .maybe(rng, 300, "conditionOnDetailedStatus", |_| json!(["late", "notYetStarted"]));
    Value::Object(options.0)
}
