use serde_json::{Value, json};

use super::*;

const EVENT: &str = "user.customfield.values.updated";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What an event with this data means, and which users it names. u1, u2 and admin are listed.
fn read(data: &Value) -> (Step, Vec<String>) {
    taken(&json!({"createdAt": "2026-11-02T12:00:00.000Z", "payload": {"type": EVENT, "data": data}}))
}

fn taken(event: &Value) -> (Step, Vec<String>) {
    let mut log = Log::new(EVENT, at("2026-11-02T10:00:00Z"), at("2026-10-30T03:00:00Z"));
    let step = log.add(&event.to_string(), |id| ["u1", "u2", "admin"].contains(&id));
    (step, log.named.into_iter().collect())
}

#[test]
fn an_event_names_users_in_any_form() {
    for data in [
        json!({"userId": "u1"}),
        json!({"userIds": ["u1"]}),
        json!({"users": [{"_id": "u1", "customFields": [{"customFieldId": "f1", "value": "x"}]}]}),
        json!({"batch": {"affectedUsers": [{"id": "u1"}]}}),
        json!({"learner_ids": ["u1", "other"]}),
        json!({"USERS": ["u1"]}),
        json!({"updatedUserIds": ["u1"], "updatedBy": null}),
        json!({"modifiedUsers": [{"id": "u1"}]}),
        json!({"users": {"u1": {"f1": "x"}}}),
    ] {
        assert_eq!(read(&data), (Step::Clear, vec!["u1".to_owned()]), "{data}");
    }
}

#[test]
fn an_event_without_a_listed_user_is_unclear_and_who_acted_is_visited_and_proves_nothing() {
    for (data, named) in [
        (json!({}), &[][..]),
        (json!(null), &[]),
        (json!({"count": 3}), &[]),
        (json!({"userId": "u9"}), &[]),
        (json!({"updatedBy": "admin"}), &["admin"]),
        (json!({"updatedBy": {"userId": "admin"}}), &["admin"]),
        (json!({"user": {"authorId": "admin"}}), &["admin"]),
        (json!({"actorUserId": "admin", "members": ["u1"]}), &["admin", "u1"]),
        (json!({"changed_by_user": "admin"}), &["admin"]),
        (json!({"targets": ["u2"]}), &["u2"]),
        (json!({"initiatorUserId": "admin"}), &["admin"]),
        (json!({"requestedByUser": {"id": "admin"}}), &["admin"]),
        (json!({"updaterUserId": "admin", "modifiedUserBy": "admin"}), &["admin"]),
    ] {
        let named: Vec<String> = named.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(read(&data), (Step::Unclear, named), "{data}");
    }
}

#[test]
fn a_batch_of_which_one_item_has_no_id_or_which_is_cut_is_unclear() {
    for data in [
        json!({"users": [{"userId": "u1"}, {"userId": null, "mail": "b@x.example"}]}),
        json!({"users": ["u1", "b@x.example"]}),
        json!({"userId": "admin", "users": [{"mail": "a@x.example"}, {"mail": "b@x.example"}]}),
        json!({"userIds": ["u1"], "hasMore": true}),
        json!({"userIds": ["u1"], "is_truncated": true}),
        json!([{"userId": "u1"}, {"mail": "b@x.example"}]),
        json!({"userIds": []}),
    ] {
        assert_eq!(read(&data).0, Step::Unclear, "{data}");
    }
    for data in [
        // Of one who is not listed there is nothing to visit.
        json!({"userIds": ["u1", "u9"], "hasMore": false}),
        json!({"userId": "u1", "userName": "Anna", "userCount": 1, "userMail": "a@x.example"}),
        json!({"users": [{"_id": "u1", "values": [{"customFieldId": "f1", "value": null}]}]}),
    ] {
        assert_eq!(read(&data).0, Step::Clear, "{data}");
    }
}

#[test]
fn an_unclear_event_from_before_the_last_visit_of_all_does_not_count() {
    let mut log = Log::new(EVENT, at("2026-11-02T10:00:00Z"), at("2026-11-02T11:00:00Z"));
    let event =
        |created: &str| json!({"createdAt": created, "payload": {"type": EVENT, "data": {}}}).to_string();
    assert_eq!(log.add(&event("2026-11-02T10:59:59.999Z"), |_| false), Step::Clear);
    assert_eq!(log.add(&event("2026-11-02T11:00:00.000Z"), |_| false), Step::Unclear);
}

#[test]
fn an_event_of_another_type_or_form_is_unclear_and_an_old_one_does_not_count() {
    let data = json!({"userId": "u1"});
    let other =
        json!({"createdAt": "2026-11-02T12:00:00.000Z", "payload": {"type": "user.updated", "data": data}});
    assert_eq!(taken(&other).0, Step::Foreign);
    assert_eq!(
        taken(&json!({"payload": {"type": EVENT, "data": data}})).0,
        Step::Clear,
        "no date, so it counts"
    );
    assert_eq!(taken(&json!({"createdAt": "2026-11-02T12:00:00.000Z", "data": data})).0, Step::Foreign);
    assert_eq!(taken(&json!({"createdAt": "2026-11-02T09:59:59.999Z"})), (Step::Clear, vec![]));
}

