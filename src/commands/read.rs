//! `read`: from files to a sync.

use std::future::Future;
use std::io::Write;

use super::select::select;
use super::{Console, DONE, FAILED, RunOptions, TERMINATED, settings};
use crate::cli::{self, ReadArgs};
use crate::error::Error;
use crate::protocol::{self, Configured, SyncMode};
use crate::sync::{self, Outcome, Request};

/// Reads the selected streams; `stop` ends it early. The exit code.
pub async fn run<W>(
    args: &ReadArgs,
    options: &RunOptions,
    debug: bool,
    mut console: Console<W>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> u8
where
    W: Write + Send + 'static,
{
    let request = match request(args, options, debug) {
        Ok(request) => request,
        Err(error) => return console.fail(&error),
    };
    match sync::read(request, console.out, stop).await {
        Outcome::Complete => DONE,
        Outcome::Failed | Outcome::Closed => FAILED,
        Outcome::Interrupted => TERMINATED,
    }
}

fn request(args: &ReadArgs, options: &RunOptions, debug: bool) -> Result<Request, Error> {
    let inputs = [Some(&args.config.path), args.catalog.as_ref(), args.state.as_ref()];
    if inputs.into_iter().flatten().filter(|input| *input == "-").count() > 1 {
        return Err(Error::Usage(
            "Only one of --config, --catalog and --state can be - (standard input).".to_owned(),
        ));
    }
    if args.catalog.is_none() && args.streams.is_empty() {
        return Err(Error::Usage(
            "Nothing says what to read. Give --streams with names and commas between them, --streams all, or --catalog with a file.".to_owned(),
        ));
    }
    let settings = settings(&args.config)?;
    let catalog = catalog(args)?;
    let states = args.state.as_ref().map_or(Ok(String::new()), |path| cli::file("state", path))?;
    let selected: Vec<&str> = catalog.iter().map(|configured| configured.name.as_str()).collect();
    let states = protocol::parse_states(&states, &selected)?;
    let (timing, is_watched) = (options.timing.clone(), options.is_watched);
    Ok(Request { settings, catalog, states, timing, debug, is_watched })
}

fn catalog(args: &ReadArgs) -> Result<Vec<Configured>, Error> {
    let mut catalog: Vec<Configured> = match &args.catalog {
        Some(path) => protocol::parse_catalog(&cli::file("catalog", path)?)?,
        None => select(&args.streams)?.iter().map(|stream| Configured::by_default(stream.name)).collect(),
    };
    if args.full_refresh {
        for mode in catalog.iter_mut().flat_map(|configured| &mut configured.sync_mode) {
            *mode = Some(SyncMode::FullRefresh);
        }
    }
    Ok(catalog)
}
