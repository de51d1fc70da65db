//! What a client sees of the API.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use sandbox_360learning::{ENDPOINTS, Options, STREAMS, Scale};
use serde_json::{Value, json};

use crate::client::{Answer, credentials};
use crate::{open, start};

fn id(row: &Value) -> &str {
    row["_id"].as_str().unwrap()
}

#[tokio::test]
async fn the_pages_of_a_list_hold_every_row_once_and_in_no_order_of_dates() {
    let (sandbox, client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    let (users, pages) = client.list("/users");
    assert_eq!((users.len(), pages), (2_980, 6));
    assert_eq!(users, sandbox.truth("users"));
    assert_eq!(users.iter().map(id).collect::<HashSet<_>>().len(), users.len());
    let (sessions, _) = client.list("/paths/sessions");
    assert!(!sessions.is_sorted_by_key(|session| session["modifiedAt"].as_str().unwrap().to_owned()));
    // The token carries the filter, and the last page has no link.
    let (active, pages) = client.list("/users?status[eq]=active");
    assert!(pages > 1 && active.iter().all(|user| user["status"] == "active"));
    assert_eq!(client.get("/users?next=abc").status, 400);
}

#[tokio::test]
async fn only_known_fields_and_operators_in_raw_brackets_filter() {
    let (sandbox, client) = start(open()).await;
    let all = sandbox.count("path_stats");
    let (archived, _) = client.list("/paths/stats?status[eq]=archived");
    assert_eq!(archived.len(), 65);
    for ignored in [
        "status%5Beq%5D=archived",
        "status=archived",
        "limit=5",
        "status[like]=archived",
        "completedAt%5Bgte%5D=2026-01-01",
        "completedAt=2026-01-01",
        "completedAt[lte]=2026-01-01",
        "nope[eq]=1",
        "pathId[eq][0]=a",
        "",
    ] {
        assert_eq!(client.list(&format!("/paths/stats?{ignored}")).0.len(), all, "{ignored}");
    }
}

#[tokio::test]
async fn the_milliseconds_of_a_filter_are_zeroed() {
    let (sandbox, client) = start(open()).await;
    let session = sandbox.truth("path_sessions").swap_remove(0);
    let (second, rest) = session["modifiedAt"].as_str().unwrap().split_at(19);
    assert_ne!(rest, ".999Z");
    let from = client.list(&format!("/paths/sessions?modifiedAt[gte]={second}.999Z")).0;
    let before = client.list(&format!("/paths/sessions?modifiedAt[lt]={second}.999Z")).0;
    assert!(from.contains(&session) && !before.contains(&session));
}

#[tokio::test]
async fn a_date_is_read_as_it_is_written() {
    let (sandbox, client) = start(open()).await;
    for session in sandbox.truth("path_sessions") {
        let date = session["modifiedAt"].as_str().unwrap();
        let from = client.list(&format!("/paths/sessions?modifiedAt[gte]={date}")).0;
        let before = client.list(&format!("/paths/sessions?modifiedAt[lt]={date}")).0;
        assert!(from.contains(&session) && !before.contains(&session), "{date}");
    }
    let status = |date: &str| client.get(&format!("/paths?modifiedAt[gte]={date}")).status;
    for right in
        ["2026-11-02", "2024-02-29T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2026-11-02T08:00:00Z"]
    {
        assert_eq!(status(right), 200, "{right}");
    }
    for wrong in [
        "2025-02-29",
        "2026-11-02T08:00:00",
        "2026-11-02T25:00:00Z",
        "%2B026-11-02",
        "%C3%A9",
        "2026-11-02T08:00:00.%C3%A90Z",
    ] {
        assert_eq!(status(wrong), 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_next_is_valid_for_its_own_list_only() {
    let (_sandbox, client) = start(open()).await;
    let filtered = client.get("/courses/stats?completedAt[gte]=2000-01-01&x=%C3%A9");
    let link = filtered.header("link").unwrap();
    let token = link.split_once("next=").unwrap().1.split_once('>').unwrap().0;
    assert_eq!(client.get(&format!("/courses/stats?next={token}")).status, 200);
    assert_eq!(client.get(&format!("/users?next={token}")).status, 400);
    for broken in ["", "x", "%C3%A9", &token[1..], "0000000000000000zz"] {
        assert_eq!(client.get(&format!("/courses/stats?next={broken}")).status, 400, "{broken}");
    }
}

#[tokio::test]
async fn every_template_leads_to_itself() {
    let (sandbox, client) = start(open()).await;
    let reads = ENDPOINTS.iter().filter(|endpoint| endpoint.method == "GET").map(|endpoint| endpoint.path);
    let once: BTreeMap<String, u64> = reads.map(|path| (path.to_owned(), 1)).collect();
    for template in once.keys() {
        let parts = template.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
        client.get(&parts.collect::<Vec<_>>().join("x"));
    }
    assert_eq!(sandbox.requests().endpoints, once);
    for unknown in ["/users/", "/nowhere", "/users/x/roles/y"] {
        assert_eq!(client.get(unknown).json()["error"]["code"], "notFound", "{unknown}");
    }
    assert_eq!(sandbox.requests().endpoints["(unknown)"], 3);
}

#[tokio::test]
async fn a_date_filter_drops_rows_without_the_date_and_ignores_milliseconds() {
    let (sandbox, client) = start(open()).await;
    let registrations = sandbox.truth("classroom_registrations");
    let slot = |row: &Value| row["classroomSlotId"].as_str().unwrap().to_owned();
    let silent = registrations.iter().find(|row| row.get("modifiedAt").is_none()).unwrap();
    let path = format!("/classroom-slots/{}/registrations", slot(silent));
    let rows = |query: &str| client.list(&format!("{path}?{query}")).0;
    let (old, new) = (rows("modifiedAt[lt]=2026-01-01"), rows("modifiedAt[gte]=2026-01-01T00:00:00.999Z"));
    let dated = rows("").iter().filter(|row| row.get("modifiedAt").is_some()).count();
    assert_eq!(old.len() + new.len(), dated);
    assert!(!old.iter().chain(&new).any(|row| id(row) == id(silent)));
    assert_eq!(client.get(&format!("{path}?modifiedAt[lt]=soon")).status, 400);
    // Several values, indexed or not.
    let users: Vec<Value> = rows("").into_iter().take(2).collect();
    let [first, second] = [&users[0], &users[1]].map(|row| row["userId"].as_str().unwrap());
    assert_eq!(rows(&format!("userId[in]={first}&userId[in]={second}")), users);
    assert_eq!(rows(&format!("userId[in][0]={first}&userId[in][1]={second}")), users);
}

#[tokio::test]
async fn a_read_needs_a_token_the_version_and_the_scope_before_anything_is_looked_up() {
    let (_sandbox, client) = start(Options { missing_scopes: vec!["users:read".to_owned()], ..open() }).await;
    let bare = client.send("GET", "/api/v2/users", &[], "");
    assert_eq!((bare.status, bare.json()), (401, json!({"error": "invalid_token"})));
    let issued = client.token(&credentials()).json();
    let bearer = format!("authorization: Bearer {}", issued["access_token"].as_str().unwrap());
    assert_eq!(client.send("GET", "/api/v2/groups", &[&bearer], "").status, 400);
    let refused = client.get("/users/000000000000000000000000/custom-fields/values");
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("invalid_scope")));
    for (path, code) in [
        ("/paths/000000000000000000000000/enrollments", "pathNotFound"),
        ("/classrooms/x/slots", "classroomNotFound"),
        ("/classroom-slots/x/attendance-sheets", "classroomSlotNotFound"),
        ("/courses/x", "courseNotFound"),
    ] {
        let absent = client.get(path);
        assert_eq!((absent.status, &absent.json()["error"]["code"]), (404, &json!(code)), "{path}");
    }
    assert_eq!(client.get("/nowhere").status, 404);
}

#[tokio::test]
async fn a_sheet_of_another_slot_is_refused() {
    let (sandbox, client) = start(open()).await;
    let sheets = sandbox.truth("attendance_sheets");
    let slot = |sheet: &Value| sheet["classroomSlotId"].as_str().unwrap().to_owned();
    let other = sheets.iter().find(|sheet| slot(sheet) != slot(&sheets[0])).unwrap();
    let path =
        |slot: String| format!("/classroom-slots/{slot}/attendance-sheets/{}/attendances", id(&sheets[0]));
    let refused = client.get(&path(slot(other)));
    let code = refused.json()["error"]["code"].clone();
    assert_eq!((refused.status, code), (400, json!("attendanceSheetNotBelongToClassroomSlot")));
    assert_eq!(client.get(&path(slot(&sheets[0]))).status, 200);
}

#[tokio::test]
async fn the_token_call_answers_as_documented() {
    let (sandbox, client) = start(open()).await;
    let issued = client.token(&credentials());
    assert_eq!((issued.status, &issued.json()["expires_in"]), (200, &json!("3600")));
    assert_ne!(issued.json()["access_token"], client.token(&credentials()).json()["access_token"]);
    let changed = |from: &str, to: &str| credentials().replace(from, to);
    for (body, status, error) in [
        ("nonsense".to_owned(), 400, "invalid_request"),
        (changed("{", "{\"scope\":\"users:read\","), 400, "invalid_request"),
        (changed("{", "{\"client_id\":\"x\","), 400, "invalid_request"),
        (changed("client_credentials", "password"), 400, "unsupported_grant_type"),
        (changed("sandbox-secret", "wrong"), 401, "invalid_client"),
    ] {
        let refused = client.token(&body);
        assert_eq!((refused.status, refused.json()), (status, json!({"error": error})), "{body}");
    }
    assert_eq!(sandbox.requests().tokens, 3);
}

#[tokio::test]
async fn a_token_dies_after_its_requests() {
    let (_sandbox, client) = start(Options { token_ttl_requests: Some(2), ..open() }).await;
    let statuses = [(); 3].map(|()| client.get("/groups").status);
    assert_eq!(statuses, [200, 200, 401]);
}

#[tokio::test]
async fn more_requests_than_the_limit_are_refused_and_all_are_logged() {
    // Again, if the machine was too slow to send all of them within a second; five times at most.
    let mut trials = 0..5;
    let (sandbox, client, answers) = loop {
        assert!(trials.next().is_some(), "eight requests take more than a second");
        let (sandbox, client) = start(Options { rate_limit: 5, ..Options::default() }).await;
        let begun = Instant::now();
        let answers: Vec<_> = (0..8).map(|_| client.get("/groups")).collect();
        if begun.elapsed() < Duration::from_secs(1) {
            break (sandbox, client, answers);
        }
    };
    assert!(answers[..5].iter().all(|answer| answer.status == 200));
    assert_eq!(answers[7].json(), json!({"error": "tooManyRequests"}));
    assert_eq!(answers[7].header("retry-after"), None);
    let requests = sandbox.requests();
    assert_eq!(
        (requests.total, requests.endpoints["/groups"], requests.repeated["/api/v2/groups"]),
        (8, 8, 8)
    );
    assert_eq!((requests.statuses[&200], requests.statuses[&429], requests.peak_per_second), (5, 3, 8));
    let urls = client.send("GET", "/__sandbox/requests/urls", &[], "").json();
    assert_eq!(urls, json!(["/api/v2/groups"]));
    sandbox.reset_requests();
    assert_eq!(sandbox.requests().total, 0);
}

#[tokio::test]
async fn a_refused_request_does_not_fill_the_second() {
    // A machine that stands still for a second may have nothing refused, once.
    for _ in 0..3 {
        let (_sandbox, client) = start(Options { rate_limit: 3, ..Options::default() }).await;
        let (mut admitted, mut refused) = (0, 0);
        // Without a pause: were the refused ones counted, the second would stay full.
        while admitted < 6 {
            match client.get("/groups").status {
                200 => admitted += 1,
                status => {
                    assert_eq!(status, 429);
                    refused += 1;
                    assert!(refused < 100_000);
                }
            }
        }
        if refused > 0 {
            return;
        }
    }
    panic!("no request was refused");
}

#[tokio::test]
async fn every_response_has_the_clock_which_moves_only_with_a_change() {
    let (sandbox, client) = start(open()).await;
    assert_eq!(sandbox.clock(), "2026-11-02T08:00:00.000Z");
    let dated = |day| Some(format!("{day} Nov 2026 08:00:00 GMT"));
    let date = |answer: &Answer| answer.header("date").map(str::to_owned);
    assert_eq!(date(&client.token(&credentials())), dated("Mon, 02"));
    assert_eq!(date(&client.get("/groups")), dated("Mon, 02"));
    let changes = client.send("POST", "/__sandbox/change", &[], "").json();
    assert_eq!(changes["clock"], "2026-11-03T08:00:00.000Z");
    assert_eq!(date(&client.get("/nowhere")), dated("Tue, 03"));
    let counts = client.send("GET", "/__sandbox/truth", &[], "").json();
    for stream in STREAMS.iter() {
        let rows = client.send("GET", &format!("/__sandbox/truth/{stream}"), &[], "").rows();
        assert_eq!(counts[stream], rows.len(), "{stream}");
    }
}
