use super::*;
use crate::streams::{
    ATTENDANCE_SHEETS, ATTENDANCES, CLASSROOM_SLOT_WAITLIST, CLASSROOM_SLOTS, COURSES,
    GROUP_LIBRARY_CONTENTS, PATH_ENROLLMENTS, PATH_SESSION_AUDIENCES, PATH_SESSION_METRICS, PATH_SESSIONS,
    PATH_STATS, PATHS, STREAMS, USER_CUSTOM_LINKS, USER_MANAGERS, USERS,
};

/// Looks a field up in pairs of a name and a text.
fn row<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<&'a str> {
    |name| pairs.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)
}

fn path_of(stream: &Stream, variant: Option<&str>, pairs: &[(&str, &str)]) -> Option<String> {
    path(stream, variant, |name| row(pairs)(name).map(str::to_owned))
}

#[test]
fn a_list_of_its_own_begins_with_what_it_may_hide_and_a_child_with_the_plain_list() {
    let filters =
        |stream: &'static Stream| -> Vec<String> { lists(stream).into_iter().map(List::filter).collect() };
    assert_eq!(filters(&COURSES), ["status[eq]=archived", "status[eq]=deleted", ""]);
    assert_eq!(filters(&PATH_STATS), ["status[eq]=archived", ""]);
    assert_eq!(filters(&PATH_ENROLLMENTS), ["", "status[eq]=archived"]);
    assert_eq!(filters(&PATH_SESSIONS), [""]);
    assert_eq!(filters(&USER_MANAGERS), [""]);
}

#[test]
fn every_stream_has_one_plain_list() {
    for stream in STREAMS {
        let lists = lists(stream);
        assert_eq!(lists.iter().filter(|list| **list == List::Plain).count(), 1, "{}", stream.name);
        assert_eq!(lists.len(), stream.hidden.len() + 1, "{}", stream.name);
    }
}

#[test]
fn a_path_takes_its_ids_from_the_parent() {
    assert_eq!(path_of(&USERS, None, &[]).as_deref(), Some("/users"));
    let ids = [("classroomSlotId", "5e0a-1"), ("attendanceSheetId", "SHEET_2")];
    assert_eq!(
        path_of(&ATTENDANCES, None, &ids).as_deref(),
        Some("/classroom-slots/5e0a-1/attendance-sheets/SHEET_2/attendances")
    );
    assert_eq!(path_of(&ATTENDANCES, None, &ids[..1]), None, "an id is missing");
}

#[test]
fn a_value_that_could_lead_elsewhere_is_not_an_id() {
    for text in ["", "..", "a/b", "a?b", "a%2Fb", "a b", "é", "a\n"] {
        assert!(!is_id(text), "{text:?}");
        assert_eq!(path_of(&USER_MANAGERS, None, &[("userId", text)]), None, "{text:?}");
    }
    assert!(is_id("5e0a360360360360360360aa") && is_id("SKI_1-b"));
}

#[test]
fn a_variant_replaces_its_name_only() {
    let library = |variant| path_of(&GROUP_LIBRARY_CONTENTS, variant, &[("groupId", "g1")]);
    assert_eq!(library(Some("course")).as_deref(), Some("/groups/g1/library/course-ids"));
    assert_eq!(library(None), None, "without a variant there is no path");
    assert_eq!(variants(&GROUP_LIBRARY_CONTENTS), [Some("path"), Some("course")]);
    assert_eq!(variants(&USER_MANAGERS), [None]);
    assert_eq!(
        path_of(&USER_MANAGERS, Some("course"), &[("userId", "u1")]).as_deref(),
        Some("/users/u1/managers"),
        "a stream without variants ignores one"
    );
}

#[test]
fn columns_are_what_the_children_need_each_once_and_the_id_first() {
    assert_eq!(
        columns_for(&CLASSROOM_SLOTS, [&CLASSROOM_SLOT_WAITLIST, &ATTENDANCE_SHEETS, &ATTENDANCES]),
        ["_id", "classroomId", "endDate", "createdAt", "modifiedAt"]
    );
    let children = [&PATH_SESSION_METRICS, &PATH_SESSION_AUDIENCES];
    assert_eq!(columns_for(&PATH_SESSIONS, children), ["_id", "pathId", "isAudienceBuilder"]);
    assert!(columns_for(&PATH_SESSIONS, [&PATH_ENROLLMENTS]).is_empty(), "not its child");
}

