//! What a platform and a destination make of the lines of a run: states and tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

/// How a stream is synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `full_refresh` with `overwrite`.
    FullRefresh,
    /// `incremental` with `append_dedup`.
    Incremental,
}

/// A stream that is selected, as `discover` describes it.
#[derive(Clone)]
pub(crate) struct Selected {
    pub(crate) stream: usize,
    pub(crate) name: &'static str,
    pub(crate) mode: Mode,
    pub(crate) key: Vec<String>,
    pub(crate) cursor: Option<String>,
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<String, Value>,
    /// A full refresh that is not complete.
    generation: BTreeMap<String, Value>,
    job: u64,
    is_complete: bool,
}

/// The tables of a destination, and the states that the platform keeps.
#[derive(Default)]
pub(crate) struct Destination {
    tables: BTreeMap<&'static str, Table>,
    pub(crate) states: BTreeMap<String, Value>,
    /// The latest `readAt` of each stream.
    read_at: BTreeMap<String, DateTime<Utc>>,
}

/// What the lines of a run hold.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) complete: BTreeSet<String>,
    pub(crate) incomplete: BTreeSet<String>,
    /// Streams of which the log reports that all users were visited.
    pub(crate) whole: BTreeSet<String>,
    pub(crate) records: usize,
    pub(crate) errors: Vec<String>,
    pub(crate) complaints: Vec<String>,
}

fn text<'a>(message: &'a Value, pointer: &str) -> &'a str {
    message.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

fn date(row: &Value, field: &str) -> Option<DateTime<Utc>> {
    row.get(field)?.as_str()?.parse().ok()
}

impl Destination {
    /// Takes in what a run printed. After a kill, the destination may have lost what came after the last state.
    pub(crate) fn take(
        &mut self,
        lines: &[String],
        selected: &[Selected],
        job: u64,
        loses_the_rest: bool,
        secrets: &[String],
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let mut messages = Vec::new();
        for line in lines {
            match serde_json::from_str::<Value>(line) {
                Ok(message) => messages.push(message),
                Err(error) => outcome.complaints.push(format!("a line is not JSON ({error}): {line}")),
            }
            if let Some(secret) = secrets.iter().find(|secret| line.contains(secret.as_str())) {
                outcome.complaints.push(format!("the secret {secret} was printed: {line}"));
            }
        }
        for one in selected {
            let table = self.tables.entry(one.name).or_default();
            if one.mode == Mode::FullRefresh && (table.job != job || table.is_complete) {
                (table.job, table.is_complete) = (job, false);
                table.generation.clear();
            }
            let is_mine = |message: &Value| {
                let pointers = [
                    "/record/stream",
                    "/state/stream/stream_descriptor/name",
                    "/trace/stream_status/stream_descriptor/name",
                    "/trace/error/stream_descriptor/name",
                ];
                pointers.iter().any(|pointer| text(message, pointer) == one.name)
            };
            let mine: Vec<&Value> = messages.iter().filter(|message| is_mine(message)).collect();
            let last_state = mine.iter().rposition(|message| message["type"] == "STATE");
            let kept = if loses_the_rest { last_state.map_or(0, |last| last + 1) } else { mine.len() };
            self.take_stream(one, &mine, kept, &mut outcome);
        }
        for message in &messages {
            if let Some((stream, rest)) = text(message, "/log/message").split_once(": all ")
                && rest.contains(" are visited, because ")
            {
                outcome.whole.insert(stream.to_owned());
            }
        }
        outcome.errors.extend(
            messages
                .iter()
                .filter(|message| text(message, "/trace/type") == "ERROR")
                .map(|message| text(message, "/trace/error/message").to_owned()),
        );
        outcome
    }

    fn take_stream(&mut self, of: &Selected, messages: &[&Value], kept: usize, outcome: &mut Outcome) {
        let mut since_state = 0_u32;
        let mut latest = self.read_at.get(of.name).copied();
        for (index, message) in messages.iter().enumerate() {
            match message["type"].as_str() {
                Some("RECORD") => {
                    outcome.records += 1;
                    since_state += 1;
                    let row = &message["record"]["data"];
                    if let Some(at) = date(row, "readAt") {
                        if self.read_at.get(of.name).is_some_and(|before| at < *before) {
                            outcome.complaints.push(format!("{}: readAt goes back: {row}", of.name));
                        }
                        latest = latest.max(Some(at));
                    }
                    if index < kept {
                        self.put(of, row, &mut outcome.complaints);
                    }
                }
                Some("STATE") => {
                    let count = message.pointer("/state/sourceStats/recordCount").and_then(Value::as_f64);
                    if count != Some(f64::from(since_state)) {
                        outcome
                            .complaints
                            .push(format!("{}: {since_state} records before a state: {message}", of.name));
                    }
                    since_state = 0;
                    self.states.insert(of.name.to_owned(), message["state"].clone());
                }
                Some("TRACE") => match text(message, "/trace/stream_status/status") {
                    "COMPLETE" => {
                        outcome.complete.insert(of.name.to_owned());
                        if let Some(table) = self.tables.get_mut(of.name)
                            && of.mode == Mode::FullRefresh
                        {
                            table.is_complete = true;
                            table.rows = table.generation.clone();
                        }
                    }
                    "INCOMPLETE" => {
                        outcome.incomplete.insert(of.name.to_owned());
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if let Some(latest) = latest {
            self.read_at.insert(of.name.to_owned(), latest);
        }
    }

    fn put(&mut self, of: &Selected, row: &Value, complaints: &mut Vec<String>) {
        let part = |field: &String| row.get(field).map(Value::to_string);
        let Some(key) = of.key.iter().map(part).collect::<Option<Vec<_>>>() else {
            complaints.push(format!("{}: a record lacks its key: {row}", of.name));
            return;
        };
        let key = key.join(" ");
        let Some(table) = self.tables.get_mut(of.name) else { return };
        match (of.mode, &of.cursor) {
            (Mode::Incremental, Some(cursor)) => {
                let is_older = |held: &Value| date(row, cursor) < date(held, cursor);
                if !table.rows.get(&key).is_some_and(is_older) {
                    table.rows.insert(key, row.clone());
                }
            }
            _ => {
                table.generation.insert(key, row.clone());
            }
        }
    }

    /// True if the state of a stream holds where an interrupted read continues.
    pub(crate) fn is_resumable(&self, stream: &str) -> bool {
        self.states.get(stream).is_some_and(|state| state.pointer("/stream/stream_state/resume").is_some())
    }

    pub(crate) fn rows(&self, stream: &str) -> impl Iterator<Item = &Value> {
        self.tables.get(stream).into_iter().flat_map(|table| table.rows.values())
    }
}
