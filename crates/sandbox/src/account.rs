//! An account on the platform: what each endpoint shows of its data, what a sync of each stream must deliver,
//! and what a day changes there.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::iter;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use crate::data::id::Id;
use crate::data::record::{Cell, Record, record};
use crate::data::undated::remove_dates;
use crate::data::{World, feedback, time, webhooks};
use crate::endpoints::{ENDPOINTS, Endpoint, Generate, Refusal, Rows, absent, invalid};
use crate::options::Options;
use crate::variants::{Variant, Variants};

/// A row as an endpoint shows it, or as the connector should emit it.
#[derive(Clone)]
pub(crate) struct Row<'a> {
    /// Fields of parents, in front.
    added: Vec<(&'static str, Cell)>,
    pub(crate) record: Cow<'a, Record>,
    omitted: &'static [&'static str],
}

pub(crate) type RowIter<'a> = Box<dyn Iterator<Item = Row<'a>> + 'a>;

/// Everything that one day changed in the rows of the streams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The clock after the day.
    pub clock: String,
    /// By stream; a stream that is absent did not change.
    pub streams: BTreeMap<String, Touched>,
}

/// The primary keys of rows that changed: a string, or an array for a compound key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Touched {
    /// Rows that are new.
    pub created: Vec<Value>,
    /// Rows that existed and differ now.
    pub updated: Vec<Value>,
    /// Rows that are gone.
    pub deleted: Vec<Value>,
}

/// An account with its data.
pub(crate) struct Account {
    world: World,
    variants: Variants,
    features_off: Vec<String>,
    /// Every day that passed, in order.
    pub(crate) days: Vec<Changes>,
    /// Ids under which requests get a 404, although lists still show them.
    pub(crate) vanished: HashSet<String>,
}

impl Account {
    pub(crate) fn new(options: &Options) -> Self {
        let mut world = World::new(options.scale.counts(), options.seed);
        let variants = Variants::new(&options.variants, options.seed);
        for endpoint in ENDPOINTS {
            endpoint.generate(&mut world);
        }
        webhooks::subscribe(&mut world, &options.subscriptions);
        if variants.has(Variant::WithoutDates) {
            remove_dates(&mut world);
        }
        let features_off = options.features_off.clone();
        Self { world, variants, features_off, days: Vec::new(), vanished: HashSet::new() }
    }

    pub(crate) fn clock(&self) -> time::Time {
        self.world.clock
    }

    pub(crate) fn has_row(&self, id: &str) -> bool {
        Id::parse(id).is_some_and(|id| self.world.has(id))
    }

    pub(crate) fn has_user(&self, id: &str) -> bool {
        Id::parse(id).is_some_and(|id| self.world.table("users").get(id).is_some())
    }

