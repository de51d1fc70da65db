//! The API as data: what an endpoint is; `table` lists all of them.

mod table;

use std::sync::LazyLock;

use serde::Serialize;

use crate::data::record::Record;
use crate::data::{Day, World};
use crate::variants::Variant;

pub use table::ENDPOINTS;
pub(crate) use table::UNDOCUMENTED;

/// A path of the API, and how the sandbox answers it.
#[derive(Clone, Copy, Debug)]
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
    pub(crate) stream: Option<Stream>,
    pub(crate) rows: Rows,
    /// Fields of the record that responses of this path leave out.
    pub(crate) omitted: &'static [&'static str],
    /// Fields of the first parent that the connector adds, by their names in its records.
    pub(crate) added: &'static [(&'static str, &'static str)],
    /// The field that a response gives alone, instead of an object.
    pub(crate) bare: Option<&'static str>,
    /// What the last parameter may be, where it selects rows by `contentType`.
    pub(crate) content_types: &'static [&'static str],
    /// Parents for which the API refuses the request.
    pub(crate) refused: Option<Refused>,
    /// The part of the platform that may be off, and the code of the refusal.
    pub(crate) feature: Option<(&'static str, &'static str)>,
    pub(crate) generate: Option<Generate>,
    /// The fields with ids by which the generated rows are found, beside their own id.
    pub(crate) owners: &'static [&'static str],
    pub(crate) change: Option<fn(&mut World, &mut Day)>,
    /// The variants that have this endpoint; none for all.
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

/// How the rows of a stream come to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Generate {
    /// By themselves.
    Own(fn(&World) -> Vec<Record>),
    /// From other rows: a day generates them again.
    Derived(fn(&World) -> Vec<Record>),
    /// Together with other rows, or with what an account knows beside its rows.
    Together(fn(&mut World)),
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

impl Parent {
    const fn of(self, owner: &'static str, foreign: &'static str) -> Self {
        Self { foreign, owner, ..self }
    }
}

static PARENTS: [Parent; 11] = [
    parent("userId", "users", "userNotFound"),
    parent("groupId", "groups", "groupNotFound"),
    parent("customFieldId", "custom_fields", "customFieldNotFound"),
    parent("pathId", "paths", "pathNotFound"),
    parent("sessionId", "path_sessions", "sessionNotFound").of("pathId", "sessionNotBelongToPath"),
    parent("classroomId", "classrooms", "classroomNotFound"),
    parent("classroomSlotId", "classroom_slots", "classroomSlotNotFound"),
    parent("attendanceSheetId", "attendance_sheets", "attendanceSheetNotFound")
        .of("#classroomSlotId", "attendanceSheetNotBelongToClassroomSlot"),
    parent("courseId", "courses", "courseNotFound"),
    parent("subscriptionId", "webhook_subscriptions", "subscriptionNotFound"),
    parent("tagId", "tags", "tagNotFound"),
];

/// A GET of one page without filters.
const fn get(path: &'static str, scope: &'static str, rows: Rows) -> Endpoint {
    Endpoint {
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
        owners: &[],
        change: None,
        variants: &[],
    }
}

/// What an entry of the table adds to it.
macro_rules! setters {
    ($($name:ident($($argument:ident: $type:ty),*) { $field:ident: $value:expr })+) => {
        impl Endpoint {
            $(const fn $name(mut self, $($argument: $type),*) -> Self {
                self.$field = $value;
                self
            })+
        }
    };
}

setters! {
    page(rows: u32) { page_size: Some(rows) }
    filters(filters: &'static [Filter]) { filters: filters }
    stream(name: &'static str, key: &'static [&'static str]) { stream: Some(Stream { name, key }) }
    omits(fields: &'static [&'static str]) { omitted: fields }
    adds(fields: &'static [(&'static str, &'static str)]) { added: fields }
    bare(field: &'static str) { bare: Some(field) }
    content_types(types: &'static [&'static str]) { content_types: types }
    refused(parents: fn(&Record) -> bool, refusal: Refusal) { refused: Some((parents, refusal)) }
    feature(name: &'static str, code: &'static str) { feature: Some((name, code)) }
    generated(generate: Generate) { generate: Some(generate) }
    found_by(owners: &'static [&'static str]) { owners: owners }
    changed(change: fn(&mut World, &mut Day)) { change: Some(change) }
    only(variants: &'static [Variant]) { variants: variants }
}

impl Endpoint {
    /// Generates the rows of the stream.
    pub(crate) fn generate(&self, world: &mut World) {
        match (self.stream, self.generate) {
            (Some(stream), Some(Generate::Own(generate) | Generate::Derived(generate))) => {
                let rows = generate(world);
                world.put(stream.name, self.owners, rows);
            }
            (_, Some(Generate::Together(generate))) => generate(world),
            _ => {}
        }
    }

    /// The endpoint that a stream reads.
    pub(crate) fn of_stream(name: &str) -> Option<&'static Self> {
        ENDPOINTS.iter().find(|endpoint| endpoint.stream.is_some_and(|stream| stream.name == name))
    }

    /// Whether a response is one object, not a list.
    pub(crate) const fn is_object(&self) -> bool {
        matches!(self.rows, Rows::One | Rows::Object(_) | Rows::Count(_))
    }

    /// The parents that the path names, in order; none for a parameter that names no row.
    pub(crate) fn parents(&self) -> impl DoubleEndedIterator<Item = Option<&'static Parent>> {
        let parameters = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.split_once('}'));
        parameters.map(|(name, _)| PARENTS.iter().find(|parent| parent.parameter == name))
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

/// The streams whose rows the sandbox knows, parents before children.
pub static STREAMS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ENDPOINTS.iter().filter_map(|endpoint| Some(endpoint.stream?.name)).collect());

/// The fields that together identify a row of a stream; `_id` for a name that is not a stream's.
#[must_use]
pub fn primary_key(stream: &str) -> &'static [&'static str] {
    Endpoint::of_stream(stream).and_then(|endpoint| endpoint.stream).map_or(&["_id"], |stream| stream.key)
}
