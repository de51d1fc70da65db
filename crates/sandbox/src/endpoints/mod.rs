//! The API as data: what an endpoint is; `table` lists all of them.

mod table;

use serde::Serialize;

use crate::data::record::Record;
use crate::data::{Day, World};
use crate::variants::Variant;

pub use table::ENDPOINTS;
pub(crate) use table::UNDOCUMENTED;

/// A path of the API, and how the sandbox answers it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Endpoint {
    /// `GET`, and `POST` for the token.
    pub method: &'static str,
    /// The template below `/api/v2`, such as `/users/{userId}/roles`.
    pub path: &'static str,
    /// The scope that a token needs.
    pub scope: Option<&'static str>,
    /// Rows on a page; none if the list has one page or the response is one object.
    pub page_size: Option<u32>,
    /// The fields that can be filtered on, with their operators.
    pub filters: &'static [Filter],
    /// The stream of the connector that reads it, and the fields that identify a row there.
    #[serde(skip)]
    pub(crate) stream: Option<Stream>,
    #[serde(skip)]
    pub(crate) rows: Rows,
    /// Fields of the record that responses of this path leave out.
    #[serde(skip)]
    pub(crate) omitted: &'static [&'static str],
    /// Fields of the first parent that the connector adds, by their names in its records.
    #[serde(skip)]
    pub(crate) added: &'static [(&'static str, &'static str)],
    /// The field that a response gives alone, instead of an object.
    #[serde(skip)]
    pub(crate) bare: Option<&'static str>,
    /// What the last parameter may be, where it selects rows by `contentType`.
    #[serde(skip)]
    pub(crate) content_types: &'static [&'static str],
    /// Parents for which the API refuses the request.
    #[serde(skip)]
    pub(crate) refused: Option<Refused>,
    /// The part of the platform that may be off, and the code of the refusal.
    #[serde(skip)]
    pub(crate) feature: Option<(&'static str, &'static str)>,
    #[serde(skip)]
    pub(crate) generate: Option<fn(&mut World)>,
    /// The rows follow from other rows: a day generates them again.
    #[serde(skip)]
    pub(crate) derived: bool,
    #[serde(skip)]
    pub(crate) change: Option<fn(&mut World, &mut Day)>,
    /// A day may delete rows. Of all others, which are millions, a change need not remember the keys.
    #[serde(skip)]
    pub(crate) deletable: bool,
    /// The variants that have this endpoint; none for all.
    #[serde(skip)]
    pub(crate) variants: &'static [Variant],
}

/// A field that an endpoint filters on.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Filter {
    /// The name of the field in the query.
    pub field: &'static str,
    /// The operators in brackets.
    pub operators: &'static [&'static str],
}

/// What the connector makes of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [&'static str],
}

