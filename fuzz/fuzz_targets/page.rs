//! The rows of a page are the page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use source_360learning::api::{Shape, untrusted};

fuzz_target!(|body: &[u8]| {
    for shape in [Shape::Objects, Shape::Values, Shape::Object] {
        let Ok(rows) = untrusted::rows(body, shape) else { continue };
        assert_eq!(rows.iter().count(), rows.len());
        // serde_json refuses a few texts whose rows pass untouched, such as a number beyond f64.
        let Ok(page) = serde_json::from_slice::<Value>(body) else { continue };
        let whole = rows.iter().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>();
        let whole = whole.expect("a row of a page that can be read can be read");
        assert_eq!(if shape == Shape::Object { vec![page] } else { page.as_array().unwrap().clone() }, whole);
    }
});
