//! The command line: the four commands of the protocol, and `doctor`.

// --help prints the documentation comments as plain text.
#![allow(clippy::doc_markdown)]

use std::io::Read;

use clap::{Args, Parser, Subcommand};

use crate::error::Error;

/// An Airbyte source for the 360Learning API v2.
#[derive(Debug, Parser)]
#[command(name = "source-360learning", version, about, arg_required_else_help = true)]
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
    Check(ConfigFile),
    /// Print every stream with its schema.
    Discover(ConfigFile),
    /// Read the selected streams and print their records.
    Read {
        /// The configuration.
        #[command(flatten)]
        config: ConfigFile,
        /// The configured catalog: which streams to read, and how.
        #[arg(long, value_name = "FILE")]
        catalog: String,
        /// The state that the last sync printed. Default: none, so everything is read.
        #[arg(long, value_name = "FILE")]
        state: Option<String>,
    },
    /// Check the connector's assumptions against a real account (at most 120 read-only requests).
    ///
    /// Not part of the Airbyte protocol. Sends 5 requests per second. The report contains no value of any record.
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

/// Bytes. A config has a few hundred, a state a few thousand, a catalog with every schema less than a million.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// The text of a file, or of standard input for `-`: at most 16 MiB, without a byte order mark.
pub fn file(what: &'static str, path: &str) -> Result<String, Error> {
    if path.trim_start().starts_with(['{', '[']) {
        // The message does not repeat it: it may contain the client secret.
        return Err(Error::Usage(format!("--{what} takes the path of a file, or -, not the JSON itself.")));
    }
    let wrong = |reason: String| Error::File { what, path: path.to_owned(), reason };
    let read = |from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = match path {
        "-" => read(&mut std::io::stdin()),
        path => std::fs::File::open(path).and_then(|mut file| read(&mut file)),
    };
    let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(wrong(format!("it is larger than 16 MiB, which no {what} is")));
    }
    // Editors on Windows begin a file with one.
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    String::from_utf8(text.to_vec()).map_err(|_| wrong("it is not UTF-8 text".to_owned()))
}
