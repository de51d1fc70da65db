//! A raw JSON object becomes one RECORD line, untouched.

/// What closes a line.
const SUFFIX: &[u8] = b"}}}\n";

/// The RECORD lines of one page, in one buffer.
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
        let room = bytes + records * (prefix.len() + SUFFIX.len());
        Self { prefix: prefix.into_bytes(), bytes: Vec::with_capacity(room), count: 0 }
    }

    /// Adds one record: `added` (members such as `"userId":"…"`, no braces, may be empty) stands before the members of
    /// `object`, so that a field of the same name sent by the API wins. Neither holds a line break. An empty record is left
    /// out: the platform drops it without counting it.
    pub fn push(&mut self, added: &str, object: &str) {
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
        self.bytes.extend_from_slice(SUFFIX);
        self.count += 1;
    }

    /// How many records were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The lines, each ended by a newline.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(added: &str, object: &str) -> String {
        let mut lines = RecordLines::new("users", 7, 0, 0);
        lines.push(added, object);
        String::from_utf8(lines.into_bytes()).unwrap()
    }

    #[test]
    fn numbers_and_order_survive() {
        let got = line("", "{\"b\": 1.10, \"a\": 12345678901234567890}");
        assert_eq!(
            got,
            "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"emitted_at\":7,\"data\":{\"b\": 1.10, \"a\": 12345678901234567890}}}\n"
        );
    }

    #[test]
    fn parent_ids_are_added_also_to_an_empty_object() {
        assert!(line(r#""userId":"u1""#, "{ }").contains(r#""data":{"userId":"u1"}}}"#));
        assert!(line(r#""userId":"u1""#, r#"{"a":{}}"#).contains(r#""data":{"userId":"u1","a":{}}}}"#));
    }

    #[test]
    fn an_empty_record_is_left_out() {
        assert_eq!(line("", "{}"), "");
    }
}
