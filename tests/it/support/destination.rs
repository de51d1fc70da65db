//! What a platform and a destination keep of syncs that end, or are killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};

use sandbox_360learning::Changes;
use serde_json::Value;

use super::Account;
use super::output::{Output, by_key, key, key_text, same_rows};

/// Runs a read that is killed once `lines` lines were seen, as a platform sees it: what was not read is lost.
pub fn killed_after(lines: usize, mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let seen: Vec<String> = stdout.lines().take(lines).map_while(Result::ok).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let stdout = seen.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
    Output::new(&std::process::Output { status: ExitStatus::from_raw(9), stdout, stderr: Vec::new() })
}

/// The table that a destination holds after some syncs, and the states that the platform keeps.
#[derive(Default)]
pub struct Destination {
    pub rows: BTreeMap<String, Vec<Value>>,
    pub states: BTreeMap<String, Value>,
}

impl Destination {
    /// A destination commits the records of a stream up to its last state; later ones are lost with the attempt.
    pub fn take(&mut self, output: &Output, streams: &[&str]) {
        for stream in streams {
            let is_state =
                |message: &Value| message["state"]["stream"]["stream_descriptor"]["name"] == *stream;
            let Some(last) = output.messages.iter().rposition(is_state) else { continue };
            self.states.insert((*stream).to_owned(), output.messages[last]["state"].clone());
            let records =
                output.messages[..last].iter().filter(|message| message["record"]["stream"] == *stream);
            self.rows
                .entry((*stream).to_owned())
                .or_default()
                .extend(records.map(|message| message["record"]["data"].clone()));
        }
    }

    pub fn state(&self) -> Value {
        Value::Array(self.states.values().cloned().collect())
    }

    /// Removes what the API deleted without a trace: no incremental sync can see that.
    pub fn forget(&mut self, changes: &Changes) {
        for (stream, touched) in &changes.streams {
            let gone: BTreeSet<String> = touched.deleted.iter().map(key_text).collect();
            if let Some(rows) = self.rows.get_mut(stream) {
                rows.retain(|row| !gone.contains(&key(stream, row)));
            }
        }
    }

    pub fn equals_the_truth(&self, account: &Account, streams: &[&str]) {
        for stream in streams {
            let truth = account.sandbox.truth(stream);
            let rows = self.rows.get(*stream).map_or(&[][..], Vec::as_slice);
            same_rows(stream, by_key(stream, rows).into_values(), &truth);
        }
    }
}
