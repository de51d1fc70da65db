//! The output of a run of the connector, and what holds for every run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};
use source_360learning::streams::stream;

/// The messages of one run, in order.
pub struct Output {
    pub code: i32,
    pub messages: Vec<Value>,
    pub stderr: String,
    /// Where the RECORD, STATE and TRACE messages of each stream are: a sync has hundreds of thousands of them.
    places: HashMap<(Kind, String), Vec<usize>>,
}

/// The messages that belong to a stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Record,
    State,
    Status,
}

/// The kind and the stream of a message that belongs to one.
fn place(message: &Value) -> Option<(Kind, String)> {
    let (kind, stream) = match message["type"].as_str()? {
        "RECORD" => (Kind::Record, &message["record"]["stream"]),
        "STATE" => (Kind::State, &message["state"]["stream"]["stream_descriptor"]["name"]),
        "TRACE" => (Kind::Status, &message["trace"]["stream_status"]["stream_descriptor"]["name"]),
        _ => return None,
    };
    Some((kind, stream.as_str()?.to_owned()))
}

/// Every message is validated against what this source may print, and against the protocol's own schema.
static MESSAGES: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    let own: Value = serde_json::from_str(include_str!("../../fixtures/messages.schema.json")).unwrap();
    let definitions: Value = serde_json::from_str(include_str!("../../fixtures/protocol.json")).unwrap();
    let official = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/AirbyteMessage",
        "definitions": definitions,
    });
    [own, official].map(|schema| jsonschema::draft7::new(&schema).unwrap())
});

