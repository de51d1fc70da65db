//! What is wrong with a configuration.

use thiserror::Error;

/// Why a configuration cannot be used. No message holds a value that was typed.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file has no content.
    #[error("The config is empty. Give a JSON object with client_id and client_secret.")]
    Empty,
    /// The file has quotation marks that JSON does not know.
    #[error(
        "The config has a quotation mark that JSON does not know (line {line}, column {column}). Put \" around names and texts, and no mark around the whole."
    )]
    Quotes {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// The file is not JSON.
    #[error(
        "The config is not valid JSON (line {line}, column {column}). Give a JSON object with client_id and client_secret."
    )]
    NotJson {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// The file is nested deeper than JSON is read, 128 levels.
    #[error(
        "The config is nested too deeply (line {line}, column {column}). Give a JSON object with client_id and client_secret."
    )]
    TooDeep {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// The file is JSON, but not an object.
    #[error("The config must be a JSON object with client_id and client_secret.")]
    NotAnObject,
    /// A required field is missing or empty.
    #[error(
        "The config lacks `{0}`. Create API v2 credentials in 360Learning (platform group, Settings, API v2) and fill it in."
    )]
    Missing(&'static str),
    /// The fields are one level too deep.
    #[error("The config has `{field}` inside `{inside}`. Put every field at the top level.")]
    Nested {
        /// The field.
        field: &'static str,
        /// The object that it is in.
        inside: String,
    },
    /// A key is a field's name, misspelt.
    #[error("The config has a field `{key}`, which does not exist. Rename it to `{meant}`, or remove it.")]
    Misspelt {
        /// As it was typed.
        key: String,
        /// The field.
        meant: String,
    },
    /// A field has a value that it cannot have.
    #[error("The config field `{field}` {rule}.")]
    Invalid {
        /// The field.
        field: String,
        /// What it must be.
        rule: String,
    },
}

impl ConfigError {
    /// The error of a text that is not JSON.
    pub(super) fn not_json(text: &str, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.to_string().starts_with("recursion limit exceeded") {
            return Self::TooDeep { line, column };
        }
        // serde counts bytes, and stands at the last byte that it read.
        let rest =
            text.lines().nth(line.saturating_sub(1)).and_then(|line| line.get(column.saturating_sub(1)..));
        match rest.and_then(|rest| rest.chars().next()) {
            Some('\'' | '\u{2018}'..='\u{201f}' | '`' | '«' | '»') => Self::Quotes { line, column },
            _ => Self::NotJson { line, column },
        }
    }
}
