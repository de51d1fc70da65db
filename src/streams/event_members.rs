//! What the names of the members of an event's `data` say: which hold the ids of those whom it is about.
//! 360Learning documents none of these names, so common ones are recognized, and doubt counts against them.

/// Words in a member's name that speak of a parent of this kind: a user or a learner.
const SUBJECTS: [&str; 2] = ["user", "learner"];

/// Beginnings of words in a member's name that speak of who acted, who need not have changed. No participles: the
/// `updatedUserIds` are those of whom the event is about, and `updatedByUserId` has its "by".
const ACTORS: [&str; 23] = [
    "actor",
    "admin",
    "agent",
    "approver",
    "author",
    "by",
    "caller",
    "creator",
    "editor",
    "executor",
    "initiator",
    "issuer",
    "manager",
    "modifier",
    "operator",
    "owner",
    "performer",
    "requester",
    "requestor",
    "sender",
    "submitter",
    "updater",
    "validator",
];

/// Words in a member's name of which the value holds ids, and nothing else.
const IDS: [&str; 2] = ["id", "ids"];

/// Words in the name of a flag that an event does not name all.
const PARTIAL: [&str; 4] = ["more", "truncated", "partial", "incomplete"];

/// What the names of the members around a value say of it. An actor inside a subject is an actor, and the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Neither of the two.
    Other,
    /// Those whom the event is about.
    Subject,
    /// Who acted.
    Actor,
}

impl Role {
    /// The role of a value inside a value of this role.
    pub(crate) fn of(self, name: &str) -> Self {
        let has = |of: &[&str]| has_word(name, of);
        if self == Self::Actor || has(&ACTORS) || name.to_lowercase().ends_with("by") {
            Self::Actor
        } else if self == Self::Subject || has(&SUBJECTS) {
            Self::Subject
        } else {
            Self::Other
        }
    }
}

/// True if a word of the name begins with one of these.
fn has_word(name: &str, beginnings: &[&str]) -> bool {
    words(name).iter().any(|word| beginnings.iter().any(|one| word.starts_with(one)))
}

/// True if the name, such as `users`, `affectedUsers` or `learner_ids`, is that of ids of those whom the event is about.
pub(crate) fn holds_ids(name: &str) -> bool {
    let is_id = |word: &String| is_subject(word) || IDS.contains(&word.as_str());
    words(name).last().is_some_and(is_id) && Role::Other.of(name) == Role::Subject
}

/// True if the name also says nothing else, as `users`, `learnerId` and `user_ids`: without an id its event is not whole.
pub(crate) fn promises_ids(name: &str) -> bool {
    words(name).first().is_some_and(|word| is_subject(word)) && holds_ids(name)
}

/// True if the name is that of a flag that an event does not name all.
pub(crate) fn says_partial(name: &str) -> bool {
    has_word(name, &PARTIAL)
}

fn is_subject(word: &str) -> bool {
    SUBJECTS.iter().any(|one| word.trim_end_matches('s') == *one)
}

/// The words of a name such as `updatedBy` or `updated_by`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_after_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || letter.is_uppercase() && is_after_small {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        is_after_small = !letter.is_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_those_whom_an_event_is_about_are_told_from_names_of_who_acted() {
        for name in ["userId", "users", "learnerIds", "affectedUsers", "user_ids", "USERS", "updatedUserIds"]
        {
            assert!(holds_ids(name), "{name}");
        }
        for name in ["updatedByUserId", "userName", "pathId", "authorUserIds", "userCount", "usersTruncated"]
        {
            assert!(!holds_ids(name), "{name}");
        }
        assert!(promises_ids("learnerId") && !promises_ids("affectedUsers"));
    }

    #[test]
    fn what_is_inside_a_member_of_who_acted_is_theirs() {
        let role = |path: &str| path.split('.').fold(Role::Other, Role::of);
        assert_eq!(role("updatedBy.userId"), Role::Actor);
        assert_eq!(role("user.authorId"), Role::Actor);
        assert_eq!(role("batch.users.id"), Role::Subject);
        assert_eq!(role("batch.count"), Role::Other);
    }
}
