"""Names that people change, values that people type in several ways, and values that no form should accept."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from .hostile import Warehouse


class Values(Warehouse):
    def test_a_renamed_field_is_a_warning_with_the_nearest_name(self) -> None:
        self.assert_warned(
            "raw_renamed", "learning360_custom_fields.firm", "Cabinet", "the nearest is Cabinet comptable"
        )
        self.assertEqual(self.by("kpi_clients_trained", "raw_renamed", "firm", "clients_trained"), {"Non renseigné": 1})

    def test_a_field_of_another_case_blank_apostrophe_or_accent_is_the_same(self) -> None:
        self.assertEqual(self.by("learners", "raw_renamed", "user_id", "region", "sector")["anna"], ("Bretagne", "Mer"))
        self.assertEqual(len([one for one in self.messages("raw_renamed") if "no custom field" in one]), 1)

    def test_a_firm_in_three_spellings_is_one_firm(self) -> None:
        firms = self.by("learners", "raw_spellings", "user_id", "firm")
        self.assertEqual({firms[f"u{number}"] for number in (1, 2, 3, 4)}, {"Cabinet d'Expertise Océan"})
        self.assertEqual({firms["u9"], firms["u10"]}, {"ŠKODA"})
        trained = self.by("kpi_clients_trained", "raw_spellings", "firm", "clients_trained")
        self.assertEqual((trained["Cabinet d'Expertise Océan"], trained["ŠKODA"], trained["Non renseigné"]), (4, 2, 3))

    def test_values_have_no_blanks_around_them(self) -> None:
        found = self.by("learners", "raw_spellings", "user_id", "firm", "company")
        self.assertEqual((found["u6"][0], found["u7"][0], found["u11"][0]), (None, None, "Arvor"))
        self.assertEqual((found["u1"][1], found["u2"][1]), ("Océan", "a\nb"))

    def test_headcounts_with_blanks_are_numbers_and_ranges_are_not(self) -> None:
        found = self.by("learners", "raw_spellings", "user_id", "headcount", "headcount_text")
        numbers = {name: number for name, (number, _) in found.items() if number is not None}
        self.assertEqual(numbers, {"u1": 1200, "u2": 1200, "u5": 0, "u7": 7})
        self.assertEqual(found["u3"], (None, "3 à 9"))
        self.assert_warned("raw_spellings", "learning360_custom_fields.headcount", "3 rows")

    def test_a_value_that_is_the_label_of_unknown_ones_is_one_group_with_them(self) -> None:
        rows = self.rows("learning360__kpi_learner_breakdown", "raw_spellings")
        regions = {row["value"]: (row["learners"], row["position"]) for row in rows if row["dimension"] == "region"}
        self.assertEqual(regions, {"Bretagne": (2, 1), "Provence-Alpes-Côte d’Azur": (2, 2), "Non renseigné": (7, 3)})

    def test_signs_of_sql_and_jinja_in_values_come_out_whole(self) -> None:
        found = self.by("learners", "raw_spellings", "user_id", "display_name", "firm")
        self.assertEqual(found["plain"][0], 'O\'Brien \\ %s "é" {{ 1 }} 🥞')
        self.assertEqual(found["u8"][1], "100 % \\ 'Le \"Bon\"' {{ x }} %s")

    def test_columns_of_fields_with_decomposed_accents_signs_and_twins_hold_their_values(self) -> None:
        columns = self.by("custom_field_columns", "raw_spellings", "custom_field_id", "column_name")
        self.assertEqual(
            [columns[f"f_x{number}"] for number in range(1, 6)],
            ["cf_decret_oeuvre", "cf_decret_oeuvre_f_x2", "cf_100_sur_d_e_a", "cf_f_x4", f"cf_{'a' * 30}"],
        )
        values = self.by(
            "learner_custom_fields", "raw_spellings", "user_id", *(columns[f"f_x{number}"] for number in range(1, 6))
        )
        self.assertEqual(values["u1"], tuple(f"valeur f_x{number}" for number in range(1, 6)))

    def test_satisfaction_is_a_number_in_every_way_to_write_it_and_nothing_else(self) -> None:
        found = self.by("in_person_training", "raw_odd_values", "slot_id", "satisfaction")
        wanted = [Decimal("4.5"), Decimal("4.6"), Decimal("4.5"), None, Decimal(4), None, None, None]
        self.assertEqual([found[f"l{number}"] for number in range(8)], wanted)
        self.assert_warned("raw_odd_values", "path_session_custom_field_values.value", "4 rows")

    def test_a_field_of_type_date_is_a_day_in_local_time(self) -> None:
        found = self.by("learner_custom_fields", "raw_odd_values", "user_id", "cf_date_de_naissance")
        self.assertEqual(found, {"anna": date(1985, 5, 12), "bran": None, "prof": date(1985, 5, 11)})
        self.assert_warned("raw_odd_values", "user_custom_field_values.value", "10:00+02:00")

    def test_dates_outside_of_any_calendar_are_unknown(self) -> None:
        found = self.by("kpi_slot_fill", "raw_odd_values", "slot_id", "start_at", "end_at", "timing", "duration_hours")
        self.assertEqual({found[slot][1:] for slot in ("far", "max")}, {(None, "past", None)})
        self.assertEqual((found["old"][0], found["old"][2]), (None, "past"))
        self.assertEqual(found["empty"], (None, None, "unknown", None))
        self.assertEqual(found["turned"][2:], ("past", None))
        for stream, field in (
            ("classroom_slots", "startDate"),
            ("classroom_slots", "endDate"),
            ("path_sessions", "endDate"),
            ("path_stats", "enrolledAt"),
        ):
            self.assert_warned("raw_odd_values", f"{stream}.", field)
        timing = self.by("france_num_report", "raw_odd_values", "training_id", "timing", "enrolled_date")
        self.assertEqual([timing[name][0] for name in ("e1", "e2", "e3")], ["running", "running", "running"])
        self.assertIsNone(timing["e3"][1])

    def test_a_reported_duration_that_no_slot_can_have_does_not_count(self) -> None:
        found = self.by("kpi_slot_fill", "raw_odd_values", "slot_id", "duration_hours")
        self.assertEqual(found["long"], 2)
        self.assert_warned("raw_odd_values", "classroom_slots.reportedDuration", "long")

    def test_an_answer_that_is_neither_yes_nor_no_is_unknown(self) -> None:
        found = self.by("kpi_slot_fill", "raw_odd_values", "slot_id", "registered", "declined", "going")
        self.assertEqual(found["far"], (2, 0, 0))
        self.assert_warned("raw_odd_values", "classroom_registrations.rsvp.going", "r1")

    def test_scores_and_times_that_are_none_are_unknown(self) -> None:
        found = self.by("france_num_report", "raw_odd_values", "training_id", "score", "path_minutes", "status_label")
        self.assertEqual({name: found[name][0] for name in ("e1", "e2", "e4")}, dict.fromkeys(("e1", "e2", "e4")))
        self.assertEqual((found["e3"][1], found["e3"][2]), (0, "brandNew"))
        self.assertIsNone(self.one("kpi_overview", "raw_odd_values", "average_score"))
        for place in ("path_stats.progress,score", "path_stats.timeSpent", "course_stats.timeSpent,score"):
            self.assert_warned("raw_odd_values", place)

    def test_a_capacity_of_any_size_stops_nothing(self) -> None:
        found = self.by("kpi_slot_fill", "raw_odd_values", "slot_id", "capacity", "fill_rate")
        self.assertEqual((found["big"], found["text"]), ((10**14, 0), (None, None)))

    def test_a_slot_whose_context_is_odd_counts(self) -> None:
        self.assertIn("bare", self.by("kpi_slot_fill", "raw_odd_values", "slot_id", "timing"))

    def test_a_good_account_has_no_warning_of_values(self) -> None:
        kinds = Counter(row["kind"] for row in self.rows("learning360__warnings", "raw_twin"))
        self.assertEqual(kinds, Counter())
