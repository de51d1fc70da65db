//! What a batch touched, by stream and primary key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Everything that one change batch did to the rows of the streams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The clock after the batch.
    pub clock: String,
    /// By stream; a stream that is absent was not touched.
    pub streams: BTreeMap<String, Touched>,
}

/// The primary keys of touched rows: a string, or an array for a compound key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Touched {
    /// Rows that are new.
    pub created: Vec<Value>,
    /// Rows that were there and differ now.
    pub updated: Vec<Value>,
    /// Rows that are gone.
    pub deleted: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Created,
    Updated,
    Deleted,
}

/// Keeps one deed a row: a row created and then updated is a created one.
#[derive(Default)]
pub(super) struct Ledger(BTreeMap<(&'static str, Vec<String>), Deed>);

fn texts(key: &[impl ToString]) -> Vec<String> {
    key.iter().map(ToString::to_string).collect()
}

impl Ledger {
    pub(super) fn created(&mut self, stream: &'static str, key: &[impl ToString]) {
        self.0.insert((stream, texts(key)), Deed::Created);
    }

    pub(super) fn updated(&mut self, stream: &'static str, key: &[impl ToString]) {
        self.0.entry((stream, texts(key))).or_insert(Deed::Updated);
    }

    /// No batch deletes what it created.
    pub(super) fn deleted(&mut self, stream: &'static str, key: &[impl ToString]) {
        self.0.insert((stream, texts(key)), Deed::Deleted);
    }

    pub(super) fn close(self, clock: String) -> Changes {
        let mut streams: BTreeMap<String, Touched> = BTreeMap::new();
        for ((stream, key), deed) in self.0 {
            let touched = streams.entry(stream.to_owned()).or_default();
            let keys = match deed {
                Deed::Created => &mut touched.created,
                Deed::Updated => &mut touched.updated,
                Deed::Deleted => &mut touched.deleted,
            };
            keys.push(if let [id] = &key[..] { json!(id) } else { json!(key) });
        }
        Changes { clock, streams }
    }
}
