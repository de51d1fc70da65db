use serde_json::json;

use super::*;
use crate::config::Config;
use crate::streams::{ATTENDANCE_SHEETS, PATH_ENROLLMENTS, PATH_SESSIONS, USER_MANAGERS};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn settings() -> Settings {
    let config = json!({"client_id": "id-of-the-client", "client_secret": "s3cret-s3cret"});
    Config::parse(&config.to_string()).unwrap().validate().unwrap()
}

/// 360Learning's clock and the machine's.
fn start(server: &str, machine: &str) -> Start {
    Start::new(&Clocks { server: Some(at(server)), machine: at(machine) })
}

fn noon() -> Start {
    start("2026-11-02T12:00:00Z", "2026-11-02T12:00:00.400Z")
}

fn planned(stream: &'static Stream, state: &StreamState, start: Start) -> ReadPlan {
    let configured = Configured { name: stream.name.to_owned(), sync_mode: Ok(None), sync_id: Some(7) };
    plan(stream, &configured, Some(SyncMode::Incremental), Some(state), &settings(), start)
}

fn state(cursor: &str, previous: Option<&str>) -> StreamState {
    StreamState { cursor: Some(at(cursor)), previous: previous.map(at), ..StreamState::default() }
}

fn emits(plan: &ReadPlan, date: &str) -> bool {
    plan.emits([RowDate::At(at(date))], false)
}

#[test]
fn a_window_begins_at_the_cursor_before_the_last_one_and_has_no_upper_end() {
    let plan = planned(&PATH_SESSIONS, &state("2026-11-02T11:00:00Z", Some("2026-11-01T11:00:00Z")), noon());
    assert_eq!(plan.filter(), "modifiedAt[gte]=2026-11-01T11:00:00.000Z");
    assert!(emits(&plan, "2026-11-01T11:00:00Z") && !emits(&plan, "2026-11-01T10:59:59.999Z"));
    assert!(emits(&plan, "2099-01-01T00:00:00Z"));
    assert_eq!(
        plan.end(false, false),
        json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-02T11:00:00Z"})
    );
}

#[test]
fn a_window_begins_ten_minutes_before_the_cursor_at_the_latest() {
    for previous in [None, Some("2026-11-02T10:59:00Z")] {
        let plan = planned(&PATH_SESSIONS, &state("2026-11-02T11:00:00Z", previous), noon());
        assert_eq!(plan.filter(), "modifiedAt[gte]=2026-11-02T10:50:00.000Z", "{previous:?}");
    }
}

#[test]
fn after_a_first_sync_both_cursors_are_its_start_by_the_earlier_clock() {
    for clocks in [
        start("2026-11-02T12:00:00Z", "2026-11-03T13:00:00Z"),
        start("2026-11-03T13:00:00Z", "2026-11-02T12:00:00.9Z"),
    ] {
        let plan = planned(&PATH_SESSIONS, &StreamState::default(), clocks);
        assert_eq!(plan.filter(), "");
        let both = json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-02T12:00:00Z"});
        assert_eq!(plan.end(false, false), both);
    }
}

#[test]
fn a_first_sync_that_may_have_missed_a_row_is_repeated_by_the_second() {
    let first = planned(&PATH_SESSIONS, &StreamState::default(), noon());
    let end = first.end(true, false);
    assert_eq!(end, json!({"cursor": "2026-11-02T12:00:00Z", "previous": "1970-01-01T00:00:00Z"}));
    let after = state("2026-11-02T12:00:00Z", Some("1970-01-01T00:00:00Z"));
    let second = planned(&PATH_SESSIONS, &after, start("2026-11-03T12:00:00Z", "2026-11-03T12:00:00Z"));
    assert_eq!(second.filter(), "modifiedAt[gte]=1970-01-01T00:00:00.000Z");
    assert_eq!(second.end(true, false)["previous"], "2026-11-02T12:00:00Z");
}

#[test]
fn a_machine_in_1970_turns_nothing_back() {
    let before = state("2026-11-02T11:00:00Z", Some("2026-11-01T11:00:00Z"));
    let plan = planned(&PATH_SESSIONS, &before, start("2026-11-02T12:00:00Z", "1970-01-01T00:01:00Z"));
    assert_eq!(plan.filter(), "modifiedAt[gte]=2026-11-01T11:00:00.000Z");
    assert_eq!(plan.end(false, false), before.to_value());
    assert!(plan.notice.is_none());
}

#[test]
fn a_state_ahead_of_both_clocks_is_read_as_none_and_one_a_year_ahead_is_kept() {
    let plan = planned(&PATH_SESSIONS, &state("2026-11-02T12:30:00Z", None), noon());
    assert!(matches!(plan.notice, Some(Notice::StateAhead { .. })) && plan.is_needed());
    assert_eq!(plan.filter(), "");
    assert_eq!(plan.end(false, false)["cursor"], "2026-11-02T12:00:00Z");

    let plan = planned(&PATH_SESSIONS, &state("2999-01-01T00:00:00Z", None), noon());
    assert!(matches!(plan.notice, Some(Notice::StateFarAhead { .. })) && !plan.is_needed());
    assert_eq!(plan.end(false, false), json!({"cursor": "2999-01-01T00:00:00Z"}));

    let fast = start("2026-11-02T12:00:00Z", "2026-11-02T13:00:00Z");
    let plan = planned(&PATH_SESSIONS, &state("2026-11-02T12:30:00Z", None), fast);
    assert!(plan.notice.is_none(), "one of the clocks may be right");
    assert_eq!(plan.filter(), "modifiedAt[gte]=2026-11-02T12:20:00.000Z");
}

