"""The page in a browser: figures under filters, tables, print, accessibility, and odd accounts."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import duckdb
import pypdfium2
from axe_playwright_python.sync_playwright import Axe
from learning360.loading.database import open_database
from learning360.report import page as report_page
from learning360.report.marts import Marts
from learning360.report.page.data import collect
from learning360.report.scope import Scope
from playwright.sync_api import Page

from .browser import opened, rows, tiles
from .made_marts import MARTS, MadeMarts
from .page_figures import Figures, View, french
from .pages import Pages
from .support import ROOT

FIRMS = ["Cabinet Arvor", "Brocéval", "Conseil & Fils"]
QUARTER: Any = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 3, 31)}
VIEWS = [
    View(),
    View(firm="Brocéval"),
    View(region="Normandie"),
    View(agency="Agence 1 de Cabinet Arvor"),
    View(**QUARTER),
    View(last=dt.date(2025, 6, 15)),
    View(firm="Conseil & Fils", region="Bretagne", first=dt.date(2025, 1, 1)),
    View(firm="Cabinet Arvor", agency="Agence 1 de Cabinet Arvor", region="Occitanie", **QUARTER),
    View(first=dt.date(2099, 1, 1)),
]
# Another address, as if it was pasted; until the page has read it.
GO = """hash => new Promise(done => {
    addEventListener('hashchange', () => setTimeout(done), { once: true });
    if (location.hash.slice(1) === hash) done(); else location.hash = hash;
})"""
FILE = Path(report_page.__file__).parent


class Figured(Pages):
    account: ClassVar[MadeMarts]
    file: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.account = MadeMarts(cls.home / "marts.duckdb", FIRMS)
        cls.file = cls.written(cls.account)

    def figures(self, view: View) -> Figures:
        database = duckdb.connect(self.account.address.removeprefix("duckdb:"), read_only=True)
        self.addCleanup(database.close)
        return Figures(database, view)

    def assert_shows(self, page: Page, view: View) -> None:
        """Figures and tables are those of the marts under this view."""
        figures = self.figures(view)
        self.assertEqual(tiles(page), figures.tiles(), view)
        for section, wanted in figures.tables().items():
            # The marts have codes for the dimensions of learners, the page has words.
            left = 1 if section == "breakdown" else 0
            shown = [row[left:] for row in rows(page, section)]
            self.assertEqual(sorted(shown), sorted(row[left:] for row in wanted), (section, view))
        totals: dict[str, int] = {}
        for firm, _, count, _ in rows(page, "trained"):
            totals[firm] = totals.get(firm, 0) + int(count)
        self.assertEqual(totals, figures.trained(), view)
        self.assertEqual(len(rows(page, "slots")), int(figures.tiles()["slots"]), view)

    def test_each_filter_changes_each_figure_and_table_to_what_the_marts_have(self) -> None:
        with opened(self.chromium, self.file) as page:
            for view in VIEWS:
                with self.subTest(view=view):
                    page.evaluate(GO, urlencode(view.fields()))
                    self.assert_shows(page, view)

    def test_the_fields_change_address_and_line_and_reset_shows_all_again(self) -> None:
        with opened(self.chromium, self.file) as page:
            everything = tiles(page)
            page.locator("[name=firm]").select_option(label="Brocéval")
            page.locator("[name=region]").select_option(label="Bretagne")
            page.locator("[name=period]").select_option(label="1er trimestre 2026")
            self.assertEqual(page.locator("[name=last]").input_value(), "2026-03-31")
            line = page.locator("#shown").text_content()
            self.assertEqual(
                line, "Cabinet \u2068Brocéval\u2069, région \u2068Bretagne\u2069, du 1er janvier 2026 au 31 mars 2026"
            )
            view = View(firm="Brocéval", region="Bretagne", **QUARTER)
            self.assert_shows(page, view)
            with opened(self.chromium, self.file, page.evaluate("location.hash")) as sent:
                self.assertEqual(tiles(sent), tiles(page))
                self.assertEqual(sent.locator("[name=period]").input_value(), "2026-01-01/2026-03-31")
            page.locator("[name=last]").fill("2025-12-31")
            self.assertIn("précède", page.get_by_role("alert").text_content() or "")
            page.get_by_role("button", name="Tout réafficher").click()
            page.locator("#shown", has_text="toute la période").wait_for()
            self.assertEqual(tiles(page), everything)

    def test_an_address_with_names_that_the_page_has_not_says_so(self) -> None:
        with opened(self.chromium, self.file, "#cabinet=Inconnu&du=2026-02-30") as page:
            message = page.get_by_role("alert").text_content() or ""
            self.assertIn("cabinet \u2068Inconnu\u2069", message)
            self.assertIn("2026-02-30", message)
            self.assertEqual(tiles(page), self.figures(View()).tiles())

    def test_what_cannot_obey_a_filter_says_so_beside_it(self) -> None:
        with opened(self.chromium, self.file) as page:
            note = page.locator("[data-kpi=fill_rate] .limit")
            self.assertEqual(note.text_content(), "")
            page.locator("[name=region]").select_option(label="Bretagne")
            for place in ("[data-kpi=fill_rate] .limit", "[data-kpi=waitlisted] .limit", "#fill .note"):
                self.assertIn("ni région", page.locator(place).text_content() or "", place)
            page.locator("[name=period]").select_option(label="2026")
            self.assertIn("ne date pas", page.locator("#modules .note").text_content() or "")

    def test_the_page_of_a_firm_or_of_a_quarter_has_its_figures_also_without_javascript(self) -> None:
        whole = Scope(), View()
        quarter = Scope(**QUARTER), View(**QUARTER)
        firm = Scope(firm="Brocéval"), View(firm="Brocéval")
        both = Scope(firm="Brocéval", **QUARTER), View(firm="Brocéval", **QUARTER)
        for scope, view in (whole, quarter, firm, both):
            with self.subTest(scope=scope):
                file = self.written(self.account, scope, "scoped")
                wanted = self.figures(view).tiles()
                if scope.firm:
                    wanted |= {"fill_rate": "–", "waitlisted": "–"}
                with opened(self.chromium, file) as page:
                    self.assertEqual(tiles(page), wanted)
                    line = page.locator("#shown").text_content()
                with opened(self.chromium, file, java_script_enabled=False) as page:
                    # Playwright's own scripts run without those of the page.
                    self.assertEqual(tiles(page), wanted)
                    self.assertEqual(page.locator("#shown").text_content(), line)
                    self.assertFalse(page.locator("#filters").is_visible())

    def test_the_page_of_a_firm_has_nothing_of_the_others(self) -> None:
        for firm in FIRMS:
            text = self.written(self.account, Scope(firm=firm), "firm").read_text(encoding="utf-8")
            for other in set(FIRMS) - {firm}:
                self.assertNotIn(other, text)
                self.assertNotIn(other.replace("&", "&amp;"), text)
            self.assertIn(firm, text)

    def data_of(self, account: MadeMarts, firm: str) -> dict[str, Any]:
        with open_database(account.address, read_only=True) as database:
            return collect(Marts(database, "analytics"), Scope(firm=firm))

    def test_the_page_of_a_firm_shows_no_profile_of_learners_who_have_left_it(self) -> None:
        for firm in FIRMS:
            data = self.data_of(self.account, firm)
            database = duckdb.connect(self.account.address.removeprefix("duckdb:"), read_only=True)
            with database:
                learners = f"""select l.* from {MARTS}.learning360__learners as l where l.user_id in (
                    select user_id from {MARTS}.learning360__facts_trainings
                    where enrolments = 1 and firm_of_report = $firm)"""
                for dimension in data["dimensions"]:
                    name = dimension["name"]
                    hidden = name not in ("region", "department")
                    value = f"case when {not hidden} or firm = $firm then {name} end"
                    wanted = database.execute(
                        f"select coalesce({value}, 'Non renseigné'), count(*) from ({learners}) group by 1",
                        {"firm": firm},
                    ).fetchall()
                    found = Counter(dimension["values"][place] for place in data["users"][name])
                    self.assertEqual(found, dict(wanted), (firm, name))

    def test_a_group_named_like_another_firm_is_hidden_however_it_is_spelled(self) -> None:
        account = self.made(FIRMS)
        own, others = ["cabinet  ARVOR", "Agence 1 de Cabinet Arvor"], ["BROCEVAL", " conseil & fils "]
        others.append("agence 2 de broceval")
        table = f"{MARTS}.learning360__kpi_slot_fill"
        with duckdb.connect(account.address.removeprefix("duckdb:")) as database:
            database.execute(
                f"update {table} set group_name = list_extract($names, 1 + (rowid % len($names))::int)",
                {"names": own + others},
            )
        groups = set(self.data_of(account, "Cabinet Arvor")["groups"])
        self.assertEqual(groups, {*own, "Non renseigné"})

    def test_a_click_and_a_key_sort_a_table_in_both_directions(self) -> None:
        with opened(self.chromium, self.file) as page:
            page.locator("#modules summary").click()
            title = page.locator("#modules th", has_text="Heures")
            self.assertIsNone(title.get_attribute("aria-sort"))
            title.locator("button").click()
            self.assertEqual(title.get_attribute("aria-sort"), "descending")
            page.keyboard.press("Enter")
            self.assertEqual(title.get_attribute("aria-sort"), "ascending")
            hours = [float(row[2].replace("\u202f", "").replace(",", ".")) for row in rows(page, "modules")]
            self.assertEqual(hours, sorted(hours))
            page.locator("#modules th button", has_text="Module").focus()
            page.keyboard.press("Space")
            names = [int(row[0].removeprefix("Module ")) for row in rows(page, "modules")]
            self.assertEqual(names, sorted(names))

    def test_a_cut_table_says_how_many_rows_there_are(self) -> None:
        with opened(self.chromium, self.file) as page:
            length, count = page.locator("#slots .length"), int(self.figures(View()).tiles()["slots"])
            self.assertEqual(page.locator("#slots tbody tr").count(), 15)
            self.assertIn(f"15 des {count} lignes", length.text_content() or "")
            page.get_by_role("button", name="Tout afficher").locator("visible=true").last.click()
            self.assertEqual(page.locator("#slots tbody tr").count(), count)
            self.assertIn(f"{count} lignes", length.text_content() or "")

    def test_charts_have_the_numbers_of_the_tables(self) -> None:
        with opened(self.chromium, self.file) as page:
            bars = page.locator("#enrolments .chart svg text").all_text_contents()
            for row in rows(page, "enrolments")[:20]:
                self.assertIn(row[-1], bars)
            ends = " ".join(page.locator("#trained .chart svg text").all_text_contents())
            for firm, count in self.figures(View()).trained().items():
                self.assertIn(f"{french(count)} \u2068{firm}", ends)

    def test_axe_finds_nothing_serious_on_a_desktop_and_on_a_dark_phone(self) -> None:
        for scheme, width in (("light", 1120), ("dark", 390)):
            with opened(
                self.chromium, self.file, color_scheme=scheme, viewport={"width": width, "height": 844}
            ) as page:
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
                found = Axe().run(page).response["violations"]
                serious = [one for one in found if one["impact"] in ("serious", "critical")]
                self.assertEqual([(one["id"], one["nodes"][0]["html"]) for one in serious], [], (scheme, width))

    def test_nothing_is_wider_than_a_phone(self) -> None:
        with opened(self.chromium, self.file, viewport={"width": 390, "height": 844}) as page:
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)

    def test_the_print_fills_its_pages_and_keeps_what_is_shown(self) -> None:
        with opened(self.chromium, self.file, "#cabinet=Brocéval") as page:
            paper = page.pdf(prefer_css_page_size=True)
            width = page.evaluate("document.querySelector('#modules .chart svg').clientWidth")
        self.assertGreater(width, 690, "the chart is that of the screen again")
        document = pypdfium2.PdfDocument(paper)
        self.addCleanup(document.close)
        self.assertLessEqual(len(document), 8)
        texts = [sheet.get_textpage().get_text_range() for sheet in document]
        self.assertIn("Brocéval", texts[0])
        self.assertNotIn("Tout réafficher", texts[0])
        for number, sheet in enumerate(document):
            self.assertEqual([round(side) for side in sheet.get_size()], [595, 842])
            inked = inked_rows(sheet)
            self.assertGreater(
                inked, 0.55 if number < len(document) - 1 else 0.08, f"page {number + 1} is nearly empty"
            )

    def test_the_print_repeats_the_head_of_a_table_and_keeps_the_colors(self) -> None:
        with opened(self.chromium, self.file) as page:
            rows(page, "slots")
            document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        self.addCleanup(document.close)
        # Without the blanks and line breaks that the text of a PDF has anywhere.
        texts = ["".join(sheet.get_textpage().get_text_range().split()) for sheet in document]
        listed = [text for text in texts if text.count("enprésentiel") > 3]
        self.assertGreater(len(listed), 1)
        for text in listed:
            self.assertIn("Remplissage(tous)", text)
        colors = {tuple(pixel) for sheet in document for pixel in sheet.render(scale=0.5).to_numpy().reshape(-1, 3)}
        self.assertIn((0xB2, 0x72, 0x00), colors, "blue bars, in the order blue, green, red")


def inked_rows(sheet: Any) -> float:
    """How far down a printed page is used, from 0 to 1."""
    dark = sheet.render(scale=0.5).to_numpy().min(axis=2).min(axis=1) < 200
    return float(dark.nonzero()[0].max()) / len(dark) if dark.any() else 0.0


class Libraries(unittest.TestCase):
    def test_the_chart_libraries_are_those_that_are_pinned(self) -> None:
        ended = subprocess.run(
            [sys.executable, ROOT / "tools" / "vendor.py", "--check"], capture_output=True, text=True, check=False
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        for file in (FILE / "vendor").glob("*.js"):
            self.assertNotIn("</script", file.read_text(encoding="utf-8"))
        self.assertIn(
            hashlib.sha256((FILE / "vendor" / "d3.min.js").read_bytes()).hexdigest(),
            (FILE / "vendor" / "SHA256SUMS").read_text(),
        )
