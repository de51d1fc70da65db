//! The command line: the four commands of the protocol, and `doctor`.

// --help prints the documentation comments as plain text.
#![allow(clippy::doc_markdown)]

use std::io::{BufRead, BufReader, Read};

use clap::{Args, Parser, Subcommand};

use crate::error::Error;

/// An Airbyte source for the 360Learning API v2.
#[derive(Debug, Parser)]
#[command(name = "source-360learning", version, about, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Log every request. The environment variable LOG_LEVEL=debug does the same.
    #[arg(long, global = true)]
    pub debug: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. Every input FILE may be `-` for standard input.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the configuration form as JSON schema.
    Spec,
    /// Test the credentials and list the streams that they cannot read.
    #[command(after_help = CHECK)]
    Check(ConfigFile),
    /// Print every stream with its schema.
    #[command(after_help = DISCOVER)]
    Discover {
        /// The configuration.
        #[command(flatten)]
        config: ConfigFile,
        /// Print a configured catalog instead, for --catalog: a line for each stream, with its default sync mode.
        #[arg(long)]
        configured: bool,
        /// Print these streams only, with commas between them. Default: all.
        #[arg(long, value_name = "NAMES", value_delimiter = ',')]
        streams: Vec<String>,
    },
    /// Read streams and print their records.
    #[command(after_help = READ, override_usage = READ_USAGE)]
    Read(ReadArgs),
    /// Check the connector's assumptions against a real account (at most 120 read-only requests).
    ///
    /// Not part of the Airbyte protocol. Sends 5 requests per second. The report contains no value of any record.
    #[command(after_help = DOCTOR)]
    Doctor {
        /// The configuration.
        #[command(flatten)]
        config: ConfigFile,
        /// Write the report to this file, as Markdown. Default: standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<String>,
        /// Write the report to this file too, as JSON.
        #[arg(long, value_name = "FILE")]
        json: Option<String>,
        /// Check these streams only, with commas between them. Default: all.
        #[arg(long, value_name = "NAMES", value_delimiter = ',')]
        streams: Vec<String>,
    },
}

/// The configuration.
#[derive(Debug, Args)]
pub struct ConfigFile {
    /// The configuration: a JSON object with client_id and client_secret.
    #[arg(long = "config", value_name = "FILE")]
    pub path: String,
}

/// What to read.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// The configuration.
    #[command(flatten)]
    pub config: ConfigFile,
    /// Read these streams, with commas between them, or `all`. A stream with a cursor is read incrementally.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "catalog")]
    pub streams: Vec<String>,
    /// Read the streams of this file: a configured catalog, the output of discover, or a JSON list of names.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<String>,
    /// Read every stream in full, whatever its sync mode.
    #[arg(long)]
    pub full_refresh: bool,
    /// Continue from this state: the output of the last read, or a JSON list of states. Default: read everything.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
}

const EXAMPLES: &str = "\
Every FILE may be - for standard input. Standard output has one JSON message per line.

Examples:
  source-360learning check --config config.json
  source-360learning read --config config.json --streams users,attendances > rows.jsonl
  source-360learning read --help";

const CHECK: &str = "\
Exit code 0: there is a result, SUCCEEDED or FAILED. 1: 360Learning could not be reached. 143: it was stopped.

Example:
  source-360learning check --config config.json";

const DISCOVER: &str = "\
Examples:
  source-360learning discover --config config.json
  source-360learning discover --config config.json --configured > catalog.json
  source-360learning discover --config config.json --configured --streams users,groups > catalog.json";

const READ_USAGE: &str =
    "source-360learning read [OPTIONS] --config <FILE> <--streams <NAMES>|--catalog <FILE>>";

const READ: &str = "\
Exit code 0: every stream was read to its end. 1: at least one was not. 143: the read was stopped.

Examples:
  source-360learning read --config config.json --streams users,attendances > rows.jsonl
  source-360learning read --config config.json --streams all --full-refresh > rows.jsonl
  source-360learning read --config config.json --streams all --state rows.jsonl > new-rows.jsonl
  source-360learning read --config config.json --catalog catalog.json > rows.jsonl";

const DOCTOR: &str = "\
Examples:
  source-360learning doctor --config config.json --output report.md
  source-360learning doctor --config config.json --streams classrooms,attendances";

/// Bytes. A config has a few hundred, a state a few thousand, a catalog with every schema less than a million.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// Messages that say nothing about a catalog or a state. Those of one `read` may be gigabytes.
const SKIPPED: [&str; 3] = ["\"RECORD\"", "\"LOG\"", "\"TRACE\""];

/// The text of a file, or of standard input for `-`: without a byte order mark, and without RECORD, LOG and TRACE lines, so
/// that the output of a command is an input too. The rest is at most 16 MiB.
pub fn file(what: &'static str, path: &str) -> Result<String, Error> {
    let wrong = |reason: String| Error::File { what, path: path.to_owned(), reason };
    let bytes = match path {
        "-" => lines(std::io::stdin().lock()),
        path => std::fs::File::open(path).and_then(|file| lines(BufReader::new(file))),
    };
    let bytes = bytes.map_err(|error| {
        if is_json(path) {
            return Error::Usage(format!("--{what} takes the path of a file, or -, not the JSON itself."));
        }
        Error::unreadable(what, path, &error)
    })?;
    let bytes = bytes.ok_or_else(|| wrong(format!("it is larger than 16 MiB, which no {what} is")))?;
    String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8 text".to_owned()))
}

/// True if an argument is JSON where a path belongs, or what a shell makes of it. No message repeats it: it may contain
/// the client secret.
#[must_use]
pub fn is_json(argument: &str) -> bool {
    argument.contains(['{', '"', '\n'])
        || argument.contains("client_secret:")
        || argument.trim_start().starts_with('[')
}

/// The lines, empty where one is skipped, so that the others keep their numbers; `None` if they are too long.
fn lines(mut from: impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let (mut text, mut skipped) = (Vec::new(), 0);
    loop {
        let start = text.len();
        let line = from.by_ref().take(LARGEST_FILE + 1).read_until(b'\n', &mut text)?;
        if line == 0 {
            return Ok(Some(text));
        }
        // Editors on Windows begin a file with one.
        if start == 0 && text.starts_with("\u{feff}".as_bytes()) {
            text.drain(.."\u{feff}".len());
        }
        if SKIPPED.iter().any(|kind| is_message(&text[start..], kind)) {
            text.truncate(start);
            text.push(b'\n');
            skipped += 1;
        }
        if (text.len() - skipped) as u64 > LARGEST_FILE {
            return Ok(None);
        }
    }
}

/// True if a line begins as a message of this type does.
fn is_message(line: &[u8], kind: &str) -> bool {
    let mut tokens = ["{", "\"type\"", ":", kind].into_iter();
    tokens.try_fold(line, |rest, token| rest.trim_ascii_start().strip_prefix(token.as_bytes())).is_some()
}
