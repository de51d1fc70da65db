//! What days cost on the sandbox: the figures of `docs/performance.md`.

use crate::support::Account;
use sandbox_360learning::{Options, Scale};
use serde_json::json;

use super::UPDATED;

/// The streams of a training report.
const STREAMS: [&str; 13] = [
    "users",
    "groups",
    "custom_fields",
    "user_custom_field_values",
    "paths",
    "path_sessions",
    "path_stats",
    "path_enrollments",
    "classrooms",
    "classroom_slots",
    "classroom_registrations",
    "attendance_sheets",
    "attendances",
];

/// Requests of a first sync, of one a day later in which nothing changed, of one in which a hundredth of the users did, and
/// of one that visits all of them; of all streams and of the values alone.
async fn requests(scale: Scale) -> [[u64; 4]; 2] {
    let subscriptions = vec![UPDATED.to_owned()];
    let mut requests = [[0; 4]; 2];
    for (streams, requests) in [&STREAMS[..], &["user_custom_field_values"]].into_iter().zip(&mut requests) {
        let options =
            Options { scale, rate_limit: 1000, subscriptions: subscriptions.clone(), ..Options::default() };
        let mut account = Account::open(options).await;
        let mut state = None;
        for (day, requests) in requests.iter_mut().enumerate() {
            if day == 2 {
                let _ = account.sandbox.change();
            }
            account.config["full_user_refresh_days"] = json!(if day == 3 { 0 } else { 7 });
            account.sandbox.reset_requests();
            let output = account.read(streams, "incremental", state.as_ref());
            output.is_complete(streams);
            state = Some(output.last_states());
            *requests = account.sandbox.requests().total;
        }
    }
    requests
}

/// The row of the page for an account.
fn row(name: &str, [all, values]: [[u64; 4]; 2]) -> String {
    let cells = |requests: [u64; 4]| requests.map(|count| format!("| {count} ")).concat();
    format!(
        "| `{name}`, thirteen streams {}|\n| `{name}`, custom-field values alone {}|\n",
        cells(all),
        cells(values)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_day_costs_what_the_page_says() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md")).unwrap();
    let row = row("france-num", requests(Scale::FranceNum).await);
    assert!(page.contains(&row), "docs/performance.md lacks\n{row}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: `cargo test --test it feed::costs -- --ignored` measures it again"]
async fn so_does_one_of_a_larger_account() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md")).unwrap();
    let row = row("x10", requests(Scale::X10).await);
    assert!(page.contains(&row), "docs/performance.md lacks\n{row}");
}
