//! What a stream asks for: one slice for each list of its own, or for each parent.

use std::fmt::Write as _;
use std::sync::Arc;

use super::parents::Table;
use super::pick;
use crate::error::Error;
use crate::streams::{Parent, Stream};

/// One chain of pages.
#[derive(Debug, Default)]
pub(super) struct Slice {
    /// The parent's id; empty for a list of its own.
    pub(super) id: String,
    /// Path under `/api/v2`.
    pub(super) path: String,
    /// The query string.
    pub(super) query: String,
    /// Members that the connector adds to each record, raw JSON without braces.
    pub(super) added: String,
    /// What the parent gives, also what is not added to records: raw JSON by the child's name for it.
    fields: Vec<(&'static str, String)>,
}

impl Slice {
    /// The raw JSON of a field that the parent gave.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, raw)| raw.as_str())
    }

    fn add(&mut self, name: &str, raw: &str) {
        let comma = if self.added.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(self.added, "{comma}\"{name}\":{raw}");
    }
}

/// The slices of one stream, in the order of their parents' ids. A parent row is small and a slice is not, so each is
/// made when its turn comes.
#[derive(Debug)]
pub(super) enum Slices {
    /// Lists of its own, by query string.
    Lists(&'static Stream, Vec<String>),
    /// Under the parents of these rows, each of them once for every variant.
    Under {
        stream: &'static Stream,
        of: &'static Parent,
        table: Arc<Table>,
        needed: Vec<usize>,
        query: String,
    },
}

impl Slices {
    /// The parents that are needed. Fails on a parent that cannot be asked for, before anything is.
    pub(super) fn under(
        stream: &'static Stream,
        of: &'static Parent,
        table: Arc<Table>,
        query: String,
        include_deleted_users: bool,
        is_needed: impl Fn(&Slice) -> bool,
    ) -> Result<Self, Error> {
        let mut needed = Vec::new();
        for row in 0..table.len() {
            let included = of
                .only
                .field()
                .is_none_or(|field| of.only.includes(table.value(row, field), include_deleted_users));
            if included && is_needed(&slice(stream, of, &table, row)?) {
                needed.push(row);
            }
        }
        Ok(Self::Under { stream, of, table, needed, query })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Lists(_, queries) => queries.len(),
            Self::Under { needed, .. } => needed.len() * self.per_parent(),
        }
    }

    /// How many slices belong to one parent; they follow one another.
    pub(super) fn per_parent(&self) -> usize {
        match self {
            Self::Under { of: Parent { variants: Some(variants), .. }, .. } => variants.values.len(),
            _ => 1,
        }
    }

    pub(super) fn get(&self, index: usize) -> Result<Slice, Error> {
        match self {
            Self::Lists(stream, queries) => {
                Ok(Slice { path: stream.path.to_owned(), query: queries[index].clone(), ..Slice::default() })
            }
            Self::Under { stream, of, table, needed, query } => {
                let (parent, variant) = (index / self.per_parent(), index % self.per_parent());
                let mut slice = slice(stream, of, table, needed[parent])?;
                slice.query.clone_from(query);
                if let Some(variants) = &of.variants {
                    let (name, value) = (variants.name, variants.values[variant]);
                    slice.path = slice.path.replace(&format!("{{{name}}}"), value);
                    slice.add(name, &format!("\"{value}\""));
                }
                Ok(slice)
            }
        }
    }
}

/// The slice of `stream` under one parent row.
fn slice(stream: &'static Stream, of: &'static Parent, table: &Table, row: usize) -> Result<Slice, Error> {
    let mut slice = Slice { path: stream.path.to_owned(), ..Slice::default() };
    for (index, (from, to)) in of.fields.iter().copied().enumerate() {
        let raw = table.value(row, from);
        slice.fields.push((to, raw.to_owned()));
        if of.added {
            slice.add(to, raw);
        }
        let placeholder = format!("{{{to}}}");
        if index == 0 || slice.path.contains(&placeholder) {
            let without_id =
                Error::ParentWithoutId { stream: of.stream.name, field: from, child: stream.name };
            let id = pick::text(Some(raw)).filter(|text| is_id(text)).ok_or(without_id)?;
            slice.path = slice.path.replace(&placeholder, &id);
            if index == 0 {
                slice.id = id;
            }
        }
    }
    Ok(slice)
}

/// Ids become part of a path: letters, digits, `-` and `_` only, so that none can lead elsewhere.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