impl Output {
    /// Parses the output of a run. In every run each line is one valid message and standard error is empty.
    pub fn new(output: &std::process::Output) -> Self {
        let stdout = std::str::from_utf8(&output.stdout).unwrap();
        assert!(stdout.is_empty() || stdout.ends_with('\n'), "the last line is complete");
        let messages: Vec<Value> = stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, message) in messages.iter().enumerate() {
            if let Some(place) = place(message) {
                places.entry(place).or_default().push(index);
            }
        }
        let output = Self { code: output.status.code().unwrap_or(-1), messages, stderr, places };
        output.is_valid();
        output
    }

    fn is_valid(&self) {
        assert_eq!(self.stderr, "", "standard error is for terminals");
        for message in &self.messages {
            for validator in MESSAGES.iter() {
                let errors: Vec<String> =
                    validator.iter_errors(message).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{errors:?}: {message}");
            }
        }
    }

    /// The bodies of the messages of a kind: `RECORD`, `STATE`, `LOG` …
    pub fn all(&self, kind: &str) -> Vec<&Value> {
        let field = match kind {
            "CONNECTION_STATUS" => "connectionStatus".to_owned(),
            other => other.to_lowercase(),
        };
        self.messages
            .iter()
            .filter(|message| message["type"] == kind)
            .map(|message| &message[&field])
            .collect()
    }

    fn places(&self, kind: Kind, stream: &str) -> &[usize] {
        self.places.get(&(kind, stream.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The messages of a stream, in order.
    fn of(&self, kind: Kind, stream: &str) -> impl Iterator<Item = &Value> {
        self.places(kind, stream).iter().map(|index| &self.messages[*index])
    }

    /// The records of a stream, in order.
    pub fn records(&self, stream: &str) -> Vec<&Value> {
        self.of(Kind::Record, stream).map(|message| &message["record"]["data"]).collect()
    }

    /// The ERROR traces.
    pub fn errors(&self) -> Vec<&Value> {
        self.all("TRACE")
            .into_iter()
            .filter(|trace| trace["type"] == "ERROR")
            .map(|trace| &trace["error"])
            .collect()
    }

    /// The one ERROR trace: its failure type, its stream (empty for none) and its message.
    pub fn only_error(&self) -> (&str, &str, &str) {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        (
            errors[0]["failure_type"].as_str().unwrap(),
            errors[0].pointer("/stream_descriptor/name").and_then(Value::as_str).unwrap_or(""),
            errors[0]["message"].as_str().unwrap(),
        )
    }

    /// The statuses of a stream, in order; a pause is `RATE_LIMITED`.
    pub fn statuses(&self, stream: &str) -> Vec<&str> {
        self.of(Kind::Status, stream)
            .map(|message| &message["trace"]["stream_status"])
            .map(|status| {
                let reason = status.pointer("/reasons/0/type").and_then(Value::as_str);
                reason.unwrap_or_else(|| status["status"].as_str().unwrap())
            })
            .collect()
    }

    /// The STATE blobs of a stream, in order.
    pub fn states(&self, stream: &str) -> Vec<&Value> {
        self.of(Kind::State, stream).map(|message| &message["state"]["stream"]["stream_state"]).collect()
    }

    /// The last STATE message of each stream: what a platform hands to the next sync.
    pub fn last_states(&self) -> Value {
        let mut last = BTreeMap::new();
        for state in self.all("STATE") {
            last.insert(state["stream"]["stream_descriptor"]["name"].to_string(), state.clone());
        }
        Value::Array(last.into_values().collect())
    }

    /// The log's texts of a level.
    pub fn logged(&self, level: &str) -> Vec<&str> {
        let of = |log: &&Value| log["level"] == level;
        self.all("LOG").into_iter().filter(of).map(|log| log["message"].as_str().unwrap()).collect()
    }

    /// The values of a field in the records of a stream, in order.
    pub fn values(&self, stream: &str, field: &str) -> Vec<&str> {
        self.records(stream).iter().map(|row| row[field].as_str().unwrap()).collect()
    }

    /// The ids of the records of a stream, in order.
    pub fn ids(&self, stream: &str) -> Vec<&str> {
        self.values(stream, "_id")
    }

    /// The log's texts.
    pub fn log(&self) -> String {
        self.all("LOG").iter().map(|log| log["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// Asserts what holds for every sync that ended well: each stream STARTED, RUNNING, COMPLETE, its last state just before
    /// COMPLETE, and counts that add up.
    pub fn is_complete(&self, streams: &[&str]) -> &Self {
        assert_eq!(self.code, 0, "{:#?}", self.errors());
        for stream in streams {
            assert_eq!(self.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"], "{stream}");
            let last = |kind| self.places(kind, stream).last().copied();
            let state = last(Kind::State).unwrap();
            assert_eq!(
                last(Kind::Status),
                Some(state + 1),
                "{stream}: COMPLETE follows the last state at once"
            );
            assert!(last(Kind::Record) < Some(state), "{stream}: a record after the last state");
        }
        self.counts_add_up()
    }

    /// Asserts that each STATE counts the records of its stream since the one before.
    pub fn counts_add_up(&self) -> &Self {
        let mut since: BTreeMap<String, f64> = BTreeMap::new();
        for message in &self.messages {
            if message["type"] == "RECORD" {
                *since.entry(message["record"]["stream"].to_string()).or_default() += 1.0;
            } else if message["type"] == "STATE" {
                let name = message["state"]["stream"]["stream_descriptor"]["name"].to_string();
                let count = since.insert(name, 0.0).unwrap_or_default();
                assert_eq!(message["state"]["sourceStats"]["recordCount"], json!(count));
                assert!(message["state"]["sourceStats"]["recordCount"].is_f64(), "with a decimal point");
            }
        }
        self
    }
}

/// A row's key, as text.
pub fn key(stream_name: &str, row: &Value) -> String {
    let key = stream(stream_name).unwrap().key;
    key.iter().map(|field| row[*field].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// A key as the sandbox reports it, one text or several, in the form of [`key`].
pub fn key_text(key: &Value) -> String {
    let part = |part: &Value| part.as_str().unwrap().to_owned();
    key.as_array().map_or_else(|| part(key), |parts| parts.iter().map(part).collect::<Vec<_>>().join(" "))
}

/// The row without the moment at which it was read: the only field that two reads of the same row do not share.
fn without_read_at(row: &Value) -> Cow<'_, Value> {
    match row {
        Value::Object(row) if row.contains_key("readAt") => {
            let rest = row.iter().filter(|(name, _)| *name != "readAt");
            Cow::Owned(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => Cow::Borrowed(row),
    }
}

/// Rows by key; the last one of a key wins, as in a destination that removes repeats.
pub fn by_key<'a>(stream: &str, rows: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, &'a Value> {
    rows.into_iter().map(|row| (key(stream, row), row)).collect()
}

/// The keys of rows.
pub fn keys<'a>(stream: &str, rows: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    rows.into_iter().map(|row| key(stream, row)).collect()
}

/// How two sets of rows differ: of each kind how many, and the first few of them.
#[derive(Debug, Default)]
pub struct Differences {
    pub lost: (usize, Vec<String>),
    pub surplus: (usize, Vec<String>),
    pub different: (usize, Vec<String>),
}

/// The rows of a stream without those that only record that a user has no value in a field.
pub fn with_value<'a>(stream: &str, mut rows: Vec<&'a Value>) -> Vec<&'a Value> {
    rows.retain(|row| !is_without_value(stream, row));
    rows
}

/// True if the row only records that a user has no value in a field: what reads the table leaves it out.
fn is_without_value(stream: &str, row: &Value) -> bool {
    stream == "user_custom_field_values" && row["value"].is_null()
}

/// Compares two sets of rows by key.
pub fn differences<'a>(
    stream: &str,
    got: impl IntoIterator<Item = &'a Value>,
    wanted: impl IntoIterator<Item = &'a Value>,
) -> Differences {
    let (mut got, wanted) = (by_key(stream, got), by_key(stream, wanted));
    got.retain(|_, row| !is_without_value(stream, row));
    let few =
        |differences: Vec<String>| (differences.len(), differences.into_iter().take(3).collect::<Vec<_>>());
    let lost = wanted.keys().filter(|key| !got.contains_key(*key)).cloned().collect();
    let surplus = got.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect();
    let differs = |(key, row): (&String, &&Value)| {
        let other = wanted.get(key)?;
        let is_same = without_read_at(row) == without_read_at(other);
        (!is_same).then(|| format!("{row} instead of {other}"))
    };
    let different = got.iter().filter_map(differs).collect();
    Differences { lost: few(lost), surplus: few(surplus), different: few(different) }
}

/// Asserts that two sets of rows are the same, naming the first few differences rather than thousands of rows.
pub fn same_rows<'a>(
    stream: &str,
    got: impl IntoIterator<Item = &'a Value>,
    wanted: impl IntoIterator<Item = &'a Value>,
) {
    let found = differences(stream, got, wanted);
    let counts = (found.lost.0, found.surplus.0, found.different.0);
    assert_eq!(counts, (0, 0, 0), "{stream}: {found:?}");
}
