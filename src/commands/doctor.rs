//! `doctor`: a report for people about one account.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt as _;

use super::select::select;
use super::{Console, DONE, FAILED, patient, settings};
use crate::api::Timing;
use crate::cli::ConfigFile;
use crate::config::Settings;
use crate::doctor::{self, Doctor};
use crate::error::Error;
use crate::terminal;

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
pub async fn run(
    files: &Files,
    streams: &[String],
    timing: &Timing,
    debug: bool,
    mut console: Console<impl Write>,
) -> u8 {
    let settings = match settings(&files.config) {
        Ok(settings) => settings,
        Err(error) => return fail(&error.to_string()),
    };
    let progress = doctor::Progress::new(debug);
    match report(files, &settings, streams, timing, &progress, &mut console).await {
        Ok(code) => code,
        Err(error) => fail(&settings.secrets.hide(&error.to_string())),
    }
}

/// Prints why there is no report. The exit code.
fn fail(sentence: &str) -> u8 {
    terminal::print(&format!("source-360learning: {sentence}"));
    FAILED
}

async fn report(
    files: &Files,
    settings: &Settings,
    streams: &[String],
    timing: &Timing,
    progress: &doctor::Progress,
    console: &mut Console<impl Write>,
) -> Result<u8, Error> {
    let streams = select(streams)?;
    // Before the first request: a report that cannot be kept is not worth them.
    let (mut page, mut data) = open(files)?;
    let doctor = Doctor::admit(settings, patient(timing), doctor::PER_SECOND).await?;
    let report = doctor.examine(&streams, progress).await;
    let markdown = settings.secrets.hide(&report.markdown()).into_owned();
    let code = match &mut page {
        Some(page) => page.write(&markdown).map(|()| DONE)?,
        None => console.write(markdown.as_bytes(), DONE),
    };
    if let Some(data) = &mut data {
        data.write(&settings.secrets.hide(&format!("{:#}\n", report.json())))?;
    }
    let place = files.output.as_ref().map(|path| format!(" The report is in {path}")).unwrap_or_default();
    progress.print(&format!("{}{place}", report.headline));
    Ok(code)
}

/// The files of both reports, which are neither the configuration nor each other.
fn open(files: &Files) -> Result<(Option<ReportFile>, Option<ReportFile>), Error> {
    let open = |path: &Option<String>| path.as_deref().map(ReportFile::open).transpose();
    let (page, data) = (open(&files.output)?, open(&files.json)?);
    let reports = || [&page, &data].into_iter().flatten();
    let mut used: Vec<_> = reports().filter_map(|report| identity(&report.file.metadata().ok()?)).collect();
    // Standard input may be a file, too.
    let config = if files.config.path == "-" { "/dev/stdin" } else { &files.config.path };
    used.extend(fs::metadata(config).ok().as_ref().and_then(identity));
    used.sort_unstable();
    if used.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::Usage("Give --config, --output and --json a file each.".to_owned()));
    }
    Ok((page, data))
}

/// What two names of one file have in common; `None` for a device or a pipe, which may be shared.
fn identity(file: &Metadata) -> Option<(u64, u64)> {
    file.is_file().then(|| (file.dev(), file.ino()))
}

/// A file for a report. An older report is kept until the new one is written.
#[derive(Debug)]
struct ReportFile {
    path: String,
    file: File,
    /// True if the file did not exist, and nothing was written to it.
    is_new: bool,
}

impl ReportFile {
    fn open(path: &str) -> Result<Self, Error> {
        let open = |is_new| {
            OpenOptions::new().write(true).create(true).truncate(false).create_new(is_new).open(path)
        };
        let (opened, is_new) = match open(true) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => (open(false), false),
            opened => (opened, true),
        };
        let file = opened.map_err(|error| unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), file, is_new })
    }

    /// Replaces what the file has.
    fn write(&mut self, text: &str) -> Result<(), Error> {
        let is_file = self.file.metadata().is_ok_and(|file| file.is_file());
        let cleared = if is_file { self.file.set_len(0) } else { Ok(()) };
        let written = cleared.and_then(|()| self.file.write_all(text.as_bytes()));
        written.map_err(|error| unwritable(&self.path, &error))?;
        self.is_new = false;
        Ok(())
    }
}

impl Drop for ReportFile {
    /// A run without a report leaves no empty file.
    fn drop(&mut self) {
        if self.is_new {
            // Best effort: the error of the run is the one to print.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn unwritable(path: &str, error: &io::Error) -> Error {
    Error::Unwritable { path: path.to_owned(), reason: error.to_string() }
}
