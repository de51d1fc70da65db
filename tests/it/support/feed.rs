//! A platform with users, values of their custom fields, and webhooks that log what changes; and a destination behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use wiremock::matchers::method;
use wiremock::{Mock, Request, ResponseTemplate};

use super::api::{Api, error, page, token};
use super::{Output, catalog, quick, read_from_with};

pub const VALUES: &str = "user_custom_field_values";
pub const CERTIFICATES: &str = "user_certificates";
pub const UPDATED: &str = "user.customfield.values.updated";
pub const AWARDED: &str = "user.certificate.awarded";

/// What the platform holds.
pub struct Tenant {
    pub now: DateTime<Utc>,
    pub users: BTreeMap<String, Value>,
    pub fields: BTreeMap<String, Value>,
    /// By user and field.
    pub values: BTreeMap<(String, String), String>,
    /// By user.
    pub certificates: BTreeMap<String, Vec<String>>,
    pub subscriptions: Vec<Value>,
    /// By subscription.
    pub events: BTreeMap<String, Vec<Value>>,
    /// Responses in place of those of a path.
    pub instead: BTreeMap<String, ResponseTemplate>,
    pub page_of_events: usize,
}

/// A platform, its connection, and the table of a destination that keeps the latest row of each key.
pub struct Story {
    api: Api,
    tenant: Arc<Mutex<Tenant>>,
    pub config: Value,
    pub state: Value,
    pub table: BTreeMap<String, Value>,
    /// Requests of the latest sync.
    pub requested: Vec<String>,
}

fn at(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The id of an object that was created then.
pub fn object_id(created: DateTime<Utc>, number: u32) -> String {
    format!("{:08x}{number:016x}", created.timestamp())
}

impl Tenant {
    /// `count` users with a value in each of two fields, and an active subscription to both types of events.
    fn new(count: u32) -> Self {
        let now: DateTime<Utc> = "2026-11-02T03:00:00Z".parse().unwrap();
        let mut tenant = Self {
            now,
            users: BTreeMap::new(),
            fields: BTreeMap::new(),
            values: BTreeMap::new(),
            certificates: BTreeMap::new(),
            subscriptions: Vec::new(),
            events: BTreeMap::new(),
            instead: BTreeMap::new(),
            page_of_events: 250,
        };
        for field in ["f1", "f2"] {
            tenant
                .fields
                .insert(field.to_owned(), json!({"_id": field, "targetType": "users", "type": "string"}));
        }
        tenant.fields.insert("content".to_owned(), json!({"_id": "content", "targetType": "contents"}));
        for number in 0..count {
            tenant.add_user(&format!("u{number:03}"));
        }
        for (number, kind) in (1..).zip([UPDATED, AWARDED]) {
            tenant.subscribe(kind, now - TimeDelta::days(30), number);
        }
        tenant
    }

    pub fn add_user(&mut self, id: &str) {
        let user = json!({"_id": id, "status": "active", "firstName": id, "lastLoginDate": at(self.now)});
        self.users.insert(id.to_owned(), user);
        for field in ["f1", "f2"] {
            self.values.insert((id.to_owned(), field.to_owned()), format!("{id} {field}"));
        }
    }

    pub fn subscribe(&mut self, kind: &str, created: DateTime<Utc>, number: u32) {
        let id = object_id(created, number);
        self.subscriptions.push(json!({"_id": id, "eventType": kind, "status": "active"}));
    }

    /// Sets a value, or removes it, without an event.
    pub fn set(&mut self, user: &str, field: &str, value: Option<&str>) {
        let key = (user.to_owned(), field.to_owned());
        match value {
            Some(value) => self.values.insert(key, value.to_owned()),
            None => self.values.remove(&key),
        };
    }

    /// Logs an event with this data to every active subscription of its type.
    pub fn fire(&mut self, kind: &str, data: &Value) {
        let event = json!({
            "_id": format!("msg_{}", self.events.values().map(Vec::len).sum::<usize>()),
            "createdAt": at(self.now),
            "status": "failed",
            "payload": {"type": kind, "timestamp": self.now.timestamp_millis(), "data": data},
        });
        let is_active = |one: &&Value| one["eventType"] == kind && one["status"] == "active";
        for one in self.subscriptions.iter().filter(is_active) {
            self.events.entry(one["_id"].as_str().unwrap().to_owned()).or_default().push(event.clone());
        }
    }

    /// Rows of the table as a reader must find them.
    fn truth(&self) -> BTreeMap<String, String> {
        let is_there = |(user, field): &&(String, String)| {
            self.users.contains_key(user) && self.fields.contains_key(field)
        };
        let values = self.values.iter().filter(|(key, _)| is_there(key));
        values.map(|((user, field), value)| (format!("{user} {field}"), value.clone())).collect()
    }

    fn respond(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path().trim_start_matches("/api/v2");
        let query = request.url.query().unwrap_or_default();
        if let Some(response) = self.instead.get(path) {
            return response.clone();
        }
        let all = |rows: Vec<&Value>| page(&json!(rows));
        match path.trim_start_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            ["users"] => {
                let is_shown = |user: &&Value| query.is_empty() || user["status"] == "deleted";
                all(self.users.values().filter(is_shown).collect())
            }
            ["custom-fields"] => all(self.fields.values().collect()),
            ["webhooks", "subscriptions"] => all(self.subscriptions.iter().collect()),
            ["webhooks", "subscriptions", id, "events"] => self.events(id, query, path),
            ["users", user, ..] if !self.users.contains_key(*user) => error(404, "userNotFound"),
            ["users", user, "custom-fields", "values"] => {
                let own = self
                    .values
                    .iter()
                    .filter(|((of, field), _)| of == user && self.fields.contains_key(field));
                page(&own.map(|((_, field), value)| json!({"customFieldId": field, "type": "string", "value": value})).collect())
            }
            ["users", user, "certificates"] => {
                let own = self.certificates.get(*user).into_iter().flatten();
                page(&own.map(|id| json!({"_id": id, "title": "Attestation"})).collect())
            }
            _ => error(404, "routeNotFound"),
        }
    }

    /// A page of the events of a subscription: the log forgets after 90 days.
    fn events(&self, id: &str, query: &str, path: &str) -> ResponseTemplate {
        let (filter, from) = query.split_once("&from=").unwrap_or((query, "0"));
        let since = filter.trim_start_matches("createdAt[gte]=");
        let kept = at(self.now - TimeDelta::days(90));
        let date = |event: &&Value| event["createdAt"].as_str().unwrap_or("9999").to_owned();
        let events = self.events.get(id).into_iter().flatten();
        let events: Vec<&Value> =
            events.filter(|event| date(event).as_str() >= since && date(event) >= kept).collect();
        let from: usize = from.parse().unwrap();
        let rows: Vec<&Value> = events.iter().copied().skip(from).take(self.page_of_events).collect();
        let next = from + rows.len();
        let response = page(&json!(rows));
        if next == events.len() {
            return response;
        }
        response.insert_header("Link", format!("</api/v2{path}?{filter}&from={next}>; rel=\"next\"").as_str())
    }
}

