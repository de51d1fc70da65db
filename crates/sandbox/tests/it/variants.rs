//! What an account may do differently from the documentation, as a client sees it.

use std::collections::BTreeSet;
use std::io::Read as _;

use clap::ValueEnum as _;
use sandbox_360learning::{Options, Variant};
use serde_json::{Value, json};

use crate::client::{Answer, credentials};
use crate::{account, count, open, start, text};

/// The ids of rows, in their order.
fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| text(row, "_id")).collect()
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_cached_key(Value::to_string);
    rows
}

fn error(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["error"].clone())
}

/// The path and query of the next page.
fn next(answer: &Answer) -> String {
    let link = answer.header("link").unwrap();
    let (_, target) = link.split_once("/api/v2").unwrap();
    target.strip_suffix(">; rel=\"next\"").unwrap().to_owned()
}

#[tokio::test]
async fn gzip_compresses_a_large_response_for_a_client_that_accepts_it() {
    let (sandbox, client) = account(Variant::Gzip).await;
    let ask = |path: &str, accepted: &str| client.get_with(path, &[&format!("accept-encoding: {accepted}")]);
    let encoding = |answer: &Answer| answer.header("content-encoding").map(str::to_owned);
    let zipped = ask("/users", "gzip, br");
    assert_eq!(encoding(&zipped).as_deref(), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(zipped.bytes.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), sandbox.truth("users"));
    assert_eq!(ask("/users", "identity").rows(), sandbox.truth("users"));
    assert_eq!(client.get("/users").rows(), sandbox.truth("users"));
    let user = sandbox.truth("users").swap_remove(0);
    let small = ask(&format!("/users/{}", user["_id"].as_str().unwrap()), "gzip");
    assert_eq!((small.json(), encoding(&small)), (user, None));
    let (_default, client) = start(open()).await;
    assert_eq!(encoding(&client.get_with("/users", &["accept-encoding: gzip"])), None);
}

#[tokio::test]
async fn hidden_archived_rows_are_shown_where_their_status_is_filtered_on() {
    let (sandbox, client) = account(Variant::HiddenArchived).await;
    for (path, stream, hidden) in [
        ("/paths/stats", "path_enrollments", vec!["archived"]),
        ("/courses", "courses", vec!["archived", "deleted"]),
        ("/users", "users", vec!["deleted"]),
        ("/skills", "skills", vec!["archived"]),
    ] {
        let truth = sandbox.truth(stream);
        let mut all = client.list(path).0.len();
        for status in hidden {
            let shown = client.list(&format!("{path}?status[eq]={status}")).0.len();
            assert!(shown > 0 && shown == count(&truth, "status", status), "{path}: {status}");
            all += shown;
        }
        assert_eq!(all, truth.len(), "{path}");
    }
    // A list without the filter hides nothing.
    assert_eq!(client.list("/paths/sessions").0.len(), sandbox.count("path_sessions"));
}

#[tokio::test]
async fn encoded_brackets_may_filter_like_raw_ones() {
    let (_sandbox, client) = account(Variant::EncodedBrackets).await;
    let raw = client.list("/paths/stats?status[eq]=archived").0;
    assert_eq!(raw.len(), 65);
    for encoded in ["status%5Beq%5D=archived", "status%5beq%5d=archived"] {
        assert_eq!(client.list(&format!("/paths/stats?{encoded}")).0, raw, "{encoded}");
    }
}

#[tokio::test]
async fn encoded_brackets_may_be_refused() {
    let (_sandbox, client) = account(Variant::EncodedBracketsRefused).await;
    let refused = client.get("/paths/stats?status%5Beq%5D=archived");
    assert_eq!((refused.status, text(&refused.json()["error"], "code")), (400, "invalidFilter"));
    assert_eq!(client.get("/paths/stats?status[eq]=archived").status, 200);
}

#[tokio::test]
async fn unordered_lists_have_an_order_of_their_own_that_holds_from_page_to_page() {
    let (sandbox, client) = account(Variant::Unordered).await;
    let truth = sandbox.truth("course_stats");
    let (rows, pages) = client.list("/courses/stats");
    assert!(pages > 1);
    assert_ne!(rows, truth);
    assert_eq!(client.list("/courses/stats").0, rows);
    assert_eq!(sorted(rows.clone()), sorted(truth));
    assert!(!ids(&rows).is_sorted());
    let dates: Vec<&str> = rows.iter().filter_map(|row| row["lastActivityAt"].as_str()).collect();
    assert!(!dates.is_sorted() && !dates.iter().rev().is_sorted());
    // A list that follows another one otherwise.
    let sessions = client.list("/paths/sessions").0;
    let differs = |path: &Value| {
        let of_path: Vec<Value> =
            sessions.iter().filter(|one| one["pathId"] == path["_id"]).cloned().collect();
        ids(&client.list(&format!("/paths/{}/sessions", text(path, "_id"))).0) != ids(&of_path)
    };
    assert!(sandbox.truth("paths").iter().any(differs));
}