    /// What an endpoint shows for the parameters of its path, from the row at `from` on.
    pub(crate) fn find(
        &self,
        endpoint: &'static Endpoint,
        parameters: &[&str],
        from: usize,
    ) -> Result<RowIter<'_>, Refusal> {
        let mut above: Option<&Record> = None;
        for (parent, value) in endpoint.parents().zip(parameters) {
            let Some(parent) = parent else { continue };
            let id = Id::parse(value).filter(|_| !self.vanished.contains(*value));
            let row =
                id.and_then(|id| self.world.table(parent.table).get(id)).ok_or(absent(parent.absent))?;
            if above.is_some_and(|owner| row.reference(parent.owner) != Some(owner.id())) {
                return Err(invalid(parent.foreign));
            }
            above = Some(row);
        }
        let rows = self.rows(endpoint, above, from)?;
        if endpoint.content_types.is_empty() {
            return Ok(rows);
        }
        let wanted = parameters.last().unwrap_or(&"");
        let known = endpoint.content_types.iter().find(|kind| *kind == wanted);
        let kind = *known.ok_or(invalid("invalidContentType"))?;
        Ok(Box::new(rows.filter(move |row| row.record.is("contentType", kind))))
    }

    /// The rows of an endpoint under its last parent.
    fn rows<'a>(
        &'a self,
        endpoint: &'static Endpoint,
        parent: Option<&'a Record>,
        from: usize,
    ) -> Result<RowIter<'a>, Refusal> {
        if let Some((name, code)) = endpoint.feature
            && self.features_off.iter().any(|off| off == name)
        {
            return Err(invalid(code));
        }
        if let Some((refuses, refusal)) = endpoint.refused
            && parent.is_some_and(refuses)
        {
            return Err(refusal);
        }
        let world = &self.world;
        let rows: Box<dyn Iterator<Item = Cow<'a, Record>> + 'a> = match (endpoint.rows, parent) {
            (Rows::Absent(code), _) => return Err(absent(code)),
            (Rows::All(table), _) => Box::new(world.rows(table).iter().skip(from).map(Cow::Borrowed)),
            (Rows::Of(table, field), Some(parent)) => {
                Box::new(world.table(table).of(field, parent.id()).skip(from).map(Cow::Borrowed))
            }
            (Rows::Made(make) | Rows::Object(make), Some(parent)) => {
                Box::new(make(world, parent).into_iter().skip(from).map(Cow::Owned))
            }
            (Rows::One, Some(parent)) => Box::new(iter::once(Cow::Borrowed(parent))),
            (Rows::Count(table), _) => {
                Box::new(iter::once(Cow::Owned(record! {"total": world.rows(table).len()})))
            }
            _ => Box::new(iter::empty()),
        };
        Ok(Box::new(rows.map(|record| Row { added: Vec::new(), record, omitted: endpoint.omitted })))
    }

    /// The rows of a stream as a connector should emit them, whatever the variants show of them.
    fn stream(&self, endpoint: &'static Endpoint) -> RowIter<'_> {
        let Some(parent) = endpoint.parents().flatten().next_back() else {
            return self.rows(endpoint, None, 0).unwrap_or_else(|_| Box::new(iter::empty()));
        };
        Box::new(self.world.rows(parent.table).iter().flat_map(move |row| {
            let added = self.added(endpoint, row);
            let rows = self.rows(endpoint, Some(row), 0).into_iter().flatten();
            rows.map(move |row| Row { added: added.clone(), ..row })
        }))
    }

    /// The fields of the parents that the connector adds to the rows under `row`.
    fn added(&self, endpoint: &'static Endpoint, row: &Record) -> Vec<(&'static str, Cell)> {
        let mut added = Vec::new();
        let (mut row, mut owner) = (row, "");
        for parent in endpoint.parents().flatten().rev() {
            row = self.world.referred(row, owner, parent.table).unwrap_or(row);
            added.push((parent.parameter, row.id().into()));
            owner = parent.owner;
        }
        added.extend(endpoint.added.iter().map(|(name, field)| match row.get(field) {
            Cell::Absent => (*name, Cell::Null),
            cell => (*name, cell.clone()),
        }));
        added
    }

    /// The rows of a stream as a connector should emit them; none for a name that is not a stream's.
    pub(crate) fn truth(&self, stream: &str) -> Box<dyn Iterator<Item = Value> + '_> {
        let Some(endpoint) = Endpoint::of_stream(stream) else { return Box::new(iter::empty()) };
        Box::new(self.stream(endpoint).map(|row| self.shown(endpoint, &row)))
    }

    /// A row of a stream as a connector should emit it.
    fn shown(&self, endpoint: &Endpoint, row: &Row<'_>) -> Value {
        if endpoint.bare.is_none() { self.variants.show(json!(row)) } else { json!(row) }
    }

    /// A CSV of learners' answers; none for an unknown name.
    pub(crate) fn feedback(&self, file: &str) -> Option<Vec<u8>> {
        feedback::file(&self.world, file)
    }

    pub(crate) fn count(&self, stream: &str) -> usize {
        Endpoint::of_stream(stream).map_or(0, |endpoint| self.stream(endpoint).count())
    }

    /// Lives through one day.
    pub(crate) fn change(&mut self) -> Changes {
        let streams = || ENDPOINTS.iter().filter_map(|endpoint| Some((endpoint, endpoint.stream?.name)));
        let before: Vec<Snapshot> = streams().map(|(endpoint, _)| self.snapshot(endpoint)).collect();
        let mut day = self.world.begin_day();
        ENDPOINTS.iter().filter_map(|endpoint| endpoint.change).for_each(|change| {
            change(&mut self.world, &mut day);
        });
        let derived = ENDPOINTS.iter().filter(|one| matches!(one.generate, Some(Generate::Derived(_))));
        derived.for_each(|endpoint| endpoint.generate(&mut self.world));
        self.world.end_day();
        let mut changes = Changes { clock: time::text(self.world.clock), ..Changes::default() };
        for ((endpoint, stream), before) in streams().zip(before) {
            let touched = self.difference(endpoint, before);
            if touched != Touched::default() {
                changes.streams.insert(stream.to_owned(), touched);
            }
        }
        self.days.push(changes.clone());
        changes
    }

    /// The rows of a stream as they are now.
    fn snapshot(&self, endpoint: &'static Endpoint) -> Snapshot {
        let rows = self.stream(endpoint);
        rows.map(|row| (row.key(endpoint).to_string(), self.hash(endpoint, &row))).collect()
    }

    /// How the rows of a stream differ from a snapshot of them.
    fn difference(&self, endpoint: &'static Endpoint, mut before: Snapshot) -> Touched {
        let mut touched = Touched::default();
        for row in self.stream(endpoint) {
            let key = row.key(endpoint);
            match before.remove(&key.to_string()) {
                None => touched.created.push(key),
                Some(old) if old != self.hash(endpoint, &row) => touched.updated.push(key),
                Some(_) => {}
            }
        }
        let mut deleted: Vec<String> = before.into_keys().collect();
        deleted.sort_unstable();
        touched.deleted = deleted.iter().filter_map(|key| serde_json::from_str(key).ok()).collect();
        touched
    }

    fn hash(&self, endpoint: &Endpoint, row: &Row<'_>) -> u64 {
        let text = if self.variants.change_rows() {
            self.shown(endpoint, row).to_string()
        } else {
            // Rows have string keys and finite numbers: writing one to memory cannot fail.
            serde_json::to_string(row).unwrap_or_default()
        };
        BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
    }
}

/// A hash of each row of a stream at one time, by its key as JSON.
type Snapshot = HashMap<String, u64>;

impl Row<'_> {
    /// A field that the row shows.
    pub(crate) fn get(&self, field: &str) -> &Cell {
        let added = self.added.iter().find(|(name, _)| *name == field);
        added.map_or_else(|| self.record.get(field), |(_, cell)| cell)
    }

    /// What identifies the row in its stream, as `Touched` names it.
    fn key(&self, endpoint: &Endpoint) -> Value {
        match endpoint.stream.map_or(&[][..], |stream| stream.key) {
            [field] => json!(self.get(field)),
            fields => fields.iter().map(|field| json!(self.get(field))).collect(),
        }
    }

    fn shown(&self) -> impl Iterator<Item = (&'static str, &Cell)> {
        let is_shown =
            |name: &str| !self.omitted.contains(&name) && self.added.iter().all(|(added, _)| *added != name);
        let own = self.record.shown().filter(move |(name, _)| is_shown(name));
        self.added.iter().map(|(name, cell)| (*name, cell)).chain(own)
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.shown())
    }
}
