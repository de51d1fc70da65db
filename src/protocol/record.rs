//! A raw JSON object becomes one RECORD line, untouched.

use serde::Serialize;

/// A field that is `null` in the record because the API's value does not have the type of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field, as a path for people.
    pub field: String,
}

/// The RECORD lines of one page, handed out in pieces.
#[derive(Debug)]
pub struct RecordLines {
    prefix: Vec<u8>,
    bytes: Vec<u8>,
    count: u64,
}

impl RecordLines {
    /// Lines of `stream`, stamped with `now` (epoch milliseconds), with room for `records` of `bytes` in all.
    #[must_use]
    pub fn new(stream: &str, now: i64, records: usize, bytes: usize) -> Self {
        let prefix =
            format!(r#"{{"type":"RECORD","record":{{"stream":"{stream}","emitted_at":{now},"data":{{"#);
        let room = bytes + records * (prefix.len() + "}}}\n".len());
        Self { prefix: prefix.into_bytes(), bytes: Vec::with_capacity(room), count: 0 }
    }

    /// Adds one record: the members of `added` (such as `"userId":"…"`), then those of `object`, which win. Neither holds a
    /// line break. An empty record is left out: the platform drops it without counting it.
    pub fn push(&mut self, added: &str, object: &str, changes: &[Change]) {
        let inner = object.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let members = inner.unwrap_or_default().trim();
        if added.is_empty() && members.is_empty() {
            return;
        }
        self.bytes.extend_from_slice(&self.prefix);
        self.bytes.extend_from_slice(added.as_bytes());
        if !added.is_empty() && !members.is_empty() {
            self.bytes.push(b',');
        }
        self.bytes.extend_from_slice(members.as_bytes());
        self.bytes.push(b'}');
        if !changes.is_empty() {
            self.bytes.extend_from_slice(b",\"meta\":");
            self.bytes.extend(super::to_json(&Meta { changes: changes.iter().map(Nulled::new).collect() }));
        }
        self.bytes.extend_from_slice(b"}}\n");
        self.count += 1;
    }

    /// The bytes of the lines that were not taken yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True if there is no line to take.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Hands out the lines added since the last call, each ended by a newline, and their number.
    pub fn take(&mut self) -> (Vec<u8>, u64) {
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.count))
    }
}

/// `AirbyteRecordMessageMeta`.
#[derive(Serialize)]
struct Meta<'a> {
    changes: Vec<Nulled<'a>>,
}

/// `AirbyteRecordMessageMetaChange`: destinations keep it in `_airbyte_meta`.
#[derive(Serialize)]
struct Nulled<'a> {
    field: &'a str,
    change: &'static str,
    reason: &'static str,
}

impl<'a> Nulled<'a> {
    fn new(change: &'a Change) -> Self {
        Self { field: &change.field, change: "NULLED", reason: "SOURCE_SERIALIZATION_ERROR" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(added: &str, object: &str, changes: &[Change]) -> String {
        let mut lines = RecordLines::new("users", 7, 0, 0);
        lines.push(added, object, changes);
        String::from_utf8(lines.take().0).unwrap()
    }

    #[test]
    fn numbers_and_order_survive() {
        let got = line("", "{\"b\": 1.10, \"a\": 12345678901234567890}", &[]);
        assert_eq!(
            got,
            "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"emitted_at\":7,\"data\":{\"b\": 1.10, \"a\": 12345678901234567890}}}\n"
        );
    }

    #[test]
    fn parent_ids_are_added_also_to_an_empty_object() {
        assert!(line(r#""userId":"u1""#, "{ }", &[]).contains(r#""data":{"userId":"u1"}}}"#));
        assert!(line(r#""userId":"u1""#, r#"{"a":{}}"#, &[]).contains(r#""data":{"userId":"u1","a":{}}}}"#));
    }

    #[test]
    fn an_empty_record_is_left_out() {
        assert_eq!(line("", "{}", &[]), "");
    }

    #[test]
    fn changes_follow_the_data() {
        let change = |field: &str| Change { field: field.to_owned() };
        assert!(line("", r#"{"a":null}"#, &[change("a"), change("b\"\u{2028}.0")]).ends_with(concat!(
            r#""data":{"a":null},"meta":{"changes":[{"field":"a","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"},"#,
            r#"{"field":"b\"\u2028.0","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR"}]}}}"#,
            "\n"
        )));
    }

    #[test]
    fn lines_are_handed_out_once() {
        let mut lines = RecordLines::new("users", 7, 0, 0);
        assert!(lines.is_empty());
        lines.push("", r#"{"a":1}"#, &[]);
        assert_eq!(lines.len(), 76);
        lines.push("", r#"{"a":2}"#, &[]);
        let (first, count) = lines.take();
        assert_eq!((String::from_utf8(first).unwrap().lines().count(), count), (2, 2));
        lines.push("", r#"{"a":3}"#, &[]);
        let (second, count) = lines.take();
        assert!(second.ends_with(b"{\"a\":3}}}\n") && second.starts_with(b"{\"type\"") && count == 1);
        assert_eq!(lines.take(), (Vec::new(), 0));
    }
}