/// Where the rows of a response come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows {
    /// It has none.
    None,
    /// All rows of a table.
    All(&'static str),
    /// The rows of a table whose field names the last parent.
    Of(&'static str, &'static str),
    /// Made from the last parent when they are requested.
    Made(fn(&World, &Record) -> Vec<Record>),
    /// One object: the last parent.
    One,
    /// One object, made from the last parent.
    Object(fn(&World, &Record) -> Vec<Record>),
    /// One object: the number of rows in a table.
    Count(&'static str),
    /// No such row: the code of the refusal.
    Absent(&'static str),
}

/// Which parents are refused, and how.
type Refused = (fn(&Record) -> bool, Refusal);

/// A domain error of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

pub(crate) const fn absent(code: &'static str) -> Refusal {
    Refusal { status: 404, code }
}

pub(crate) const fn invalid(code: &'static str) -> Refusal {
    Refusal { status: 400, code }
}

/// What a parameter of a path names.
pub(crate) struct Parent {
    pub(crate) parameter: &'static str,
    pub(crate) table: &'static str,
    /// The code where it does not exist.
    pub(crate) absent: &'static str,
    /// The code where it does not belong to the parent before it.
    pub(crate) foreign: &'static str,
    /// The field that names the parent before it.
    pub(crate) owner: &'static str,
}

const fn parent(parameter: &'static str, table: &'static str, absent: &'static str) -> Parent {
    Parent { parameter, table, absent, foreign: "", owner: "" }
}

static PARENTS: [Parent; 11] = [
    parent("userId", "users", "userNotFound"),
    parent("groupId", "groups", "groupNotFound"),
    parent("customFieldId", "custom_fields", "customFieldNotFound"),
    parent("pathId", "paths", "pathNotFound"),
    Parent {
        foreign: "sessionNotBelongToPath",
        owner: "pathId",
        ..parent("sessionId", "path_sessions", "sessionNotFound")
    },
    parent("classroomId", "classrooms", "classroomNotFound"),
    parent("classroomSlotId", "classroom_slots", "classroomSlotNotFound"),
    Parent {
        foreign: "attendanceSheetNotBelongToClassroomSlot",
        owner: "#classroomSlotId",
        ..parent("attendanceSheetId", "attendance_sheets", "attendanceSheetNotFound")
    },
    parent("courseId", "courses", "courseNotFound"),
    parent("subscriptionId", "webhook_subscriptions", "subscriptionNotFound"),
    parent("tagId", "tags", "tagNotFound"),
];

impl Endpoint {
    const fn get(path: &'static str, scope: &'static str, rows: Rows) -> Self {
        Self {
            method: "GET",
            path,
            scope: Some(scope),
            page_size: None,
            filters: &[],
            stream: None,
            rows,
            omitted: &[],
            added: &[],
            bare: None,
            content_types: &[],
            refused: None,
            feature: None,
            generate: None,
            derived: false,
            change: None,
            deletable: false,
            variants: &[],
        }
    }

    const fn page(mut self, rows: u32) -> Self {
        self.page_size = Some(rows);
        self
    }

    const fn filters(mut self, filters: &'static [Filter]) -> Self {
        self.filters = filters;
        self
    }

    const fn stream(mut self, name: &'static str, key: &'static [&'static str]) -> Self {
        self.stream = Some(Stream { name, key });
        self
    }

    const fn omits(mut self, fields: &'static [&'static str]) -> Self {
        self.omitted = fields;
        self
    }

    const fn adds(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.added = fields;
        self
    }

    const fn bare(mut self, field: &'static str) -> Self {
        self.bare = Some(field);
        self
    }

    const fn content_types(mut self, types: &'static [&'static str]) -> Self {
        self.content_types = types;
        self
    }

    const fn refused(mut self, parents: fn(&Record) -> bool, refusal: Refusal) -> Self {
        self.refused = Some((parents, refusal));
        self
    }

    const fn feature(mut self, name: &'static str, code: &'static str) -> Self {
        self.feature = Some((name, code));
        self
    }

    const fn generated(mut self, generate: fn(&mut World)) -> Self {
        self.generate = Some(generate);
        self
    }

    const fn derived(mut self, generate: fn(&mut World)) -> Self {
        self.derived = true;
        self.generated(generate)
    }

    const fn changed(mut self, change: fn(&mut World, &mut Day)) -> Self {
        self.change = Some(change);
        self
    }

    const fn deletable(mut self) -> Self {
        self.deletable = true;
        self
    }

    const fn only(mut self, variants: &'static [Variant]) -> Self {
        self.variants = variants;
        self
    }

    /// The endpoint that a stream reads.
    pub(crate) fn of_stream(name: &str) -> Option<&'static Self> {
        ENDPOINTS.iter().find(|endpoint| endpoint.stream.is_some_and(|stream| stream.name == name))
    }

    /// The parents that the path names, in order; parameters that name no row are left out.
    pub(crate) fn parents(&self) -> impl DoubleEndedIterator<Item = Option<&'static Parent>> {
        let parameters = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.split_once('}'));
        let parents = parameters.map(|(name, _)| PARENTS.iter().find(|parent| parent.parameter == name));
        parents.collect::<Vec<_>>().into_iter()
    }

    /// The values of the template's parameters, if `path` (below `/api/v2`) matches it.
    pub(crate) fn parameters<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let mut values = Vec::new();
        let mut segments = path.split('/');
        for part in self.path.split('/') {
            let segment = segments.next()?;
            match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
                Some((_, suffix)) => {
                    values.push(segment.strip_suffix(suffix).filter(|value| !value.is_empty())?);
                }
                None if part == segment => {}
                None => return None,
            }
        }
        segments.next().is_none().then_some(values)
    }

    /// The endpoint that answers `path`, with its parameters: literal segments win over parameters.
    pub(crate) fn find(path: &str) -> Option<(&'static Self, Vec<&str>)> {
        let reads = ENDPOINTS.iter().filter(|endpoint| endpoint.method == "GET");
        let found = reads.filter_map(|endpoint| Some((endpoint, endpoint.parameters(path)?)));
        found.min_by_key(|(_, parameters)| parameters.len())
    }
}

const STREAM_COUNT: usize = {
    let (mut count, mut place) = (0, 0);
    while place < ENDPOINTS.len() {
        count += ENDPOINTS[place].stream.is_some() as usize;
        place += 1;
    }
    count
};

/// The streams whose rows the sandbox knows, parents before children.
pub static STREAMS: [&str; STREAM_COUNT] = {
    let mut names = [""; STREAM_COUNT];
    let (mut count, mut place) = (0, 0);
    while place < ENDPOINTS.len() {
        if let Some(stream) = ENDPOINTS[place].stream {
            names[count] = stream.name;
            count += 1;
        }
        place += 1;
    }
    names
};

/// The fields that together identify a row of a stream; `_id` for a name that is not a stream's.
#[must_use]
pub fn primary_key(stream: &str) -> &'static [&'static str] {
    Endpoint::of_stream(stream).and_then(|endpoint| endpoint.stream).map_or(&["_id"], |stream| stream.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_leads_to_itself() {
        assert_eq!(ENDPOINTS.len(), 56);
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.method == "GET") {
            assert_eq!(Endpoint::find(endpoint.path).unwrap().0.path, endpoint.path);
        }
        let (endpoint, parameters) = Endpoint::find("/groups/g1/catalog/path-session-ids").unwrap();
        assert_eq!(endpoint.stream.unwrap().name, "group_catalog_contents");
        assert_eq!(parameters, ["g1", "path-session"]);
        assert!(Endpoint::find("/users/").is_none_or(|(_, parameters)| parameters.is_empty()));
        assert!(Endpoint::find("/nowhere").is_none());
    }
}
