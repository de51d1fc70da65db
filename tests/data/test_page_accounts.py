"""The page of accounts that are unlike the ordinary one."""

from __future__ import annotations

import duckdb
from learning360.report.scope import Scope
from playwright.sync_api import Page

from .browser import opened, rows, tiles
from .made_marts import HOSTILE
from .page_figures import french
from .pages import Pages

FIRMS = ["Cabinet Arvor", "Brocéval", "Conseil & Fils"]


class OddAccounts(Pages):
    """Accounts that are unlike the ordinary one: each page opens, and shows no word of a program."""

    def assert_readable(self, page: Page) -> None:
        text = page.evaluate("document.body.innerText")
        for word in ("undefined", "NaN", "null", "Infinity", "[object"):
            self.assertNotIn(word, text)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)

    def test_an_empty_account_says_that_there_is_nothing(self) -> None:
        with opened(self.chromium, self.written(self.made([]))) as page:
            self.assert_readable(page)
            self.assertEqual(tiles(page)["clients_trained"], "0")
            self.assertEqual(tiles(page)["completion_rate"], "–")
            self.assertEqual(page.locator(".chart svg").count(), 0)
            self.assertIn("Aucune inscription", page.locator("#enrolments .note").text_content() or "")

    def test_what_is_not_synced_is_no_zero(self) -> None:
        with opened(self.chromium, self.written(self.made(FIRMS, synced=False))) as page:
            self.assert_readable(page)
            shown = tiles(page)
            for name in ("waitlisted", "answers", "satisfaction_percent", "recommendation_rate"):
                self.assertEqual(shown[name], "non synchronisé", name)
            for section in ("modules", "feedback"):
                self.assertIn("non synchronisé", page.locator(f"#{section} .note").text_content() or "")

    def test_an_account_without_any_date_has_figures_and_no_period(self) -> None:
        with opened(self.chromium, self.written(self.made(FIRMS, dated=False))) as page:
            self.assert_readable(page)
            self.assertNotEqual(tiles(page)["enrolments"], "0")
            self.assertEqual(page.locator("#filters optgroup option").count(), 0)
            page.locator("[name=first]").fill("2020-01-01")
            self.assertEqual(tiles(page)["enrolments"], "0")
            self.assert_readable(page)

    def test_dates_far_away_do_not_stretch_the_page(self) -> None:
        made = self.made(FIRMS)
        with duckdb.connect(made.address.removeprefix("duckdb:")) as database:
            for table, column in (
                ("facts_trainings", "completed_date"),
                ("facts_trainings", "enrolled_date"),
                ("kpi_slot_fill", "start_local"),
            ):
                for key, date in ((0, "0001-01-01"), (1, "9999-12-31")):
                    name = f"analytics_learning360_marts.learning360__{table}"
                    database.execute(f"update {name} set {column} = '{date}' where rowid = {key}")
        with opened(self.chromium, self.written(made)) as page:
            self.assert_readable(page)
            self.assertLess(page.locator("svg *").count(), 5_000)
            page.locator("[name=period]").select_option(label="9999")
            self.assertIn("du 1er janvier 9999", page.locator("#shown").text_content() or "")

    def test_hostile_names_are_shown_as_they_are(self) -> None:
        made = self.made(HOSTILE)
        file = self.written(made)
        for width in (390, 1120):
            with opened(self.chromium, file, viewport={"width": width, "height": 844}) as page:
                self.assert_readable(page)
                self.assertIn("Tableau de bord", page.title())
                firms = {row[0] for row in rows(page, "enrolments")}
                self.assertEqual(firms, set(HOSTILE))
                for name in HOSTILE:
                    page.locator("[name=firm]").select_option(label=name) if name.strip() == name else None
                    self.assert_readable(page)
        for name in HOSTILE:
            scoped = self.written(made, Scope(firm=name), "hostile")
            with opened(self.chromium, scoped) as page:
                self.assertIn(name, page.locator("#shown").text_content() or "")

    def test_three_hundred_firms_have_twenty_curves_and_the_others_one(self) -> None:
        with opened(self.chromium, self.written(self.made([f"Cabinet {number}" for number in range(300)]))) as page:
            self.assert_readable(page)
            ends = page.locator("#trained .chart svg text").all_text_contents()
            note = page.locator("#trained .note").text_content() or ""
            others = sum(int(row[2]) for row in rows(page, "trained") if row[0] == "Autres (280 cabinets)")
            self.assertIn(f"Autres (280 cabinets)\u00a0: {french(others)} clients formés", note)
            self.assertEqual(sum("Cabinet " in text for text in ends), 20)
            self.assertIn("20 couples de cabinet et région sur", page.locator("#enrolments .note").text_content() or "")

    def test_the_curve_of_the_others_is_drawn_if_it_does_not_flatten_the_rest(self) -> None:
        with opened(self.chromium, self.written(self.made([f"Cabinet {number}" for number in range(22)]))) as page:
            ends = page.locator("#trained .chart svg text").all_text_contents()
            self.assertEqual(sum("Autres (2 cabinets)" in text for text in ends), 1)