#[tokio::test]
async fn ordered_lists_follow_the_ids_of_their_rows() {
    let (sandbox, client) = account(Variant::Ordered).await;
    let path = sandbox.truth("paths").swap_remove(0);
    let under = format!("/paths/{}/enrollments", text(&path, "_id"));
    let check = || {
        for list in
            ["/users", "/courses/stats", "/courses/stats?completedAt[lt]=2099-01-01", "/skills", &under]
        {
            let rows = client.list(list).0;
            assert!(rows.len() > 20 && ids(&rows).is_sorted(), "{list}");
        }
        let rows = client.list("/courses/stats").0;
        let truth = sandbox.truth("course_stats");
        assert!(!ids(&truth).is_sorted(), "not without the variant");
        assert_eq!(sorted(rows), sorted(truth));
    };
    check();
    // Also after a day.
    let _ = sandbox.change();
    check();
    // Rows without ids keep their order.
    let (_documented, plain) = start(open()).await;
    let roles = format!("/users/{}/roles", text(&sandbox.truth("users")[0], "_id"));
    assert_eq!(client.list(&roles), plain.list(&roles));
}

#[tokio::test]
async fn repeated_rows_begin_each_page_with_the_end_of_the_one_before() {
    let (sandbox, client) = account(Variant::RepeatedRows).await;
    let first = client.get("/courses/stats");
    let second = client.get(&next(&first));
    assert_eq!(first.rows().len(), 500);
    assert_eq!(first.rows().last(), second.rows().first());
    let (rows, pages) = client.list("/courses/stats");
    assert_eq!(rows.len(), sandbox.count("course_stats") + pages - 1);
    assert_eq!(ids(&rows).into_iter().collect::<BTreeSet<_>>().len(), sandbox.count("course_stats"));
}

#[tokio::test]
async fn a_next_may_forget_the_filters_of_the_page_that_gave_it() {
    let (sandbox, client) = account(Variant::NextForgetsFilters).await;
    let filter = "completedAt[gte]=2000-01-01";
    let first = client.get(&format!("/courses/stats?{filter}"));
    assert!(first.rows().iter().all(|row| !row["completedAt"].is_null()));
    // The filter beside it changes nothing.
    let onward = next(&first);
    let rest = client.list(&onward).0;
    assert_eq!(client.list(&format!("{onward}&{filter}")).0, rest);
    // All rows from the first one that the page did not have.
    let truth = client.list("/courses/stats").0;
    assert_eq!(truth.len(), sandbox.count("course_stats"));
    assert!(truth.ends_with(&rest) && rest.iter().any(|row| row["completedAt"].is_null()));
    let completed = truth.iter().filter(|row| !row["completedAt"].is_null()).count();
    let of_rest = rest.iter().filter(|row| !row["completedAt"].is_null()).count();
    assert_eq!(first.rows().len() + of_rest, completed);
}

#[tokio::test]
async fn a_short_next_is_forgotten_after_sixty_requests() {
    let (_sandbox, client) = account(Variant::ShortNext).await;
    let next = next(&client.get("/courses/stats"));
    for _ in 0..59 {
        assert_eq!(client.get("/groups").status, 200);
    }
    assert_eq!(client.get(&next).status, 200);
    let late = client.get(&next);
    assert_eq!((late.status, text(&late.json()["error"], "code")), (400, "invalidNextToken"));
}

#[tokio::test]
async fn a_next_may_be_good_for_one_request() {
    let (_sandbox, client) = account(Variant::NextOnce).await;
    let first = next(&client.get("/courses/stats"));
    assert_eq!(client.get(&first).status, 200);
    let again = client.get(&first);
    assert_eq!((again.status, text(&again.json()["error"], "code")), (400, "invalidNextToken"));
    // The list itself gives another one.
    assert_eq!(client.get(&next(&client.get("/courses/stats"))).status, 200);
    assert_eq!(client.list("/courses/stats").1, 3);
}

#[tokio::test]
async fn a_next_may_refuse_filters_beside_it() {
    let (_sandbox, client) = account(Variant::NextRefusesFilters).await;
    let filter = "completedAt[lt]=2099-01-01";
    let filtered = client.get(&format!("/courses/stats?{filter}"));
    let next = next(&filtered);
    assert_eq!(client.get(&format!("{next}&{filter}")).status, 400);
    assert_eq!(client.get(&next).status, 200);
}

#[tokio::test]
async fn a_date_without_a_time_may_be_refused() {
    let (_sandbox, client) = account(Variant::DateOnlyRefused).await;
    assert_eq!(client.get("/paths?modifiedAt[gte]=2026-01-01").status, 400);
    assert_eq!(client.get("/paths?modifiedAt[gte]=2026-01-01T00:00:00Z").status, 200);
}

