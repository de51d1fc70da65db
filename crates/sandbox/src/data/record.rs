//! A row of the API, of any kind: named fields, and hidden ones that responses leave out.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::{Id, Time, number, time};

/// The value of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell {
    /// The row does not have the field.
    #[default]
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Date(Time),
    Id(Id),
    Text(Cow<'static, str>),
    List(Box<[Cell]>),
    Object(Box<Record>),
}

/// A row. The first field of a row in a table is `_id`, or `#_id` where the API gives it no object id.
/// A field whose name begins with `#` is hidden: only the sandbox reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    names: &'static [&'static str],
    cells: Box<[Cell]>,
}

/// `record! {"_id": id, "name": name, "#created": created}`; a value of `None` is an absent field.
macro_rules! record {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::data::record::Record::new(&[$($name),*], Box::new([$($crate::data::record::Cell::from($value)),*]))
    };
}
pub(crate) use record;

impl Record {
    pub(crate) fn new(names: &'static [&'static str], cells: Box<[Cell]>) -> Self {
        Self { names, cells }
    }

    /// What identifies the row in its table.
    pub(crate) fn id(&self) -> Id {
        if let Some(Cell::Id(id)) = self.cells.first() { *id } else { Id::default() }
    }

    pub(crate) fn get(&self, name: &str) -> &Cell {
        self.names.iter().position(|known| *known == name).map_or(&Cell::Absent, |place| &self.cells[place])
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Cell>) {
        let place = self.names.iter().position(|known| *known == name);
        self.cells[place.expect("the generator of a row names all its fields")] = value.into();
    }

    /// Takes over every field of `changes`.
    pub(crate) fn update(&mut self, changes: Record) {
        for (name, cell) in changes.names.iter().zip(changes.cells) {
            self.set(name, cell);
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        *self.get(name) != Cell::Absent
    }

    pub(crate) fn is(&self, name: &str, word: &str) -> bool {
        self.text(name) == word
    }

    /// A string; empty for anything else.
    pub(crate) fn text(&self, name: &str) -> &str {
        if let Cell::Text(text) = self.get(name) { text } else { "" }
    }

    /// A whole number; zero for anything else.
    pub(crate) fn int(&self, name: &str) -> i64 {
        if let Cell::Int(number) = self.get(name) { *number } else { 0 }
    }

    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        if let Cell::Bool(value) = self.get(name) { Some(*value) } else { None }
    }

    pub(crate) fn date(&self, name: &str) -> Option<Time> {
        if let Cell::Date(date) = self.get(name) { Some(*date) } else { None }
    }

    pub(crate) fn reference(&self, name: &str) -> Option<Id> {
        if let Cell::Id(id) = self.get(name) { Some(*id) } else { None }
    }

    pub(crate) fn list(&self, name: &str) -> &[Cell] {
        if let Cell::List(cells) = self.get(name) { cells } else { &[] }
    }

    pub(crate) fn object(&self, name: &str) -> Option<&Record> {
        if let Cell::Object(object) = self.get(name) { Some(object) } else { None }
    }

    /// The objects of a list.
    pub(crate) fn objects(&self, name: &str) -> impl Iterator<Item = &Record> {
        self.list(name)
            .iter()
            .filter_map(|cell| if let Cell::Object(object) = cell { Some(&**object) } else { None })
    }

    pub(crate) fn push(&mut self, name: &str, value: impl Into<Cell>) {
        let mut cells = self.list(name).to_vec();
        cells.push(value.into());
        self.set(name, Cell::List(cells.into()));
    }

    /// The fields of a response, in order.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&'static str, &Cell)> {
        let fields = self.names.iter().copied().zip(&self.cells);
        fields.filter(|(name, cell)| !name.starts_with('#') && **cell != Cell::Absent)
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.shown())
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Date(value) => serializer.serialize_str(&time::text(*value)),
            Self::Id(value) => serializer.collect_str(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

macro_rules! cells {
    ($($from:ty => |$value:ident| $cell:expr;)+) => {$(
        impl From<$from> for Cell {
            fn from($value: $from) -> Self {
                $cell
            }
        }
    )+};
}

cells! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(value);
    usize => |value| Self::Int(number(value));
    f64 => |value| Self::Float(value);
    DateTime<Utc> => |value| Self::Date(value);
    Id => |value| Self::Id(value);
    &'static str => |value| Self::Text(value.into());
    String => |value| Self::Text(value.into());
    Cow<'static, str> => |value| Self::Text(value);
    Record => |value| Self::Object(Box::new(value));
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

impl<T: Into<Cell>> From<Vec<T>> for Cell {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