#[test]
fn digests_show_the_part_in_which_a_row_changed_came_or_went() {
    let ids: Vec<String> = (0..1000).map(|number| format!("{number:024x}")).collect();
    let digests = |change: &dyn Fn(usize, u64) -> Option<u64>| {
        let rows = ids.iter().enumerate();
        Digests::of(rows.filter_map(|(place, id)| Some((id.as_str(), change(place, place as u64 * 77 + 1)?))))
    };
    let before = digests(&|_, digest| Some(digest));
    assert_eq!(Digests::parse(&before.text()).as_ref(), Some(&before));
    assert_eq!(before.text().len(), 2048);
    let changed = digests(&|place, digest| Some(if place == 7 { digest + 1 } else { digest }));
    let gone = digests(&|place, digest| (place != 7).then_some(digest));
    for now in [changed, gone] {
        let visited = ids.iter().filter(|id| before.differs(&now, id)).count();
        assert!(before.differs(&now, &ids[7]) && visited < 12, "{visited}");
        assert!(before.common(&now).differs(&now, &ids[7]), "what differs is unknown");
        assert!(!before.common(&now).differs(&now, &ids[0]));
    }
    let changed = digests(&|place, digest| Some(if place == 7 { digest + 1 } else { digest }));
    let once_more = before.visited_again(&changed);
    assert!(once_more.differs(&changed, &ids[7]), "what changed is visited by one more sync");
    assert!(!once_more.differs(&changed, &ids[0]));
    assert_eq!(once_more.visited_again(&changed), changed, "and then known");
    let both = |other: usize| {
        digests(&|place, digest| Some(if place == 7 || place == other { digest + 1 } else { digest }))
    };
    let neighbor =
        (0..1000).map(both).find(|both| both != &changed && both.differs(&changed, &ids[7])).unwrap();
    assert!(
        once_more.visited_again(&neighbor).differs(&neighbor, &ids[7]),
        "also after a change of a neighbor"
    );
    let mut missed = before.clone();
    missed.forget(&ids[3]);
    assert!(missed.differs(&before, &ids[3]));
    assert_eq!(Digests::parse("AAAA"), None);
    assert!(Digests::default().differs(&Digests::default(), "u1"), "nothing known is nothing the same");
}

#[test]
fn any_active_subscription_of_the_type_will_do_and_the_used_one_stays() {
    let rows = [
        ("5a", Some("user.created"), Some("active")),
        ("5b", Some(EVENT), None),
        ("5d", Some(EVENT), Some("active")),
        ("5c", Some(EVENT), Some("active")),
    ];
    let active = |preferred| active_subscription(rows.into_iter(), EVENT, preferred);
    assert_eq!(active(None).unwrap(), "5c");
    assert_eq!(active(Some("5d")).unwrap(), "5d");
    assert_eq!(active(Some("5b")).unwrap(), "5c", "one that is no longer active");
    let none = active_subscription(rows.into_iter().take(2), EVENT, None);
    assert_eq!(none, Err(WholeReason::NoSubscription { event: EVENT }));
}

#[test]
fn the_id_of_a_subscription_tells_when_it_was_created() {
    assert_eq!(created("6907f6000000000000000001"), Some(at("2025-11-03T00:23:28Z")));
    for id in ["6907f600", "sub_0000000000000000000a", "", "é907f60000000000000000000"] {
        assert_eq!(created(id), None);
    }
}

#[test]
fn an_event_of_the_ten_minutes_before_a_visit_of_all_may_be_one_that_it_did_not_see() {
    let config = json!({"client_id": "id-of-the-client", "client_secret": "s3cret-s3cret"}).to_string();
    let settings = crate::config::Config::parse(&config).unwrap().validate().unwrap();
    let subscription = "690000000000000000000001".to_owned();
    let feed = FeedState {
        subscription: Some(subscription.clone()),
        whole_at: Some(at("2026-11-02T03:00:00Z")),
        parents: Digests::default().text(),
        definitions: Some("d".to_owned()),
    };
    let cursor = Some(at("2026-11-02T03:00:00Z"));
    let state = StreamState { cursor, feed: Some(feed), ..StreamState::default() };
    let stream = crate::streams::stream("user_custom_field_values").unwrap();
    let plan = FeedPlan::new(stream.feed().unwrap(), &state, None, &settings, at("2026-11-03T03:00:00Z"));
    let found = Found {
        subscription: Ok(subscription),
        parents: Digests::default(),
        definitions: Some(Ok("d".to_owned())),
    };
    assert_eq!(plan.since(&found), Ok((at("2026-11-02T02:00:00Z"), at("2026-11-02T02:50:00Z"))));
}
