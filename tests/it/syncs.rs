//! Whole syncs on the sandbox, at the scale of the France Num story.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::only_hidden_lists_are_read_twice;
use crate::support::output::same_rows;
use crate::support::{Account, every_stream};
use sandbox_360learning::{ENDPOINTS, Options, Scale};
use serde_json::{Value, json};
use source_360learning::streams::{STREAMS, Stream, WhichParents, request};

/// The requests that a full sync makes for a stream, from the sandbox's truth and the documented page sizes.
fn requests_for(account: &Account, stream: &Stream) -> u64 {
    let rows = account.truth(stream.name);
    let of = |count: usize| stream.page_size.map_or(1, |size| count.div_ceil(size as usize).max(1) as u64);
    let Some(parent) = &stream.parent else {
        // Statistics carry no status: the enrollments do.
        let statuses =
            if stream.name == "path_stats" { account.truth("path_enrollments") } else { rows.clone() };
        let hidden = stream.hidden.iter().map(|hidden| {
            let count = statuses.iter().filter(|row| row["status"] == hidden.value).count();
            // The plain list of this sandbox shows every status: where it shows one, nothing is read again.
            of(count) * if count == 0 { 2 } else { 1 }
        });
        return of(rows.len()) + hidden.sum::<u64>();
    };
    let text =
        |row: &Value, field: &str| row[field].as_str().map_or_else(|| row[field].to_string(), str::to_owned);
    let included = |row: &&Value| match parent.which {
        WhichParents::All | WhichParents::IncludedUsers => true,
        WhichParents::NotDeleted => row["status"] != "deleted",
        WhichParents::Where(field) => text(row, field) == "true",
    };
    let parents = account.truth(parent.stream.name);
    let (id, added) = parent.fields[0];
    let mut ids: Vec<&str> = parents.iter().filter(included).map(|row| row[id].as_str().unwrap()).collect();
    ids.sort_unstable();
    if let Some(first) = ids.first().filter(|_| !stream.hidden.is_empty()) {
        let shows = |row: &Value| row[added] == *first && row["status"] == "archived";
        assert!(rows.iter().any(shows), "the first parent of {} settles what is hidden", stream.name);
    }
    let variants = request::variants(stream);
    let mut children: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for row in &rows {
        let variant = parent.variants.as_ref().map(|variants| row[variants.name].as_str().unwrap());
        *children.entry((row[added].as_str().unwrap(), variant)).or_default() += 1;
    }
    let slices = ids.iter().flat_map(|id| variants.iter().map(move |variant| (*id, *variant)));
    slices.map(|slice| of(children.get(&slice).copied().unwrap_or_default())).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_sync_at_the_scale_of_the_story_is_complete_and_requests_nothing_twice() {
    let account = Account::france_num().await;
    let streams = every_stream();
    let output = account.read(&streams, "full_refresh", None);
    output.is_complete(&streams);
    account.was_read_in_full(&output, &streams);

    // The figures of the story.
    let counts: BTreeMap<&str, usize> =
        streams.iter().map(|stream| (*stream, output.records(stream).len())).collect();
    for (stream, count) in [
        ("users", 2980),
        ("user_custom_field_values", 118_905),
        ("paths", 60),
        ("path_sessions", 214),
        ("classrooms", 110),
        ("classroom_slots", 675),
        ("attendance_sheets", 1013),
        ("custom_fields", 41),
        ("courses", 300),
    ] {
        assert_eq!(counts[stream], count, "{stream}");
    }

    // One page for each list and each parent, more where a list is longer than a page.
    let expected: u64 = STREAMS.iter().map(|stream| requests_for(&account, stream)).sum();
    let requests = account.sandbox.requests();
    assert_eq!(requests.total, expected);
    only_hidden_lists_are_read_twice(&requests);
    assert_eq!(requests.tokens, 1);
    assert_eq!(
        requests.statuses.keys().copied().collect::<Vec<_>>(),
        [200, 404],
        "404: a slot without a waitlist"
    );

    // Every record against its stream's schema.
    for stream in STREAMS {
        let schema = jsonschema::draft7::new(&stream.json_schema()).unwrap();
        for record in output.records(stream.name) {
            let errors: Vec<_> = schema.iter_errors(record).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?} {record}", stream.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_the_sandbox_is_in_the_schemas() {
    fn known(schema: &Value, value: &Value, at: &str) {
        match value {
            // An open object: what it holds depends on the row.
            Value::Object(_) if schema["properties"] == json!({}) => {}
            Value::Object(members) => {
                for (name, value) in members {
                    let property = &schema["properties"][name];
                    assert!(property.is_object(), "{at}.{name} is in no schema");
                    known(property, value, &format!("{at}.{name}"));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| known(&schema["items"], item, at)),
            _ => {}
        }
    }
    let account = Account::small().await;
    for stream in STREAMS {
        let schema = stream.json_schema();
        for row in account.truth(stream.name) {
            known(&schema, &row, stream.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_is_kept_in_every_second_and_well_used() {
    // No second sees more than 50 departures (`api::pace`). On a busy machine requests arrive late and together, so one
    // sync of five must be undisturbed; a connector that does not keep its pace disturbs all of them.
    let mut seen = Vec::new();
    for _ in 0..5 {
        let account = Account::small().await;
        let mut config = account.config.clone();
        config["requests_per_second"] = json!(50);
        let streams = every_stream();
        let catalog = crate::support::catalog(&streams, "full_refresh");
        crate::support::run("read", &config, Some(&catalog), None).is_complete(&streams);
        let requests = account.sandbox.requests();
        let per_second = f64::from(u32::try_from(requests.total).unwrap()) / requests.seconds;
        if requests.peak_per_second <= 52 && per_second > 40.0 {
            return;
        }
        seen.push((requests.peak_per_second, per_second));
    }
    panic!("peak and mean of requests per second: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_read_for_its_children_only_is_not_emitted() {
    let account = Account::small().await;
    let output = account.read(&["attendances"], "full_refresh", None);
    output.is_complete(&["attendances"]);
    account.was_read_in_full(&output, &["attendances"]);
    let emitted: BTreeSet<&str> =
        output.all("RECORD").iter().map(|record| record["stream"].as_str().unwrap()).collect();
    assert_eq!(emitted, BTreeSet::from(["attendances"]));
    assert_eq!(
        output
            .all("STATE")
            .iter()
            .filter(|state| state["stream"]["stream_descriptor"]["name"] != "attendances")
            .count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_users_are_visited_unless_the_config_says_no() {
    let account = Account::open(Options { scale: Scale::Small, rate_limit: 0, ..Options::default() }).await;
    let mut config = account.config.clone();
    config["include_deleted_users"] = json!(false);
    let streams = ["users", "user_custom_field_values"];
    let output =
        crate::support::run("read", &config, Some(&crate::support::catalog(&streams, "full_refresh")), None);
    output.is_complete(&streams);
    let users = account.truth("users");
    let deleted: BTreeSet<&str> = users
        .iter()
        .filter(|user| user["status"] == "deleted")
        .map(|user| user["_id"].as_str().unwrap())
        .collect();
    assert!(!deleted.is_empty());
    assert_eq!(output.records("users").len(), users.len(), "the users themselves are all emitted");
    let values = account.truth("user_custom_field_values");
    let expected = values.iter().filter(|value| !deleted.contains(value["userId"].as_str().unwrap()));
    same_rows(streams[1], output.records(streams[1]), expected);
    assert_eq!(
        account.sandbox.requests().total,
        (2 + users.len() - deleted.len()) as u64,
        "two lists of users"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_costs_its_streams_and_no_other() {
    let options = Options {
        missing_scopes: vec!["attendanceSheets:read".to_owned()],
        rate_limit: 0,
        ..Options::default()
    };
    let account = Account::open(options).await;
    let output = account.read(&every_stream(), "incremental", None);
    assert_eq!(output.code, 1);
    let failed: Vec<&str> =
        output.errors().iter().map(|error| error["stream_descriptor"]["name"].as_str().unwrap()).collect();
    assert_eq!(failed.len(), 2, "{failed:?}");
    for stream in every_stream() {
        if failed.contains(&stream) {
            assert!(stream.starts_with("attendance"));
            assert_eq!(output.statuses(stream).last(), Some(&"INCOMPLETE"));
        } else {
            account.was_read_in_full(&output, &[stream]);
            assert_eq!(output.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_with_passing_faults_ends_with_every_row() {
    let faults =
        ["429-retry-after=0.02", "500=0.02", "502-html=0.02", "html=0.02", "truncated=0.02", "reset=0.02"];
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let account = Account::open(Options { faults, rate_limit: 0, ..Options::default() }).await;
    let streams = every_stream();
    let output = account.read(&streams, "full_refresh", None);
    assert_eq!(output.code, 0, "{:#?}", output.errors());
    account.was_read_in_full(&output, &streams);
    output.counts_add_up();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_in_mid_sync_is_replaced() {
    let account =
        Account::open(Options { token_ttl_requests: Some(100), rate_limit: 0, ..Options::default() }).await;
    let mut config = account.config.clone();
    config["requests_per_second"] = json!(50);
    let streams = ["users", "user_managers", "user_custom_field_values"];
    let catalog = crate::support::catalog(&streams, "full_refresh");
    let output = crate::support::run("read", &config, Some(&catalog), None);
    output.is_complete(&streams);
    account.was_read_in_full(&output, &streams);
    let requests = account.sandbox.requests();
    assert!(requests.tokens > 2);
    // A second at most proves that a token ended; the requests of this second are repeated.
    assert!(requests.statuses[&401] <= requests.tokens * 60, "{:?}", requests.statuses);
}

#[test]
fn the_table_and_the_sandbox_read_the_api_documentation_alike() {
    for stream in STREAMS {
        let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.path == stream.path);
        let endpoint =
            endpoint.unwrap_or_else(|| panic!("{}: the sandbox knows no {}", stream.name, stream.path));
        assert_eq!(endpoint.scope, Some(stream.scope), "{}", stream.name);
        assert_eq!(endpoint.page_size, stream.page_size, "{}", stream.name);
    }
    // 53 of the Core API, three of webhooks and bulk operations.
    assert_eq!(ENDPOINTS.len(), 56);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_off_is_an_empty_stream_for_a_few_requests() {
    let features_off = vec!["skills".to_owned(), "course-custom-fields".to_owned()];
    let account = Account::open(Options { features_off, rate_limit: 0, ..Options::default() }).await;
    let streams = ["courses", "course_custom_field_values", "skills", "skill_powers"];
    let output = account.read(&streams, "full_refresh", None);
    output.is_complete(&streams);
    account.was_read_in_full(&output, &streams);
    assert!(!output.records("courses").is_empty());
    let requests = account.sandbox.requests();
    let courses = STREAMS.iter().find(|stream| stream.name == "courses").unwrap();
    let expected = requests_for(&account, courses) + 5;
    assert_eq!(
        (requests.total, requests.statuses[&400]),
        (expected, 5),
        "one for each list, and the first, the middle and the last course"
    );
    let reported = output.log().matches("is off for your account").count();
    assert_eq!(reported, 3, "{}", output.log());
}
