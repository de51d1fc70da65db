//! One pass over a row, without a tree: finds members by name, and strings in a date-time column that are not dates.

mod date;
mod surrogate;
#[cfg(test)]
mod tests;
mod walk;

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;
use smallvec::{SmallVec, smallvec};

pub(super) use date::{date_of, date_of_text, is_date};
pub(super) use surrogate::without_lone_surrogates;

/// What is looked for in the rows of one list.
#[derive(Debug)]
pub(super) struct Scanner {
    names: usize,
    members: Members,
}

/// What a scan found in one row.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// The raw JSON of each member that was looked for, in the order of the names. The last duplicate wins.
    pub(super) found: SmallVec<[Option<&'a str>; 8]>,
    /// Strings that the schema calls date-time and that are not a date, in the order of the row.
    pub(super) bad_dates: Vec<BadDate>,
}

/// A string in a place of a date-time that is not a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadDate {
    /// The raw value in the row, quotes included.
    pub(super) range: Range<usize>,
    /// The field's path for people, such as `deletedAt.0`.
    pub(super) path: String,
}

/// A member of an object that is looked for, by its own name or because dates are inside.
#[derive(Debug)]
struct Member {
    name: Box<str>,
    /// Its places among the names that are looked for.
    places: Vec<usize>,
    schema: Dates,
}

/// The members of one object.
#[derive(Debug, Default)]
struct Members {
    list: Vec<Member>,
    /// A bit per length of a name, modulo 64: most members of a row are none of these by their length alone.
    lengths: u64,
}

impl Members {
    fn push(&mut self, member: Member) {
        self.lengths |= 1 << (member.name.len() % 64);
        self.list.push(member);
    }

    /// The member of this raw name.
    #[inline]
    fn find(&self, name: &str, escaped: bool) -> Option<&Member> {
        if escaped {
            let name = serde_json::from_str::<String>(&format!("\"{name}\"")).ok()?;
            return self.find(&name, false);
        }
        if self.lengths & (1 << (name.len() % 64)) == 0 {
            return None;
        }
        self.list.iter().find(|member| *member.name == *name)
    }
}

/// Where the schema of a value promises dates.
#[derive(Debug, Default)]
struct Dates {
    here: bool,
    members: Members,
    items: Option<Box<Dates>>,
}

impl Scanner {
    /// Looks for the members called `names`, and for every date-time of a stream's JSON schema.
    pub(super) fn new(names: &[&'static str], schema: &Value) -> Self {
        let mut members = Dates::of(schema).members;
        for (place, name) in names.iter().enumerate() {
            match members.list.iter_mut().find(|member| *member.name == **name) {
                Some(member) => member.places.push(place),
                None => members.push(Member {
                    name: (*name).into(),
                    places: vec![place],
                    schema: Dates::default(),
                }),
            }
        }
        Self { names: names.len(), members }
    }

    /// True if no row can hold anything that is looked for: the scan may be skipped.
    pub(super) fn is_idle(&self) -> bool {
        self.members.list.is_empty()
    }

    /// Scans one row: a JSON object that was already read as valid JSON. Anything else holds nothing.
    pub(super) fn scan<'a>(&self, row: &'a str) -> Scan<'a> {
        let scan = Scan { found: smallvec![None; self.names], bad_dates: Vec::new() };
        if self.is_idle() { scan } else { walk::over(row, &self.members, scan) }
    }
}

/// The row with each of these ranges replaced; untouched where there is none.
pub(super) fn replaced<'r>(row: &'r str, mut edits: Vec<(Range<usize>, &str)>) -> Cow<'r, str> {
    if edits.is_empty() {
        return Cow::Borrowed(row);
    }
    edits.sort_unstable_by_key(|(range, _)| range.start);
    let mut text = String::with_capacity(row.len());
    let mut end = 0;
    for (range, replacement) in edits {
        text.push_str(&row[end..range.start]);
        text.push_str(replacement);
        end = range.end;
    }
    text.push_str(&row[end..]);
    Cow::Owned(text)
}

/// The text of a raw JSON string; `None` for anything else.
pub(super) fn text(raw: Option<&str>) -> Option<String> {
    serde_json::from_str(raw?).ok()
}

impl Dates {
    fn of(schema: &Value) -> Self {
        let mut members = Members::default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let member = Member { name: name.as_str().into(), places: Vec::new(), schema: Self::of(schema) };
            if !member.schema.is_empty() {
                members.push(member);
            }
        }
        Self {
            here: schema["format"] == "date-time",
            members,
            items: schema.get("items").map(Self::of).filter(|items| !items.is_empty()).map(Box::new),
        }
    }

    fn is_empty(&self) -> bool {
        !self.here && self.members.list.is_empty() && self.items.is_none()
    }
}
