//! The command line: the four commands of the protocol.

// Its documentation comments are what --help prints: plain text.
#![allow(clippy::doc_markdown)]

use std::io::Read as _;

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

/// The commands. Every FILE may be `-` for standard input.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the configuration form as JSON schema.
    Spec,
    /// Prove the credentials and say which streams they can read.
    Check(ConfigFile),
    /// Print the streams on offer and their schemas.
    Discover(ConfigFile),
    /// Read the selected streams.
    Read {
        /// The configuration.
        #[command(flatten)]
        config: ConfigFile,
        /// The configured catalog: which streams to read, and how.
        #[arg(long, value_name = "FILE")]
        catalog: String,
        /// The state that the last sync left.
        #[arg(long, value_name = "FILE")]
        state: Option<String>,
    },
}

/// The configuration.
#[derive(Debug, Args)]
pub struct ConfigFile {
    /// The configuration: a JSON object with client_id and client_secret.
    #[arg(long = "config", value_name = "FILE")]
    pub path: String,
}

/// The text of a file, or of standard input for `-`.
pub fn file(what: &'static str, path: &str) -> Result<String, Error> {
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| Error::File { what, path: path.to_owned(), reason: error.to_string() })
}