#[test]
fn a_parent_with_hidden_statuses_keeps_what_says_that_it_is_gone() {
    assert_eq!(columns_for(&USERS, [&USER_MANAGERS]), ["_id", "status", "deleted"]);
    assert_eq!(columns_for(&PATHS, [&PATH_ENROLLMENTS]), ["_id", "status", "deleted"]);
}

#[test]
fn a_field_of_the_child_is_found_under_its_name_in_the_parent() {
    let parent = ATTENDANCE_SHEETS.parent.as_ref().unwrap();
    assert_eq!(parent_field(parent, "classroomSlotEndDate"), Some("endDate"));
    assert_eq!(parent_field(parent, "endDate"), None);
}

#[test]
fn deleted_users_are_requested_as_the_configuration_says() {
    let which = |stream: &Stream| stream.parent.as_ref().unwrap().which;
    let status = [("status", "deleted")];
    let flag = [("deleted", "true")];
    for deleted in [row(&status), row(&flag)] {
        assert!(includes(which(&USER_MANAGERS), true, &deleted));
        assert!(!includes(which(&USER_MANAGERS), false, &deleted));
        assert!(!includes(which(&USER_CUSTOM_LINKS), true, &deleted), "the API refuses them");
        assert!(includes(which(&PATH_ENROLLMENTS), false, &deleted));
    }
    for active in [&[("status", "active"), ("deleted", "false")][..], &[]] {
        assert!(includes(which(&USER_MANAGERS), false, row(active)));
        assert!(includes(which(&USER_CUSTOM_LINKS), false, row(active)));
    }
}

#[test]
fn only_sessions_with_an_audience_are_requested_for_it() {
    let which = PATH_SESSION_AUDIENCES.parent.as_ref().unwrap().which;
    assert!(includes(which, true, row(&[("isAudienceBuilder", "true")])));
    assert!(!includes(which, true, row(&[("isAudienceBuilder", "false")])));
    assert!(!includes(which, true, row(&[])));
    assert_eq!(deciding_fields(which), ["isAudienceBuilder"]);
    assert!(deciding_fields(WhichParents::All).is_empty());
}

#[test]
fn an_archived_or_deleted_row_says_itself_that_it_is_gone() {
    let gone = |pairs| is_gone_by_its_own_row(row(pairs));
    assert!(gone(&[("status", "archived")]) && gone(&[("status", "deleted")]));
    assert!(gone(&[("status", "active"), ("deleted", "true")]));
    assert!(!gone(&[("status", "published"), ("deleted", "false")]) && !gone(&[]));
}

#[test]
fn a_row_is_new_by_any_of_its_dates_and_without_one() {
    let from: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    let (old, new) = (RowDate::At(from - Duration::seconds(1)), RowDate::At(from));
    let chosen = PATH_ENROLLMENTS.cursor.as_ref().unwrap();
    assert!(is_new_row(chosen, from, [old, new], false));
    assert!(is_new_row(chosen, from, [old, RowDate::Unreadable], false));
    assert!(is_new_row(chosen, from, [RowDate::Missing, RowDate::Missing], false));
    assert!(!is_new_row(chosen, from, [old, RowDate::Missing], true), "its dates move");
    let filtered = COURSES.cursor.as_ref().unwrap();
    assert!(is_new_row(filtered, from, [old], true), "the date does not move");
    assert!(!is_new_row(filtered, from, [old], false));
    assert_eq!((row_dates(filtered), row_dates(chosen)[0]), (&["modifiedAt"][..], "modifiedAt"));
}

#[test]
fn a_slot_is_read_again_until_it_ended_longer_ago_than_the_lookback_and_after_each_change() {
    let from: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    let cursor = ATTENDANCE_SHEETS.cursor.as_ref().unwrap();
    let is_new = |end: RowDate, modified: RowDate| {
        is_new_parent(cursor, from, lookback(cursor, Duration::days(90)), |name| match name {
            "classroomSlotEndDate" => end,
            "classroomSlotModifiedAt" => modified,
            _ => RowDate::At(from - Duration::days(900)),
        })
    };
    let (old, recent) = (RowDate::At(from - Duration::days(91)), RowDate::At(from - Duration::days(90)));
    assert!(is_new(recent, old) && is_new(RowDate::Missing, old) && is_new(old, RowDate::At(from)));
    assert!(!is_new(old, old));
}
