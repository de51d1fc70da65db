//! A JSON object becomes one line that holds it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use source_360learning::api::{Shape, untrusted};
use source_360learning::protocol::RecordLines;

fuzz_target!(|text: &str| {
    let Ok(object @ Value::Object(_)) = serde_json::from_str::<Value>(text) else { return };
    let Ok(rows) = untrusted::rows(text, Shape::Object) else { return };
    let mut lines = RecordLines::new("users", 7, rows.len(), rows.bytes());
    rows.iter().for_each(|row| lines.push("\"parentId\":\"p1\"", row, &[]));
    let line = String::from_utf8(lines.take().0).expect("what was text is text");
    assert_eq!(line.matches(['\n', '\r']).count(), 1);
    let message: Value = serde_json::from_str(&line).expect("a line is JSON");
    let mut wanted = Value::Object([("parentId".to_owned(), Value::from("p1"))].into_iter().collect());
    wanted.as_object_mut().unwrap().extend(object.as_object().unwrap().clone());
    assert_eq!(message["record"]["data"], wanted);
});
