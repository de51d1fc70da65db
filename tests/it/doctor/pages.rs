//! What a reader sees first: the beginning of the page, before the folded parts.

use insta::assert_snapshot;
use sandbox_360learning::{Options, Variant};
use source_360learning::commands::select::select;

use super::{examine_at_default_pace, open};
use crate::support::Account;

/// The page about these streams, up to its first folded part.
async fn beginning(options: Options, streams: &[&str]) -> String {
    let account = Account::open(options).await;
    let names: Vec<String> = streams.iter().map(|&name| name.to_owned()).collect();
    let report = examine_at_default_pace(&account, &select(&names).unwrap()).await;
    report.markdown().split("<details>").next().unwrap().trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sentence_says_what_can_be_synced_and_which_scope_to_add() {
    let missing_scopes = vec!["attendanceSheets:read".to_owned()];
    assert_snapshot!(beginning(Options { missing_scopes, ..open() }, &[]).await, @r##"
    # 360Learning account check

    **You can sync 40 of 42 streams; attendance_sheets and attendances cannot be read: add attendanceSheets:read.**

    A full refresh takes about 797 requests, 0.3 minutes at 40 per second. Each of these takes a tenth of them or more: `user_managers`, `user_certificates`, `user_custom_field_values`, `user_custom_links`. If they need not be fresh, give them a connection and a schedule of their own, such as once a night.

    An incremental sync of `user_certificates` visits only users who changed.

    An incremental sync of `user_custom_field_values` visits all users: no webhook subscription to `user.customfield.values.updated` is active. To visit only users who changed, create it in 360Learning (Settings, Webhooks).

    ## What to do

    1. **Add the scopes to the API v2 credentials in 360Learning, or deselect these streams in the connection.** Streams fail (`scopes`). 1 of 20 scopes is missing: attendanceSheets:read. These streams fail: attendance_sheets, attendances. The others are read.
    "##);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_account_as_assumed_has_nothing_to_do() {
    assert_snapshot!(beginning(open(), &["tags", "users"]).await, @r##"
    # 360Learning account check

    **You can sync all 2 streams.**

    A full refresh takes 3 requests, less than 0.1 minutes at 40 per second.

    ## What to do

    Nothing.
    "##);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_run_that_ended_early_says_so_first() {
    let faults = vec!["500=1@/courses/{courseId}/tags".parse().unwrap()];
    assert_snapshot!(beginning(Options { faults, ..open() }, &[]).await, @r##"
    # 360Learning account check

    **You can sync 38 of 42 streams; 4 streams not checked: run it again later.**

    **It stopped early**: HTTP 500 for course_tags. What was not requested could not be checked.

    A full refresh takes at least 295 requests, 0.1 minutes at 40 per second.

    An incremental sync of `user_certificates` visits only users who changed.

    An incremental sync of `user_custom_field_values` visits all users: no webhook subscription to `user.customfield.values.updated` is active. To visit only users who changed, create it in 360Learning (Settings, Webhooks).

    ## What to do

    Run it again later.
    "##);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_run_that_learned_nothing_says_what_happened_and_what_to_do() {
    let faults = vec!["429=1".parse().unwrap()];
    assert_snapshot!(beginning(Options { faults, ..open() }, &[]).await, @r##"
    # 360Learning account check

    **Nothing could be checked: HTTP 429 for users. Run it again later.**

    ## What to do

    Run it again later.
    "##);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_serious_comes_first() {
    let variants = vec![Variant::FiltersIgnored, Variant::RepeatedRows];
    assert_snapshot!(beginning(Options { variants, ..open() }, &[]).await, @r##"
    # 360Learning account check

    **You can sync all 42 streams.**

    A full refresh takes about 912 requests, 0.4 minutes at 40 per second. Each of these takes a tenth of them or more: `user_managers`, `user_certificates`, `user_custom_field_values`, `user_custom_links`. If they need not be fresh, give them a connection and a schedule of their own, such as once a night.

    An incremental sync of `user_certificates` visits only users who changed.

    An incremental sync of `user_custom_field_values` visits all users: no webhook subscription to `user.customfield.values.updated` is active. To visit only users who changed, create it in 360Learning (Settings, Webhooks).

    ## What to do

    1. **Remove duplicates by key in the destination, run a full refresh regularly, and report it.** Rows may be missing (`rows_once`). Rows that came twice: course_stats (2 of 1202) and bulk_operations (1 of 26). A list that returns a row twice may omit another one. Keys remove the duplicates; the next sync may return the omitted row, or none does.
    2. **Report it, with this page.** It costs more (`date_filters`). Ignored without an error: rows were returned although none is that new, by courses, paths, path_sessions, webhook_events and bulk_operations. No row is lost: the connector checks the dates again. An incremental sync of these streams costs as many requests as a full refresh.
    3. **Report it, with this page.** It costs more (`status_filters`). Ignored without an error by users, courses, paths, path_stats, path_enrollments and skills. No row is lost, and repeated rows are skipped. A sync of these streams reads their lists more than once.
    "##);
}
