"""What the marts of a past instant show, and an account with 1,700 custom fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from .accounts_past import MANY, OF_THE_PAST, PAST
from .hostile import Warehouse

MOST_COLUMNS = {"duckdb": MANY, "postgres": 400}


class Past(Warehouse):
    accounts = OF_THE_PAST
    as_of = PAST
    # A key without a value in a YAML file.
    variables: ClassVar[dict[str, Any]] = {
        "learning360_custom_fields": None,
        "learning360_group_roles": None,
        "learning360_unknown_label": None,
        "learning360_organization": None,
        "learning360_time_zone": None,
        "learning360_fiscal_year_month": None,
    }

    def test_every_account_equals_the_recomputation(self) -> None:
        # The recomputation has no limit of columns.
        left_out = () if self.engine == "duckdb" else ("learning360__learner_custom_fields",)
        self.assert_recomputed(only=lambda mart: () if mart in left_out else None)

    def status(self, training: str) -> tuple[object, ...]:
        columns = "status progress score path_minutes has_certificate completed_date is_archived".split()
        found = self.by("france_num_report", "raw_past", "training_id", *columns)[training]
        return (*found[:5], str(found[5]), found[6])

    def test_an_enrollment_of_later_does_not_exist_yet(self) -> None:
        found = self.by("france_num_report", "raw_past", "training_id", "user_id")
        self.assertFalse({"enrolled_later", "listed_later"} & set(found))
        self.assertEqual(self.one("kpi_overview", "raw_past", "enrolments", "clients_enrolled"), (7, 7))

    def test_a_completion_of_later_has_not_happened_and_its_figures_are_unknown(self) -> None:
        self.assertEqual(self.status("after"), (None, None, None, None, None, "None", False))
        self.assertEqual(self.status("before"), ("successful", 100, 80, 10, True, "2026-02-10", False))
        trained = self.by("kpi_clients_trained", "raw_past", "month", "clients_trained", "completions", "successes")
        self.assertEqual({str(month): row for month, row in trained.items()}, {"2026-02-01": (1, 1, 1)})

    def test_an_enrollment_archived_later_is_not_archived_yet(self) -> None:
        self.assertEqual((self.status("archived_later")[-1], self.status("archived_before")[-1]), (False, True))

    def test_an_enrollment_started_later_is_not_started_and_has_no_status(self) -> None:
        self.assertEqual(self.status("started_later"), (None, 0, None, 0, False, "None", False))

    def test_an_attempt_of_later_makes_the_figures_of_its_enrollment_unknown(self) -> None:
        unknown = (None, None, None, None, None, "None", False)
        self.assertEqual([self.status(one) for one in ("attempted_later", "continued_later")], [unknown, unknown])
        self.assertEqual(self.status("quiet"), ("onTime", 10, 80, 10, False, "None", False))
        self.assertEqual(self.one("kpi_overview", "raw_past", "training_hours", "average_score"), (None, None))

    def test_an_average_over_unknown_scores_is_unknown(self) -> None:
        self.assertIsNone(self.by("in_person_training", "raw_past", "slot_id", "average_score")["past"])
        found = self.by("kpi_module_time", "raw_past", "course_id", "average_best_score")
        self.assertEqual(found, {"c1": None, "c2": 70})

    def test_attempts_of_later_are_left_out_and_those_that_went_on_are_unknown(self) -> None:
        columns = "attempts time_minutes progress best_score is_completed last_activity_at".split()
        found = self.by("kpi_time_per_learner_module", "raw_past", "user_id", *columns)
        self.assertEqual(
            (*found["gina"][:5], str(found["gina"][5])), (1, Decimal("1.5"), 100, 70, True, "2026-02-10 08:00:00")
        )
        self.assertEqual(found["hal"], (2, None, None, None, False, None))

    def test_slots_have_the_timing_of_that_instant_and_later_ones_do_not_exist(self) -> None:
        found = self.by("kpi_slot_fill", "raw_past", "slot_id", "timing", "registered", "waitlisted")
        self.assertEqual(found, {"past": ("past", 2, 0), "running": ("running", 0, 0), "coming": ("coming", 1, 1)})
        self.assertEqual(self.one("kpi_overview", "raw_past", "capacity", "capacity_coming"), (10, 5))

    def test_a_place_archived_later_counts_and_one_of_later_does_not(self) -> None:
        found = self.by("kpi_slot_fill", "raw_past", "slot_id", "fill_rate")
        self.assertEqual(found["past"], Decimal("0.5"))

    def test_sheets_of_a_slot_of_later_do_not_exist_yet(self) -> None:
        self.assertEqual(set(self.by("france_num_half_days", "raw_past", "attendance_id", "user_id")), {"n1"})

    def test_seventeen_hundred_custom_fields_stop_nothing_and_a_warning_shows_what_is_left_out(self) -> None:
        columns = self.by("custom_field_columns", "raw_many_fields", "column_name", "custom_field_id")
        self.assertEqual(len(columns), MANY)
        rows = {row["user_id"]: row for row in self.rows("learning360__learner_custom_fields", "raw_many_fields")}
        shown = {name: value for name, value in rows["anna"].items() if name.startswith("cf_")}
        self.assertEqual(len(shown), MOST_COLUMNS[self.engine])
        self.assertEqual((shown["cf_cabinet"], shown["cf_region"]), ("Arvor", "Bretagne"))
        self.assertTrue(
            all(shown[name] == f"{columns[name]} " + "é🌸" * 60 for name in shown if name.startswith("cf_champ"))
        )
        left_out = [
            one for one in self.rows("learning360__warnings", "raw_many_fields") if one["kind"] == "column left out"
        ]
        self.assertEqual([row["rows_affected"] for row in left_out], [MANY - 400] if self.engine == "postgres" else [])