#[test]
fn a_start_date_ahead_of_both_clocks_is_reported_where_it_bounds_a_sync() {
    let configured = Configured { name: "path_sessions".to_owned(), sync_mode: Ok(None), sync_id: Some(7) };
    let notice = |start_date: &str, state: &StreamState| {
        let settings = Settings { start_date: Some(at(start_date)), ..settings() };
        let mode = Some(SyncMode::Incremental);
        let plan = plan(&PATH_SESSIONS, &configured, mode, Some(state), &settings, noon());
        plan.notice.map(|notice| notice.text())
    };
    let first = StreamState::default();
    assert!(notice("2026-11-03T00:00:00Z", &first).unwrap().contains("start_date (2026-11-03"));
    assert_eq!(notice("2026-11-02T00:00:00Z", &first), None);
    assert_eq!(notice("2026-11-03T00:00:00Z", &state("2026-11-02T11:00:00Z", None)), None);
}

fn resume(made: Option<&str>) -> StreamState {
    let resume = Resume {
        after: "p4".to_owned(),
        at: made.map(at),
        until: Some(at("2026-11-02T00:00:00Z")),
        ..Resume::default()
    };
    StreamState { resume: Some(resume), ..state("2026-11-01T00:00:00Z", Some("2026-10-31T00:00:00Z")) }
}

#[test]
fn a_resumed_read_keeps_its_cursor_and_bounds_no_row() {
    let plan = planned(&PATH_ENROLLMENTS, &resume(Some("2026-11-02T00:10:00Z")), noon());
    assert!(!plan.is_due("p4") && plan.is_due("p5"));
    assert!(emits(&plan, "2026-11-02T11:59:59Z") && emits(&plan, "2026-10-31T00:00:00Z"));
    assert_eq!(
        plan.end(false, false),
        json!({"cursor": "2026-11-02T00:00:00Z", "previous": "2026-11-01T00:00:00Z"})
    );
    let checkpoint = plan.checkpoint("p9", at("2026-11-02T12:01:00Z"), false);
    let resume = json!({"until": "2026-11-02T00:00:00Z", "after": "p9", "at": "2026-11-02T12:01:00Z"});
    assert_eq!(checkpoint["resume"], resume);
    assert_eq!(checkpoint["cursor"], "2026-11-01T00:00:00Z");
}

#[test]
fn a_checkpoint_older_than_a_day_or_without_a_date_is_dropped() {
    for made in [None, Some("2026-11-01T11:59:00Z")] {
        let plan = planned(&PATH_ENROLLMENTS, &resume(made), noon());
        assert!(plan.is_due("p1") && matches!(plan.notice, Some(Notice::ResumeDropped { .. })), "{made:?}");
        assert_eq!(plan.end(false, false)["cursor"], "2026-11-02T12:00:00Z");
    }
}

#[test]
fn a_full_refresh_continues_only_its_own_job_of_the_last_day() {
    let state = |sync_id, made| {
        let resume = Resume { after: "u4".to_owned(), at: Some(at(made)), sync_id, ..Resume::default() };
        StreamState { resume: Some(resume), ..StreamState::default() }
    };
    let plan = |state: &StreamState, mode, sync_id| {
        let configured = Configured { name: "user_managers".to_owned(), sync_mode: Ok(None), sync_id };
        plan(&USER_MANAGERS, &configured, Some(mode), Some(state), &settings(), noon())
    };
    let recent = "2026-11-02T11:00:00Z";
    assert!(!plan(&state(Some(7), recent), SyncMode::FullRefresh, Some(7)).is_due("u4"));
    assert!(plan(&state(Some(7), recent), SyncMode::FullRefresh, Some(8)).is_due("u4"));
    assert!(plan(&state(Some(7), recent), SyncMode::Incremental, Some(7)).is_due("u4"));
    assert!(plan(&state(None, recent), SyncMode::FullRefresh, None).is_due("u4"));
    assert!(plan(&state(Some(7), "2026-10-30T11:00:00Z"), SyncMode::FullRefresh, Some(7)).is_due("u4"));
}

#[test]
fn read_at_never_goes_back_wherever_the_state_holds_it() {
    let before = StreamState { read_at: Some(at("2026-11-02T12:00:05Z")), ..StreamState::default() };
    let plan = planned(&ATTENDANCE_SHEETS, &before, noon());
    assert_eq!(plan.read_at, before.read_at);
    assert_eq!(plan.end(false, false)["readAt"], "2026-11-02T12:00:05Z");
    assert_eq!(plan.unfinished()["readAt"], "2026-11-02T12:00:05Z");
    assert_eq!(planned(&ATTENDANCE_SHEETS, &StreamState::default(), noon()).read_at, Some(noon().server));
    assert_eq!(planned(&PATH_SESSIONS, &StreamState::default(), noon()).read_at, None);
}

#[test]
fn slots_are_read_again_while_they_may_change() {
    let before = state("2026-11-01T00:00:00Z", Some("2026-10-31T00:00:00Z"));
    let plan = planned(&ATTENDANCE_SHEETS, &before, noon());
    let wants = |end: Option<&'static str>, modified: Option<&'static str>| {
        plan.wants(|name| match name {
            "classroomSlotEndDate" => end,
            "classroomSlotModifiedAt" => modified,
            _ => Some("2020-01-01T00:00:00.000Z"),
        })
    };
    let old = Some("2020-01-01T00:00:00.000Z");
    assert!(wants(Some("2027-01-01T00:00:00.000Z"), old), "not ended");
    assert!(wants(Some("2026-08-03T00:00:00.000Z"), old), "ended 90 days before the window");
    assert!(!wants(Some("2026-08-01T00:00:00.000Z"), old), "ended before");
    assert!(wants(old, Some("2026-10-31T00:00:00.000Z")), "changed in the window");
    assert!(wants(None, old), "no end");
}
