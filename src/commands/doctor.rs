//! `doctor`: a report for people about one account.

use std::io::Write;

use super::{DONE, FAILED, patient, settings};
use crate::api::Timing;
use crate::cli::{self, ConfigFile};
use crate::config::Settings;
use crate::doctor::{self, Doctor};
use crate::error::Error;

/// The files of a run.
#[derive(Debug)]
pub struct Files {
    /// The configuration.
    pub config: ConfigFile,
    /// The page; standard output without one.
    pub output: Option<String>,
    /// The report as data.
    pub json: Option<String>,
}

/// Checks the account and writes the report. The exit code.
pub async fn run(files: &Files, streams: &[String], timing: &Timing, out: &mut impl Write) -> u8 {
    let settings = match settings(&files.config) {
        Ok(settings) => settings,
        Err(error) => return fail(&error.to_string()),
    };
    match report(files, &settings, streams, timing, out).await {
        Ok(()) => DONE,
        Err(error) => fail(&settings.secrets.hide(&error.to_string())),
    }
}

/// Prints why there is no report. The exit code.
fn fail(sentence: &str) -> u8 {
    // The last channel that is left.
    let _ = writeln!(std::io::stderr(), "source-360learning: {sentence}");
    FAILED
}

async fn report(
    files: &Files,
    settings: &Settings,
    streams: &[String],
    timing: &Timing,
    out: &mut impl Write,
) -> Result<(), Error> {
    let (output, json) = (files.output.as_deref(), files.json.as_deref());
    let paths = [Some(files.config.path.as_str()), output, json];
    let is_twice = |path: &str| paths.iter().filter(|one| **one == Some(path)).count() > 1;
    if paths.into_iter().flatten().any(is_twice) {
        return Err(Error::Usage("Give --config, --output and --json a file each.".to_owned()));
    }
    let streams = doctor::select(streams)?;
    let doctor = Doctor::admit(settings, patient(timing), doctor::PER_SECOND).await?;
    // Before the first request: a report that cannot be kept is not worth them.
    let page = output.map(cli::create).transpose()?;
    let data = json.map(cli::create).transpose()?;
    let progress = doctor::Progress::new();
    let report = doctor.examine(&streams, &progress).await;
    let write = |to: &mut dyn Write, text: &str| {
        to.write_all(settings.secrets.hide(text).as_bytes()).and_then(|()| to.flush())
    };
    let unwritable = |path: Option<&str>| {
        let path = path.map(str::to_owned);
        |error: std::io::Error| match path {
            Some(path) => Error::Unwritable { path, reason: error.to_string() },
            None => Error::Stdout,
        }
    };
    match page {
        Some(mut page) => write(&mut page, &report.markdown()).map_err(unwritable(output))?,
        None => write(out, &report.markdown()).map_err(unwritable(None))?,
    }
    if let Some(mut data) = data {
        write(&mut data, &format!("{:#}\n", report.json())).map_err(unwritable(json))?;
    }
    let place = output.map(|path| format!(" The report is in {path}")).unwrap_or_default();
    progress.print(&format!("{}{place}", report.headline));
    Ok(())
}
