//! `doctor`: a report for people about one account.

use std::io::Write;

use super::{DONE, FAILED, patient, settings};
use crate::api::Timing;
use crate::cli::{self, ConfigFile};
use crate::config::Settings;
use crate::doctor::{self, Doctor};
use crate::error::Error;

/// Checks the account and writes the report. The exit code.
pub async fn run(
    config: &ConfigFile,
    output: Option<&str>,
    json: Option<&str>,
    timing: &Timing,
    out: &mut impl Write,
) -> u8 {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return fail(&error.to_string()),
    };
    let files = [Some(config.path.as_str()), output, json];
    let is_twice = |file: &str| files.iter().filter(|one| **one == Some(file)).count() > 1;
    if files.into_iter().flatten().any(is_twice) {
        let error = Error::Usage("Give --config, --output and --json a file each.".to_owned());
        return fail(&error.to_string());
    }
    match report(&settings, output, json, timing, out).await {
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
    settings: &Settings,
    output: Option<&str>,
    json: Option<&str>,
    timing: &Timing,
    out: &mut impl Write,
) -> Result<(), Error> {
    let doctor = Doctor::admit(settings, patient(timing), doctor::PER_SECOND).await?;
    // Before the first request: a report that cannot be kept is not worth them.
    let page = output.map(cli::create).transpose()?;
    let data = json.map(cli::create).transpose()?;
    let progress = doctor::Progress::new();
    let report = doctor.examine(&progress).await;
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
    progress.print(&report.summary(output));
    Ok(())
}
