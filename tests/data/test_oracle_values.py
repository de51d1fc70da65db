"""How the recomputation reads the values of a row."""

from __future__ import annotations

import unicodedata
import unittest
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any

from .oracle.half_days import half_day
from .oracle.values import headcount, instant, most_used, normal, number, satisfaction, slot_duration, slug, text


class Values(unittest.TestCase):
    def test_names_that_look_alike_have_one_normal_form(self) -> None:
        wanted = "secteur d'activité"
        for name in ("Secteur d’activité", " SECTEUR\u00a0D'ACTIVITÉ\n", "Sec\u00adteur d`activité\ufeff"):
            self.assertEqual(normal(name), wanted)
            self.assertEqual(normal(unicodedata.normalize("NFD", name)), wanted)
        self.assertEqual(normal("Après‑midi – fin"), "après-midi - fin")
        self.assertNotEqual(normal("Arvor"), normal("Arvör"))

    def test_the_most_frequent_spelling_is_shown_and_the_smallest_of_equals(self) -> None:
        self.assertEqual(most_used(["ARVOR", "Arvor", "Arvor", "arvor"]), {"arvor": "Arvor"})
        self.assertEqual(most_used(["b", "B"]), {"b": "B"})

    def test_a_satisfaction_is_a_number_on_the_scale_or_nothing(self) -> None:
        marks = {
            "4": "4",
            "4.5": "4.5",
            "4,5": "4.5",
            "4,5/5": "4.5",
            "9 / 10": "4.5",
            "92 %": "4.6",
            "92\u202f%": "4.6",
        }
        for given, wanted in marks.items():
            self.assertEqual(satisfaction(given, Fraction(5)), Fraction(wanted), given)
        for odd in ("20261102", "6/5", "-1", "101 %", "4/0", "très bien", "", "4,5 sur 5", "NaN", None):
            self.assertIsNone(satisfaction(odd, Fraction(5)), odd)
        self.assertEqual(satisfaction("8", Fraction(10)), 8)

    def test_a_headcount_has_digits_and_blanks_only(self) -> None:
        for given, count in {"12": 12, "1 200": 1200, "1\u202f200": 1200, "0": 0}.items():
            self.assertEqual(headcount(given), count)
        for odd in ("3 à 9", "-3", "1234567890", "1.5", "", None, "٣"):
            self.assertIsNone(headcount(odd), odd)

    def test_what_is_no_instant_no_number_or_no_text_is_none(self) -> None:
        for given in ("", "10:00+02:00", "soon", "9999-12-31T23:59:59.999Z", "1899-12-31T23:59:59Z", 5, None):
            self.assertIsNone(instant(given), given)
        self.assertEqual(instant("2026-02-01T01:00:00.5+02:00"), datetime(2026, 1, 31, 23, 0, 0, 500_000, timezone.utc))
        odd: tuple[Any, ...] = (float("nan"), float("inf"), 10**15 + 1, True, "many", [], None)
        for value in odd:
            self.assertIsNone(number(value), value)
        self.assertEqual((text("\u00a0 "), text(" e\u0301 "), text({"a": [1]})), (None, "é", '{"a":[1]}'))

    def test_a_duration_is_reported_or_measured_from_0_to_1000_hours(self) -> None:
        start, end = instant("2026-02-10T08:00:00Z"), instant("2026-02-10T11:30:00Z")
        self.assertEqual(slot_duration(3, start, end), 3 * 3_600_000)
        for reported in (None, 10_000_000, -1, "long"):
            self.assertEqual(slot_duration(reported, start, end), 3.5 * 3_600_000)
        self.assertIsNone(slot_duration(None, end, start))
        self.assertIsNone(slot_duration(None, start, instant("2199-02-10T11:30:00Z")))

    def test_the_column_of_a_field_has_plain_letters(self) -> None:
        for form in ("NFC", "NFD"):
            self.assertEqual(
                slug(unicodedata.normalize(form, "Secteur d'activité, œuvre")), "secteur_d_activite_oeuvre"
            )
        self.assertEqual(slug("🥞"), "")


class HalfDays(unittest.TestCase):
    def test_titles_count_before_hours(self) -> None:
        titles = {
            "Après midi": "afternoon", "APRE\u0300S-MIDI": "afternoon", "Après‑midi": "afternoon", "PM": "afternoon",
            "Matinée": "morning", "Le matin 🥐": "morning", "Demi-journée 1": "morning",
            "Demi-journée n° 2": "afternoon", "Soirée": "afternoon", "Journée n° 2": "day",
        }  # fmt: skip
        night = datetime(2026, 3, 10, 1), datetime(2026, 3, 12, 2)  # noqa: DTZ001
        for title, wanted in titles.items():
            self.assertEqual(half_day(title, *night), wanted, title)