#[tokio::test]
async fn filters_may_be_ignored_altogether() {
    let (sandbox, client) = account(Variant::FiltersIgnored).await;
    for filtered in ["/users?status[eq]=invited", "/users?status[eq]=nothing"] {
        assert_eq!(client.list(filtered).0, sandbox.truth("users"), "{filtered}");
    }
    assert_eq!(client.list("/paths?modifiedAt[gte]=2099-01-01").0, sandbox.truth("paths"));
}

#[tokio::test]
async fn the_rate_limit_may_have_a_retry_after() {
    let variants = vec![Variant::RetryAfter];
    let (_sandbox, client) = start(Options { variants, rate_limit: 1, ..Options::default() }).await;
    let answers = [(); 2].map(|()| client.get("/groups"));
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 429]);
    assert_eq!(answers.each_ref().map(|answer| answer.header("retry-after")), [None, Some("1")]);
}

#[tokio::test]
async fn a_missing_scope_may_have_the_other_official_form() {
    let options = Options { missing_scopes: vec!["groups:read".to_owned()], ..open() };
    let (_sandbox, client) = start(Options { variants: vec![Variant::Flat403], ..options }).await;
    assert_eq!(error(&client.get("/groups")), (403, json!("invalid_scope")));
}

#[tokio::test]
async fn a_scope_may_be_looked_at_after_the_parent() {
    let missing_scopes = vec!["classrooms:read".to_owned()];
    let variants = vec![Variant::ScopeAfterLookup];
    let (sandbox, client) = start(Options { missing_scopes, variants, ..open() }).await;
    let code = |path: &str| {
        let answer = client.get(path);
        (answer.status, text(&answer.json()["error"], "code").to_owned())
    };
    assert_eq!(code("/classrooms/000000000000000000000000/slots"), (404, "classroomNotFound".to_owned()));
    let classroom = sandbox.truth("classrooms").swap_remove(0);
    for path in ["/classrooms".to_owned(), format!("/classrooms/{}/slots", text(&classroom, "_id"))] {
        assert_eq!(code(&path), (403, "invalid_scope".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn links_may_be_relative() {
    let (sandbox, client) = account(Variant::RelativeLinks).await;
    let first = client.get("/courses/stats");
    assert!(first.header("link").unwrap().starts_with("</api/v2/courses/stats?next="));
    assert_eq!(client.list("/courses/stats").0, sandbox.truth("course_stats"));
}

#[tokio::test]
async fn short_pages_hold_a_third_and_lead_on() {
    let (sandbox, client) = account(Variant::ShortPages).await;
    let (rows, pages) = client.list("/courses/stats");
    assert_eq!((rows, pages), (sandbox.truth("course_stats"), 1_200_usize.div_ceil(166)));
}

#[tokio::test]
async fn the_life_of_a_token_may_be_a_number() {
    let (_sandbox, client) = account(Variant::NumericExpiry).await;
    assert_eq!(client.token(&credentials()).json()["expires_in"], 3600);
}

#[tokio::test]
async fn responses_may_have_no_date() {
    let (_sandbox, client) = account(Variant::NoDateHeader).await;
    for answer in [client.get("/groups"), client.get("/nowhere"), client.token(&credentials())] {
        assert_eq!(answer.header("date"), None, "{}", answer.status);
    }
}

#[test]
fn the_readme_has_a_line_for_every_variant() {
    let readme = include_str!("../../README.md");
    for variant in Variant::value_variants() {
        let value = variant.to_possible_value().unwrap();
        let line = format!("| `{variant}` | {} |", value.get_help().unwrap());
        assert!(readme.contains(&line), "README.md lacks the line\n{line}");
    }
}

#[test]
fn a_variant_is_read_by_the_name_that_it_shows() {
    for variant in Variant::value_variants() {
        assert_eq!(Variant::from_str(&variant.to_string(), false), Ok(*variant));
    }
}

#[tokio::test]
async fn variants_combine_and_are_described() {
    let variants =
        vec![Variant::ShortPages, Variant::RelativeLinks, Variant::Unordered, Variant::RepeatedRows];
    let (sandbox, client) = start(Options { variants, ..open() }).await;
    let described = client.send("GET", "/__sandbox", &[], "").json();
    assert_eq!(described["variants"], json!(["short-pages", "relative-links", "unordered", "repeated-rows"]));
    let (rows, pages) = client.list("/courses/stats");
    assert!(pages > 7);
    let distinct: BTreeSet<String> = rows.iter().map(Value::to_string).collect();
    let truth: BTreeSet<String> = sandbox.truth("course_stats").iter().map(Value::to_string).collect();
    assert_eq!(distinct, truth);
}
