"""The account `edges`: what each of its rows gives."""

from __future__ import annotations

from decimal import Decimal

from .accounts_edges import DAYS, HOURS, SHEETS, TITLES
from .hostile import Warehouse


class Edges(Warehouse):
    def test_a_date_field_is_a_day_only_if_the_calendar_has_it(self) -> None:
        found = self.by("learner_custom_fields", "raw_edges", "user_id", "cf_date_de_naissance")
        days = {text: str(found[f"b{number:02}"]) for number, text in enumerate(DAYS)}
        self.assertEqual(days, {text: str(day) for text, day in DAYS.items()})

    def test_a_title_is_a_half_day_by_whole_words_only(self) -> None:
        found = self.by("france_num_half_days", "raw_edges", "sheet_id", "sheet_name", "half_day")
        self.assertEqual(
            {title: half_day for sheet, (title, half_day) in found.items() if sheet.startswith("i")}, TITLES
        )

    def test_one_oclock_sharp_ends_the_morning_and_noon_begins_the_afternoon(self) -> None:
        found = self.by("france_num_half_days", "raw_edges", "sheet_id", "half_day")
        self.assertEqual({hours: found[f"j_t{number}"] for number, hours in enumerate(HOURS)}, HOURS)

    def test_hours_on_seventeen_sheets_are_exact(self) -> None:
        found = self.by("france_num_report", "raw_edges", "training_id", "half_days_present", "attended_hours")
        self.assertEqual(found["e_dated"], (SHEETS, Decimal("1.01")))

    def test_hours_with_a_slot_of_unknown_duration_are_unknown(self) -> None:
        columns = "attended_hours in_person_hours virtual_hours total_hours half_days_present".split()
        found = self.by("france_num_report", "raw_edges", "training_id", *columns)["k1|b02"]
        self.assertEqual(found, (None, None, Decimal(0), None, len(HOURS)))

    def test_an_enrollment_without_date_does_not_replace_one_with_a_date(self) -> None:
        found = self.by("in_person_training", "raw_edges", "slot_id", "average_score")
        self.assertEqual(found["shared"], 40)

    def test_both_engines_know_the_same_time_zones(self) -> None:
        found = self.by("kpi_slot_fill", "raw_edges", "slot_id", "time_zone")
        zones = [found[f"z{number}"] for number in range(8)]
        paris = "Europe/Paris"
        self.assertEqual(zones, [paris, paris, "UTC", "Etc/GMT+3", "EST", "Asia/Calcutta", paris, paris])

    def test_all_groups_of_an_internal_name_are_internal(self) -> None:
        self.assertFalse(self.by("learners", "raw_edges", "user_id", "is_client")["second"])

    def test_a_learner_without_name_and_address_is_called_by_the_id(self) -> None:
        self.assertEqual(self.by("learners", "raw_edges", "user_id", "display_name")["blank"], "blank")

    def test_an_archived_completion_is_trained_and_a_success_without_date_is_not(self) -> None:
        self.assertEqual(self.one("kpi_overview", "raw_edges", "clients_trained", "enrolments_completed"), (2, 1))

    def test_what_ends_at_this_instant_is_running(self) -> None:
        found = self.by("kpi_slot_fill", "raw_edges", "slot_id", "timing", "duration_hours", "waitlisted")
        self.assertEqual((found["now"], found["then"]), (("running", 1000, 1), ("running", None, 0)))
        self.assertEqual(found["none"][1], 0)
        self.assertEqual(self.by("france_num_report", "raw_edges", "training_id", "timing")["e_p3"], "running")

    def test_a_course_that_a_path_has_twice_is_one_module(self) -> None:
        found = self.by("france_num_report", "raw_edges", "training_id", "modules", "training_name")
        self.assertEqual((found["e_dated"], found["e_p2"], found["e_p3"]), ((2, "Facturer"), (0, None), (0, None)))