impl Story {
    pub async fn begin(users: u32) -> Self {
        let api = Api::without_token().await;
        let tenant = Arc::new(Mutex::new(Tenant::new(users)));
        let of = Arc::clone(&tenant);
        let clock = move |_: &Request| {
            let date = httpdate::fmt_http_date(of.lock().unwrap().now.into());
            ResponseTemplate::new(200).insert_header("date", date).set_body_json(token("t"))
        };
        Mock::given(method("POST")).respond_with(clock).mount(&api.0).await;
        let of = Arc::clone(&tenant);
        let list = move |request: &Request| of.lock().unwrap().respond(request);
        Mock::given(method("GET")).respond_with(list).mount(&api.0).await;
        let config = api.config();
        Self { api, tenant, config, state: json!([]), table: BTreeMap::new(), requested: Vec::new() }
    }

    /// The platform after a first, whole sync, a day later.
    pub async fn after_a_first_sync(users: u32) -> Self {
        let mut story = Self::begin(users).await;
        story.sync().await;
        story.equals_the_truth();
        story.pass(TimeDelta::days(1));
        story
    }

    pub fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.tenant.lock().unwrap()
    }

    pub fn pass(&self, time: TimeDelta) {
        self.tenant().now += time;
    }

    /// Reads streams as they are configured, from the state; nothing is kept.
    pub async fn read(&mut self, streams: &[&str], mode: &str) -> Output {
        let before = self.api.requested().await.len();
        let now = self.tenant().now;
        let timing =
            Timing { now: Clock::new(move || now), budget: std::time::Duration::from_millis(300), ..quick() };
        let output = read_from_with(timing, &self.config, &catalog(streams, mode), &self.state).await;
        self.requested = self.api.requested().await.split_off(before);
        output
    }

    /// Takes the first lines of an attempt as a destination does: records up to the last state.
    pub fn take(&mut self, output: &Output, lines: usize) {
        let messages = &output.messages[..lines.min(output.messages.len())];
        let Some(last) = messages.iter().rposition(|message| message["type"] == "STATE") else { return };
        for record in messages[..last].iter().filter(|message| message["record"]["stream"] == VALUES) {
            let row = &record["record"]["data"];
            let key =
                format!("{} {}", row["userId"].as_str().unwrap(), row["customFieldId"].as_str().unwrap());
            let is_older = |held: &Value| row["readAt"].as_str() < held["readAt"].as_str();
            if !self.table.get(&key).is_some_and(is_older) {
                self.table.insert(key, row.clone());
            }
        }
        self.state = json!([messages[last]["state"]]);
    }

    /// A sync of the values that is read to its end.
    pub async fn sync(&mut self) -> Output {
        let output = self.read(&[VALUES], "incremental").await;
        output.is_complete(&[VALUES]);
        self.take(&output, usize::MAX);
        output
    }

    /// The users whose values the latest sync requested.
    pub fn visited(&self) -> BTreeSet<String> {
        let user = |path: &String| Some(path.strip_prefix("/users/")?.split_once('/')?.0.to_owned());
        self.requested.iter().filter_map(user).collect()
    }

    /// How the table differs from the platform, once rows without a value, of deleted fields and of users who left are
    /// dropped.
    pub fn differences(&self) -> BTreeSet<String> {
        let tenant = self.tenant();
        let is_kept = |(key, row): &(&String, &Value)| {
            let (user, field) = key.split_once(' ').unwrap();
            !row["value"].is_null() && tenant.fields.contains_key(field) && tenant.users.contains_key(user)
        };
        let held = self.table.iter().filter(is_kept);
        let held: BTreeMap<String, String> =
            held.map(|(key, row)| (key.clone(), row["value"].as_str().unwrap().to_owned())).collect();
        let truth = tenant.truth();
        held.keys().chain(truth.keys()).filter(|key| held.get(*key) != truth.get(*key)).cloned().collect()
    }

    pub fn equals_the_truth(&self) {
        assert_eq!(self.differences(), BTreeSet::new());
    }
}
