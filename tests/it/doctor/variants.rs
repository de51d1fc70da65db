//! Each difference that a variant of the sandbox mocks is found by its own verdict, and by no
//! other.

use std::collections::BTreeSet;

use clap::ValueEnum as _;
use sandbox_360learning::{Options, Scale, Variant};
use source_360learning::doctor::Verdict;

use super::{examined, open, seen, with};

/// The verdicts that a variant changes, and the options with which it shows.
fn mocked(variant: Variant) -> (&'static [&'static str], Options) {
    let open = || Options { variants: vec![variant], ..open() };
    let without_a_scope = || Options { missing_scopes: vec!["attendanceSheets:read".to_owned()], ..open() };
    match variant {
        Variant::Gzip => (&["compression"], open()),
        Variant::HiddenArchived => (
            &[
                "archived_paths",
                "archived_courses",
                "deleted_courses",
                "deleted_users",
                "archived_skills",
                "archived_stats",
                "archived_enrollments",
            ],
            open(),
        ),
        Variant::EncodedBrackets | Variant::EncodedBracketsRefused => (&["encoded_brackets"], open()),
        // The connector assumes no order.
        Variant::Unordered => (&[], open()),
        Variant::Ordered => (&["no_order"], open()),
        Variant::RepeatedRows => (&["rows_once"], open()),
        Variant::ShortNext => (&["next_late"], open()),
        Variant::NextOnce => (&["next_again"], open()),
        Variant::NextRefusesFilters => (&["next_beside_filters"], open()),
        Variant::NextForgetsFilters => (&["next_keeps_filters"], open()),
        Variant::NoMilliseconds => (&["date_form"], open()),
        Variant::DateOnlyRefused => (&["date_only"], open()),
        Variant::FiltersIgnored => (&["date_filters", "status_filters"], open()),
        Variant::RetryAfter => (&["retry_after"], Options { rate_limit: 5, ..open() }),
        Variant::Flat403 => (&["scopes", "forbidden_form"], without_a_scope()),
        Variant::ScopeAfterLookup => (&["scopes", "scope_before_lookup"], without_a_scope()),
        Variant::RelativeLinks => (&["link_form"], open()),
        Variant::ShortPages => (&["page_size"], open()),
        Variant::NewFields => (&["known_fields", "known_values"], open()),
        Variant::WithoutDates => (&["undated_rows"], open()),
        Variant::NumericExpiry => (&["token_life"], open()),
        Variant::NoDateHeader => (&["date_header"], open()),
        Variant::RegistrationsUnderClassrooms
        | Variant::RegistrationsUnderSlots
        | Variant::RegistrationsWithoutClassroom
        | Variant::RegistrationsNotAList => (&["registrations_list"], open()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mocked_difference_is_found_and_no_other() {
    for &variant in Variant::value_variants() {
        let (wanted, options) = mocked(variant);
        let (_account, report) = examined(options).await;
        let found = with(&report, Verdict::Differs);
        assert_eq!(
            found,
            wanted.iter().copied().collect::<BTreeSet<_>>(),
            "{variant}:\n{}",
            report.markdown()
        );
        // Only a rate limit stops the probes.
        assert_eq!(
            report.run.stopped.is_some(),
            variant == Variant::RetryAfter,
            "{variant}: {:?}",
            report.run.stopped
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_wide_list_does_not_change_the_forecast_since_no_sync_uses_it() {
    for variant in [Variant::RegistrationsUnderSlots, Variant::RegistrationsWithoutClassroom] {
        let (account, report) = examined(Options { scale: Scale::FranceNum, ..mocked(variant).1 }).await;
        account.sandbox.reset_requests();
        account.read(&["classroom_registrations"], "full_refresh", None);
        // The classrooms themselves are one request.
        let made = account.sandbox.requests().total - 1;
        let forecast = report.forecast.streams["classroom_registrations"].requests as u64;
        assert!(made.abs_diff(forecast) <= 2, "{variant}: {forecast} for {made}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn observations_are_reported_with_their_numbers() {
    let of = async |variant| examined(mocked(variant).1).await.1;
    let report = of(Variant::HiddenArchived).await;
    assert_eq!(
        seen(&report, "archived_paths"),
        "1 row with status[eq]=archived, none among 5 rows of the plain list."
    );
    let report = of(Variant::ShortPages).await;
    assert!(
        seen(&report, "page_size").contains("course_stats (166 instead of 500)"),
        "{}",
        seen(&report, "page_size")
    );
    let report = of(Variant::RegistrationsUnderSlots).await;
    let text = seen(&report, "registrations_list");
    assert!(text.contains("/classroom-slots/registrations: a list, with 406 rows"), "{text}");
    let report = of(Variant::NextForgetsFilters).await;
    let text = seen(&report, "next_keeps_filters");
    assert_eq!(text, "166 of 416 rows of the second page are excluded by the filter, for course_stats.");
    let report = of(Variant::NewFields).await;
    let users = report.endpoints.iter().find(|one| one.stream == "users").unwrap();
    assert_eq!(users.fields.new_fields["sinceTomorrow"], 120);
    assert!(users.fields.new_values["status"]["someday"] > 5);
}
