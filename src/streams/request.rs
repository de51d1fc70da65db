//! How a stream is requested: its lists, its path under a parent, and which parents are read. Pure.

use super::{HiddenStatus, Parent, Stream, WhichParents};

/// One of the lists that together hold every row of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Without a status filter.
    Plain,
    /// The rows of a status that the plain list may leave out.
    Hidden(&'static HiddenStatus),
}

impl List {
    /// The filter, brackets unencoded; empty for the plain list.
    #[must_use]
    pub fn filter(self) -> String {
        match self {
            List::Plain => String::new(),
            List::Hidden(status) => format!("status[eq]={}", status.value),
        }
    }
}

impl Stream {
    /// The lists in the order in which they are first read: hidden ones first for a list of its own
    /// (they are read again after the plain one), the plain one first under parents.
    #[must_use]
    pub fn lists(&'static self) -> Vec<List> {
        let hidden = self.hidden.iter().map(List::Hidden);
        if self.parent.is_none() {
            hidden.chain([List::Plain]).collect()
        } else {
            [List::Plain].into_iter().chain(hidden).collect()
        }
    }

    /// The path with the value of each `{name}`; `variant` replaces the variants' name. `None`
    /// where a value is missing or is not an id.
    #[must_use]
    pub fn path_under(
        &self,
        variant: Option<&str>,
        value: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let variants = self.parent.as_ref().and_then(|parent| parent.variants.as_ref());
        let mut parts = self.path.split('{');
        let mut path = parts.next().unwrap_or_default().to_owned();
        for (name, rest) in parts.filter_map(|part| part.split_once('}')) {
            let id = match (variants, variant) {
                (Some(variants), Some(variant)) if variants.name == name => variant.to_owned(),
                _ => value(name).filter(|id| is_id(id))?,
            };
            path += &id;
            path += rest;
        }
        Some(path)
    }

    /// The values of the path's variant, `[None]` for one request per parent.
    #[must_use]
    pub fn variants(&self) -> Vec<Option<&'static str>> {
        match self.parent.as_ref().and_then(|parent| parent.variants.as_ref()) {
            Some(variants) => variants.values.iter().copied().map(Some).collect(),
            None => vec![None],
        }
    }

    /// The fields of this stream's rows that `children` need, each once; the first is the id.
    #[must_use]
    pub fn columns_for<'a>(
        &'static self,
        children: impl IntoIterator<Item = &'a Stream>,
    ) -> Vec<&'static str> {
        let mut columns = Vec::new();
        let mut add = |column: &'static str| {
            if !columns.contains(&column) {
                columns.push(column);
            }
        };
        for of in children.into_iter().filter_map(|child| child.parent.as_ref()) {
            if std::ptr::eq(of.stream, self) {
                of.fields.iter().for_each(|(from, _)| add(from));
                of.which.fields().into_iter().for_each(&mut add);
                // A parent that is archived or deleted by its own word may answer "not found".
                if !self.hidden.is_empty() {
                    add("status");
                    add("deleted");
                }
            }
        }
        columns
    }
}

impl Parent {
    /// The name that a field of the parent's record has for the child.
    #[must_use]
    pub fn field_of(&self, name: &str) -> Option<&'static str> {
        self.fields.iter().find(|(_, to)| *to == name).map(|(from, _)| *from)
    }
}

impl WhichParents {
    /// The parent's fields that decide.
    #[must_use]
    pub fn fields(self) -> Vec<&'static str> {
        match self {
            WhichParents::All => Vec::new(),
            WhichParents::IncludedUsers | WhichParents::NotDeleted => vec!["status", "deleted"],
            WhichParents::Where(field) => vec![field],
        }
    }

    /// True if this parent is requested. `value` returns the text of one of its fields.
    #[must_use]
    pub fn includes<'a>(self, include_deleted_users: bool, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        match self {
            WhichParents::All => true,
            WhichParents::IncludedUsers if include_deleted_users => true,
            WhichParents::IncludedUsers | WhichParents::NotDeleted => !is_deleted(value),
            WhichParents::Where(field) => value(field) == Some("true"),
        }
    }
}

/// True if the row itself says that it is deleted: `status`, or `deleted` in older responses.
fn is_deleted<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    value("status") == Some("deleted") || value("deleted") == Some("true")
}

/// True if a parent's own row says that it is deleted or archived, so that "not found" is no
/// surprise.
#[must_use]
pub fn is_gone_by_its_own_row<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    value("status") == Some("archived") || is_deleted(value)
}

