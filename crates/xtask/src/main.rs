//! `cargo run -p xtask -- COMMAND`: generated files, and the official descriptions that the tests know.
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command line for developers.

mod generate;
mod official;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What developers run beside cargo.
#[derive(Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write schemas/, spec.json, the generated docs, dbt's columns and Terraform's catalog from the types
    Generate {
        /// Write nothing: name the files that differ, and fail if there is one
        #[arg(long)]
        check: bool,
    },
    /// Compare an official OpenAPI description with the one that the tests know
    Openapi {
        /// The description as JSON; GET endpoints are compared
        file: PathBuf,
        /// Keep it as tests/fixtures/openapi.json
        #[arg(long)]
        write: bool,
    },
    /// Compare Airbyte's protocol with the one that the tests know
    Protocol {
        /// Airbyte's `airbyte_protocol.yaml`
        file: PathBuf,
        /// Keep it as tests/fixtures/protocol.json
        #[arg(long)]
        write: bool,
    },
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = match Cli::parse().command {
        Command::Generate { check } => generate::run(&root, check),
        Command::Openapi { file, write } => official::openapi(&root, &file, write),
        Command::Protocol { file, write } => official::protocol(&root, &file, write),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a text file; the error names it.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// Writes a text file; the error names it.
fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
