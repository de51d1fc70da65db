//! `read`: from files to a sync.

use std::future::Future;
use std::io::Write;

use super::{DONE, FAILED, RunOptions, TERMINATED, fail, settings};
use crate::cli::{self, ConfigFile};
use crate::error::Error;
use crate::protocol;
use crate::sync::{self, Outcome, Request};

/// Reads the selected streams into `out`; `stop` ends it early. The exit code.
pub async fn run<W>(
    config: &ConfigFile,
    catalog: &str,
    state: Option<&str>,
    options: &RunOptions,
    debug: bool,
    mut out: W,
    stop: impl Future<Output = ()> + Send + 'static,
) -> u8
where
    W: Write + Send + 'static,
{
    let request = match request(config, catalog, state, options, debug) {
        Ok(request) => request,
        Err(error) => return fail(&mut out, &error),
    };
    match sync::read(request, out, stop).await {
        Outcome::Complete => DONE,
        Outcome::Failed | Outcome::Closed => FAILED,
        Outcome::Interrupted => TERMINATED,
    }
}

fn request(
    config: &ConfigFile,
    catalog: &str,
    state: Option<&str>,
    options: &RunOptions,
    debug: bool,
) -> Result<Request, Error> {
    let inputs = [Some(config.path.as_str()), Some(catalog), state];
    if inputs.iter().filter(|input| **input == Some("-")).count() > 1 {
        return Err(Error::Usage(
            "Only one of --config, --catalog and --state can be - (standard input).".to_owned(),
        ));
    }
    let settings = settings(config)?;
    let catalog = protocol::parse_catalog(&cli::file("catalog", catalog)?)?;
    let states = state.map_or(Ok(String::new()), |path| cli::file("state", path))?;
    let selected: Vec<&str> = catalog.iter().map(|configured| configured.name.as_str()).collect();
    let states = protocol::parse_states(&states, &selected)?;
    let (timing, progress) = (options.timing.clone(), options.progress);
    Ok(Request { settings, catalog, states, timing, debug, progress })
}