/// Ids become part of a path: letters, digits, `-` and `_` only, so that none can lead elsewhere.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{
        ATTENDANCE_SHEETS, ATTENDANCES, CLASSROOM_SLOT_WAITLIST, CLASSROOM_SLOTS, COURSES,
        GROUP_LIBRARY_CONTENTS, PATH_ENROLLMENTS, PATH_SESSION_AUDIENCES, PATH_SESSION_METRICS,
        PATH_SESSIONS, PATH_STATS, PATHS, STREAMS, USER_CUSTOM_LINKS, USER_MANAGERS, USERS,
    };

    /// Looks a field up in pairs of a name and a text.
    fn row<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<&'a str> {
        |name| pairs.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)
    }

    fn path_of(stream: &Stream, variant: Option<&str>, pairs: &[(&str, &str)]) -> Option<String> {
        stream.path_under(variant, |name| row(pairs)(name).map(str::to_owned))
    }

    #[test]
    fn a_list_of_its_own_begins_with_what_it_may_hide_and_a_child_with_the_plain_list() {
        let filters = |stream: &'static Stream| -> Vec<String> {
            stream.lists().into_iter().map(List::filter).collect()
        };
        assert_eq!(filters(&COURSES), ["status[eq]=archived", "status[eq]=deleted", ""]);
        assert_eq!(filters(&PATH_STATS), ["status[eq]=archived", ""]);
        assert_eq!(filters(&PATH_ENROLLMENTS), ["", "status[eq]=archived"]);
        assert_eq!(filters(&PATH_SESSIONS), [""]);
        assert_eq!(filters(&USER_MANAGERS), [""]);
    }

    #[test]
    fn every_stream_has_one_plain_list() {
        for stream in STREAMS {
            let lists = stream.lists();
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
        let path = |variant| path_of(&GROUP_LIBRARY_CONTENTS, variant, &[("groupId", "g1")]);
        assert_eq!(path(Some("course")).as_deref(), Some("/groups/g1/library/course-ids"));
        assert_eq!(path(None), None, "without a variant there is no path");
        assert_eq!(GROUP_LIBRARY_CONTENTS.variants(), [Some("path"), Some("course")]);
        assert_eq!(USER_MANAGERS.variants(), [None]);
        assert_eq!(
            path_of(&USER_MANAGERS, Some("course"), &[("userId", "u1")]).as_deref(),
            Some("/users/u1/managers"),
            "a stream without variants ignores one"
        );
    }

    #[test]
    fn columns_are_what_the_children_need_each_once_and_the_id_first() {
        assert_eq!(
            CLASSROOM_SLOTS.columns_for([&CLASSROOM_SLOT_WAITLIST, &ATTENDANCE_SHEETS, &ATTENDANCES]),
            ["_id", "classroomId", "endDate", "createdAt", "modifiedAt"]
        );
        let children = [&PATH_SESSION_METRICS, &PATH_SESSION_AUDIENCES];
        assert_eq!(PATH_SESSIONS.columns_for(children), ["_id", "pathId", "isAudienceBuilder"]);
        assert!(PATH_SESSIONS.columns_for([&PATH_ENROLLMENTS]).is_empty(), "not its child");
    }

    #[test]
    fn a_parent_with_hidden_statuses_keeps_what_says_that_it_is_gone() {
        assert_eq!(USERS.columns_for([&USER_MANAGERS]), ["_id", "status", "deleted"]);
        assert_eq!(PATHS.columns_for([&PATH_ENROLLMENTS]), ["_id", "status", "deleted"]);
    }

    #[test]
    fn a_field_of_the_child_is_found_under_its_name_in_the_parent() {
        let parent = ATTENDANCE_SHEETS.parent.as_ref().unwrap();
        assert_eq!(parent.field_of("classroomSlotEndDate"), Some("endDate"));
        assert_eq!(parent.field_of("endDate"), None);
    }

    #[test]
    fn deleted_users_are_requested_as_the_configuration_says() {
        let which = |stream: &Stream| stream.parent.as_ref().unwrap().which;
        let status = [("status", "deleted")];
        let flag = [("deleted", "true")];
        for deleted in [row(&status), row(&flag)] {
            assert!(which(&USER_MANAGERS).includes(true, &deleted));
            assert!(!which(&USER_MANAGERS).includes(false, &deleted));
            assert!(!which(&USER_CUSTOM_LINKS).includes(true, &deleted), "the API refuses them");
            assert!(which(&PATH_ENROLLMENTS).includes(false, &deleted));
        }
        for active in [&[("status", "active"), ("deleted", "false")][..], &[]] {
            assert!(which(&USER_MANAGERS).includes(false, row(active)));
            assert!(which(&USER_CUSTOM_LINKS).includes(false, row(active)));
        }
    }

    #[test]
    fn only_sessions_with_an_audience_are_requested_for_it() {
        let which = PATH_SESSION_AUDIENCES.parent.as_ref().unwrap().which;
        assert!(which.includes(true, row(&[("isAudienceBuilder", "true")])));
        assert!(!which.includes(true, row(&[("isAudienceBuilder", "false")])));
        assert!(!which.includes(true, row(&[])));
        assert_eq!(which.fields(), ["isAudienceBuilder"]);
        assert!(WhichParents::All.fields().is_empty());
    }

    #[test]
    fn an_archived_or_deleted_row_says_itself_that_it_is_gone() {
        let gone = |pairs| is_gone_by_its_own_row(row(pairs));
        assert!(gone(&[("status", "archived")]) && gone(&[("status", "deleted")]));
        assert!(gone(&[("status", "active"), ("deleted", "true")]));
        assert!(!gone(&[("status", "published"), ("deleted", "false")]) && !gone(&[]));
    }
}
