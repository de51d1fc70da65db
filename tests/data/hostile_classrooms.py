"""Half-days, hours and the fill of slots."""

from __future__ import annotations

from decimal import Decimal

from .hostile import Warehouse


class Classrooms(Warehouse):
    def test_a_title_gives_the_half_day_in_whatever_way_it_is_written(self) -> None:
        found = self.by("france_num_half_days", "raw_hours", "sheet_id", "sheet_name", "half_day")
        self.assertEqual(
            [half_day for sheet, (_, half_day) in sorted(found.items()) if sheet.startswith("h_named")],
            [
                "afternoon",
                "morning",
                *["afternoon"] * 4,
                "morning",
                "afternoon",
                "day",
                "afternoon",
                "day",
                "afternoon",
            ],
        )

    def test_hours_give_the_half_day_in_the_zone_of_the_slot(self) -> None:
        found = {
            row["slot_id"]: row["half_day"] for row in self.rows("learning360__france_num_half_days", "raw_hours")
            if row["sheet_name"] in (None, "Émargement") and row["slot_id"] != "seven"
        }  # fmt: skip
        self.assertEqual(
            found,
            {"reunion": "afternoon", "martinique": "afternoon", "night": "day", "midnight": "afternoon",
                "one": "morning",
             "mars": "morning", "untitled": "day"},
        )  # fmt: skip

    def test_a_slot_over_two_days_is_a_day_and_has_both_dates(self) -> None:
        rows = [
            row for row in self.rows("learning360__france_num_half_days", "raw_hours") if row["slot_id"] == "twodays"
        ]
        self.assertEqual(
            {(row["half_day"], str(row["slot_date"]), str(row["slot_end_date"])) for row in rows},
            {("day", "2026-03-10", "2026-03-11")},
        )
        self.assertEqual([row["duration_hours"] for row in rows], [Decimal("5.25")] * 2)

    def test_a_slot_in_martinique_is_on_its_own_day(self) -> None:
        found = self.by(
            "kpi_slot_fill", "raw_hours", "slot_id", "slot_date", "start_local", "end_local", "time_zone", "start_at"
        )
        day, start, end, zone, utc = map(str, found["martinique"])
        self.assertEqual(
            (day, start, end, zone), ("2026-01-20", "2026-01-20 19:30:00", "2026-01-20 21:30:00", "America/Martinique")
        )
        self.assertEqual(utc, "2026-01-20 23:30:00")
        self.assertEqual(str(found["reunion"][1]), "2026-01-20 13:30:00")

    def test_a_slot_of_an_unknown_time_zone_has_that_of_the_report(self) -> None:
        found = self.by("kpi_slot_fill", "raw_hours", "slot_id", "start_local", "time_zone")["mars"]
        self.assertEqual((str(found[0]), found[1]), ("2026-03-14 09:00:00", "Europe/Paris"))
        self.assert_warned("raw_hours", "classroom_slots.timezone", "Mars/Olympus")

    def test_ten_hours_on_three_sheets_are_ten_hours(self) -> None:
        found = self.by("france_num_report", "raw_hours", "training_id", "attended_hours", "half_days_present")
        self.assertEqual((found["e_anna"], found["e_bran"]), ((Decimal(10), 3), (Decimal(7), 3)))
        shares = [
            row["duration_hours"]
            for row in self.rows("learning360__france_num_half_days", "raw_hours")
            if row["slot_id"] == "ten"
        ]
        self.assertEqual(shares, [Decimal("3.33")] * 3)

    def test_a_slot_without_end_is_past_by_its_start(self) -> None:
        found = self.by("kpi_slot_fill", "raw_fill", "slot_id", "timing", "attended_rate", "duration_hours")
        self.assertEqual(found["noend"], ("past", Decimal("0.5"), Decimal("3.5")))
        self.assertEqual([found[slot][0] for slot in ("nostart", "undated", "coming")], ["past", "unknown", "coming"])

    def test_slots_of_capacity_zero_are_not_in_the_fill_rate(self) -> None:
        found = self.by("kpi_slot_fill", "raw_fill", "slot_id", "registered", "fill_rate", "fill_rate_without_declined")
        self.assertEqual(
            [found[slot] for slot in ("zero", "negative", "nolimit")],
            [(2, None, None), (0, None, None), (1, None, None)],
        )

    def test_declined_places_are_counted_apart_and_archived_ones_not_at_all(self) -> None:
        found = self.by(
            "kpi_slot_fill",
            "raw_fill",
            "slot_id",
            "registered",
            "declined",
            "going",
            "fill_rate",
            "fill_rate_without_declined",
        )
        self.assertEqual(found["declined"], (2, 2, 0, 1, 0))
        self.assertEqual(self.one("kpi_overview", "raw_fill", "registrations", "registrations_declined"), (14, 3))

    def test_past_and_coming_slots_are_not_in_one_rate(self) -> None:
        begun, coming = "capacity fill_rate fill_rate_without_declined".split(), "{0}_coming".format
        found = self.one("kpi_overview", "raw_fill", *begun, *map(coming, begun))
        self.assertEqual(found, (24, Decimal("0.375"), Decimal("0.2917"), 10, Decimal("0.2"), Decimal("0.1")))

    def test_the_months_add_up_to_the_total(self) -> None:
        for schema in self.accounts:
            months = self.rows("learning360__kpi_fill_by_month", schema)
            total = self.one("kpi_overview", schema, "capacity", "capacity_coming", "fill_rate", "slots")
            begun = [month for month in months if month["timing"] != "coming"]
            capacity, registered = (sum(month[name] for month in begun) for name in ("capacity", "registered"))
            self.assertEqual(
                (capacity, sum(month["capacity"] for month in months)), (total[0], total[0] + total[1]), schema
            )
            self.assertEqual(
                round(registered / capacity, 4) if capacity else None, float(total[2]) if capacity else total[2], schema
            )

    def test_a_month_is_that_of_the_local_start(self) -> None:
        found = {
            (str(row["month"]), row["timing"]): row["slots"]
            for row in self.rows("learning360__kpi_fill_by_month", "raw_fill")
        }
        self.assertEqual(
            found,
            {
                ("2024-03-01", "past"): 1,
                ("2026-03-01", "past"): 6,
                ("2026-04-01", "past"): 1,
                ("2026-12-01", "coming"): 1,
            },
        )

    def test_only_signed_sheets_count_as_presence(self) -> None:
        found = self.by(
            "in_person_training",
            "raw_fill",
            "slot_id",
            "sheets",
            "signed_sheets",
            "signed_lines",
            "signed_present",
            "attendance_rate",
        )
        self.assertEqual(found["half"], (2, 1, 3, 2, Decimal("0.6667")))
        self.assertEqual(found["declined"], (1, 0, 0, 0, None))
