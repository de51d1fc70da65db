//! A staging model of the dbt package: one call of its macro `stage`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind};
use source_360learning::streams::STREAMS;

use crate::read;

const FOLDER: &str = "dbt/models/staging";

/// The properties that a model sets itself.
#[derive(Debug, PartialEq)]
pub(super) struct Model {
    pub(super) stream: String,
    /// Fields of the stream.
    pub(super) key: Vec<String>,
    pub(super) columns: Vec<Column>,
}

/// A column, and the field that it is read from: a path such as `status.type`, if it is inside an object.
#[derive(Debug, PartialEq)]
pub(super) struct Column {
    pub(super) field: String,
    pub(super) name: String,
}

impl Model {
    pub(super) fn name(&self) -> String {
        format!("stg_learning360__{}", self.stream)
    }

    /// The columns of the key.
    pub(super) fn key_columns(&self) -> Result<Vec<&str>, String> {
        let column = |field: &String| {
            let column = self.columns.iter().find(|column| column.field == *field);
            column.map(|column| column.name.as_str()).ok_or_else(|| {
                format!("{FOLDER}/{}.sql has no column for {field}, a part of its key.", self.name())
            })
        };
        self.key.iter().map(column).collect()
    }
}

/// The models of all streams that have one, in the order of the streams.
pub(super) fn models(root: &Path) -> Result<Vec<Model>, String> {
    let path = |stream: &str| root.join(FOLDER).join(format!("stg_learning360__{stream}.sql"));
    let streams = STREAMS.iter().filter(|stream| path(stream.name).exists());
    let model = |name: &str| {
        let path = path(name);
        let model = parse(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        if model.stream == name {
            Ok(model)
        } else {
            Err(format!("{} stages {}.", path.display(), model.stream))
        }
    };
    streams.map(|stream| model(stream.name)).collect()
}

/// Reads `{{ stage('STREAM', key=['FIELD', …], columns=[['FIELD', 'COLUMN', 'TYPE'], …][, used=false][, needed='COLUMN'][, logs_deletions=true]) }}`.
pub(super) fn parse(sql: &str) -> Result<Model, String> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let staged = Arc::clone(&found);
    let mut environment = Environment::new();
    environment.add_function("stage", move |stream: String, arguments: Kwargs| {
        let model = called(stream, &arguments)?;
        staged.lock().unwrap_or_else(PoisonError::into_inner).push(model);
        Ok(String::new())
    });
    environment.render_str(sql, ()).map_err(|error| format!("{error}."))?;
    let mut models = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    match models.pop() {
        Some(model) if models.is_empty() => Ok(model),
        _ => Err("A staging model calls `stage` once.".to_owned()),
    }
}

fn called(stream: String, arguments: &Kwargs) -> Result<Model, Error> {
    let columns = arguments.get::<Vec<Vec<String>>>("columns")?.into_iter();
    let columns = columns.map(|column| match <[String; 3]>::try_from(column) {
        Ok([field, name, _type]) => Ok(Column { field, name }),
        Err(_) => {
            Err(Error::new(ErrorKind::InvalidOperation, "a column is ['<field>', '<column>', '<type>']"))
        }
    });
    let model = Model { stream, key: arguments.get("key")?, columns: columns.collect::<Result<_, _>>()? };
    let _used: Option<bool> = arguments.get("used")?;
    let _needed: Option<String> = arguments.get("needed")?;
    let _logs_deletions: Option<bool> = arguments.get("logs_deletions")?;
    arguments.assert_all_used()?;
    if model.key.is_empty() || model.columns.is_empty() {
        return Err(Error::new(ErrorKind::MissingArgument, "a model has a key and columns"));
    }
    Ok(model)
}
