//! What a stream reads: one slice for its own lists, or one for each parent.

use std::sync::Arc;

use super::parents::{ParentRow, ParentRows};
use super::plan::ReadPlan;
use crate::streams::{Parent, Stream, is_gone_by_its_own_row, request};

/// The slices of one stream, in the order of their parents' ids.
#[derive(Debug)]
pub(super) enum Slices {
    /// Nothing.
    None,
    /// The stream's own lists.
    Own,
    /// The lists under these parents.
    Under {
        of: &'static Parent,
        rows: Arc<ParentRows>,
        /// The places of the parents that are read.
        places: Vec<u32>,
        /// Parents that an earlier attempt read.
        earlier: usize,
    },
}

/// One slice: a parent, or none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slice<'a> {
    /// The stream's own lists.
    Own,
    /// The lists under one parent.
    Under { of: &'static Parent, row: ParentRow<'a> },
}

impl Slices {
    /// The parents that `stream` reads: included by the table and the configuration, and wanted by a plan.
    pub(super) fn under(
        of: &'static Parent,
        rows: Arc<ParentRows>,
        include_deleted_users: bool,
        is_wanted: impl Fn(Slice<'_>) -> bool,
        is_earlier: impl Fn(&str) -> bool,
    ) -> Self {
        let mut earlier = 0;
        let mut is_read = |place: &u32| {
            let row = rows.row(*place as usize);
            let is_included = request::includes(of.which, include_deleted_users, |name| row.value(name));
            let is_wanted = is_included && is_wanted(Slice::Under { of, row });
            earlier += usize::from(is_included && !is_wanted && is_earlier(row.id()));
            is_wanted
        };
        let places =
            (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).filter(|place| is_read(place)).collect();
        Self::Under { of, rows, places, earlier }
    }

    /// Parents that an earlier attempt read.
    pub(super) fn earlier(&self) -> usize {
        match self {
            Self::None | Self::Own => 0,
            Self::Under { earlier, .. } => *earlier,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Own => 1,
            Self::Under { places, .. } => places.len(),
        }
    }

    /// The parent rows.
    pub(super) fn parents(&self) -> Option<(&'static Parent, Arc<ParentRows>)> {
        match self {
            Self::None | Self::Own => None,
            Self::Under { of, rows, .. } => Some((of, Arc::clone(rows))),
        }
    }

    pub(super) fn get(&self, index: usize) -> Slice<'_> {
        match self {
            Self::None | Self::Own => Slice::Own,
            Self::Under { of, rows, places, .. } => {
                Slice::Under { of, row: rows.row(places[index] as usize) }
            }
        }
    }
}

impl<'a> Slice<'a> {
    /// The parent's id; `None` for the stream's own lists.
    pub(super) fn id(self) -> Option<&'a str> {
        match self {
            Slice::Own => None,
            Slice::Under { row, .. } => Some(row.id()),
        }
    }

    /// The parent's number among its rows.
    pub(super) fn number(self) -> Option<u32> {
        match self {
            Slice::Own => None,
            Slice::Under { row, .. } => Some(row.number()),
        }
    }

    /// The text that the parent gives by the child's name for it.
    pub(super) fn value(self, name: &str) -> Option<&'a str> {
        match self {
            Slice::Own => None,
            Slice::Under { of, row } => row.value(request::parent_field(of, name)?),
        }
    }

    /// True if the parent's own row says that it is archived or deleted: "not found" is no surprise then.
    pub(super) fn is_gone_by_its_own_row(self) -> bool {
        match self {
            Slice::Own => false,
            Slice::Under { row, .. } => is_gone_by_its_own_row(|name| row.value(name)),
        }
    }

    /// The members that the connector adds to each record: names, and JSON strings or null.
    pub(super) fn added(
        self,
        stream: &'static Stream,
        variant: Option<&str>,
        plan: &ReadPlan,
    ) -> Vec<(&'static str, String)> {
        let mut added = Vec::new();
        if let Slice::Under { of, .. } = self {
            if of.added {
                added.extend(of.fields.iter().map(|(_, to)| (*to, json(self.value(to)))));
            }
            if let (Some(variants), Some(variant)) = (&of.variants, variant) {
                added.push((variants.name, json(Some(variant))));
            }
        }
        if let (Some(cursor), Some(read_at)) = (&stream.cursor, plan.read_at) {
            let read_at = read_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            added.push((cursor.field(), json(Some(&read_at))));
        }
        added
    }
}

/// A JSON string on one line for every reader, or null.
fn json(text: Option<&str>) -> String {
    let Some(text) = text else { return "null".to_owned() };
    let quoted = serde_json::Value::from(text).to_string();
    quoted.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").replace('\u{85}', "\\u0085")
}
