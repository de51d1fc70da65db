//! What a stream asks for: one slice for each list of its own, or for each parent.

use std::fmt::Write as _;
use std::sync::Arc;

use super::parents::Table;
use super::pick;
use crate::error::Error;
use crate::streams::{Parent, Stream};

/// One chain of pages.
#[derive(Debug, Default, Clone)]
pub(super) struct Slice {
    /// The parent's id; empty for a list of its own.
    pub(super) id: String,
    /// Path under `/api/v2`.
    pub(super) path: String,
    /// The query string.
    pub(super) query: String,
    /// Members that the connector adds to each record, raw JSON without braces.
    pub(super) added: String,
    /// The parent's row in its table.
    pub(super) row: Option<u32>,
    /// What the parent gives, also what is not added to records: raw JSON by the child's name for it.
    fields: Vec<(&'static str, String)>,
}

impl Slice {
    /// A whole list.
    pub(super) fn of(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// The same with one more filter.
    pub(super) fn filtered(&self, filter: &str) -> Self {
        let and = if self.query.is_empty() { "" } else { "&" };
        Self { query: format!("{}{and}{filter}", self.query), ..self.clone() }
    }

    /// The raw JSON of a field that the parent gave.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, raw)| raw.as_str())
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
        /// Those that are read, where it is not all of them.
        needed: Option<Vec<u32>>,
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
        // A table has no more rows than fit into this number. Nearly always all are needed: then none is kept.
        let rows = u32::try_from(table.len()).unwrap_or(u32::MAX);
        let mut needed: Option<Vec<u32>> = None;
        for number in 0..rows {
            let row = number as usize;
            let is_included = || {
                let field = of.only.field();
                field.is_none_or(|field| of.only.includes(&table.value(row, field), include_deleted_users))
            };
            let is_needed = is_included() && is_needed(&parent(stream, of, &table, row)?);
            match (&mut needed, is_needed) {
                (None, true) | (Some(_), false) => {}
                (Some(needed), true) => needed.push(number),
                (None, false) => needed = Some((0..number).collect()),
            }
        }
        Ok(Self::Under { stream, of, table, needed, query })
    }

    /// The parents' rows.
    pub(super) fn above(&self) -> Option<Arc<Table>> {
        match self {
            Self::Lists(..) => None,
            Self::Under { table, .. } => Some(Arc::clone(table)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Lists(_, queries) => queries.len(),
            Self::Under { needed, table, .. } => {
                needed.as_ref().map_or(table.len(), Vec::len) * self.per_parent()
            }
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
                Ok(Slice { query: queries[index].clone(), ..Slice::of(stream.path) })
            }
            Self::Under { stream, of, table, needed, query } => {
                let (at, variant) = (index / self.per_parent(), index % self.per_parent());
                let row = needed.as_ref().map_or(at, |needed| needed[at] as usize);
                let mut slice = parent(stream, of, table, row)?;
                slice.query.clone_from(query);
                let variant = of.variants.as_ref().map(|variants| (variants.name, variants.values[variant]));
                slice.path = filled(stream.path, |name| {
                    let variant = variant.filter(|(known, _)| *known == name);
                    variant.map(|(_, value)| value.to_owned()).or_else(|| pick::text(slice.field(name)))
                });
                if of.added {
                    for (name, raw) in &slice.fields {
                        add(&mut slice.added, name, raw);
                    }
                }
                if let Some((name, value)) = variant {
                    add(&mut slice.added, name, &format!("\"{value}\""));
                }
                Ok(slice)
            }
        }
    }
}

/// What one parent row gives to a slice of `stream`.
fn parent(stream: &'static Stream, of: &'static Parent, table: &Table, row: usize) -> Result<Slice, Error> {
    let mut slice = Slice { row: u32::try_from(row).ok(), ..Slice::default() };
    for (index, (from, to)) in of.fields.iter().copied().enumerate() {
        let raw = table.value(row, from);
        if index == 0 || placeholders(stream.path).any(|name| name == to) {
            let without_id =
                || Error::ParentWithoutId { stream: of.stream.name, field: from, child: stream.name };
            let id = pick::text(Some(&raw)).filter(|text| is_id(text)).ok_or_else(without_id)?;
            if index == 0 {
                slice.id = id;
            }
        }
        slice.fields.push((to, raw));
    }
    Ok(slice)
}

/// The names in braces.
fn placeholders(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0))
}

/// A path with its names in braces replaced.
fn filled(path: &'static str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = path.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (name, rest) in parts.filter_map(|part| part.split_once('}')) {
        filled += &value(name).unwrap_or_default();
        filled += rest;
    }
    filled
}

fn add(added: &mut String, name: &str, raw: &str) {
    let comma = if added.is_empty() { "" } else { "," };
    // Writing to a String cannot fail.
    let _ = write!(added, "{comma}\"{name}\":{raw}");
}

/// Ids become part of a path: letters, digits, `-` and `_` only, so that none can lead elsewhere.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
