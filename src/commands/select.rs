//! The streams that a user names.

use crate::error::Error;
use crate::streams::{self, STREAMS, Stream};

/// Names at least this similar are taken for a typing error.
const SIMILAR: f64 = 0.7;

/// The name that stands for every stream.
const ALL: &str = "all";

/// The streams with these names; all of them for `all`, or without a name.
pub fn select(names: &[String]) -> Result<Vec<&'static Stream>, Error> {
    if names.is_empty() || names.iter().any(|name| name.trim() == ALL) {
        return Ok(STREAMS.to_vec());
    }
    let mut selected: Vec<&'static Stream> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        if name.is_empty() {
            let sentence =
                "--streams: a name is empty. Give names with one comma between them, such as users,tags.";
            return Err(Error::Usage(sentence.to_owned()));
        }
        let stream = streams::stream(name).ok_or_else(|| unknown(name))?;
        if selected.iter().all(|one| one.name != stream.name) {
            selected.push(stream);
        }
    }
    Ok(selected)
}

fn unknown(name: &str) -> Error {
    let lower = name.to_lowercase();
    let similarity = |stream: &&Stream| strsim::jaro_winkler(&lower, stream.name);
    let closest = STREAMS
        .iter()
        .copied()
        .max_by(|one, other| similarity(one).total_cmp(&similarity(other)))
        .filter(|stream| similarity(stream) >= SIMILAR);
    let hint = if let Some(stream) = closest {
        format!("Did you mean `{}`?", stream.name)
    } else {
        let names: Vec<&str> = STREAMS.iter().map(|stream| stream.name).collect();
        format!("The streams are {}.", names.join(", "))
    };
    Error::Usage(format!("--streams: there is no stream `{name}`. {hint}"))
}
