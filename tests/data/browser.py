"""The page in Chromium, as a reader opens it: from a file, without a network."""

from __future__ import annotations

import re
import shutil
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = "no Chromium here: install Debian's package chromium"


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium that is already on the machine; the test is skipped if there is none."""
    if CHROMIUM is None:
        raise unittest.SkipTest(MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield launched
        finally:
            launched.close()


@contextmanager
def opened(chromium: Browser, file: Path, fragment: str = "", **options: Any) -> Iterator[Page]:
    """The page; fails if it requests anything but its own file, or has an error on its console."""
    context = chromium.new_context(**{"viewport": {"width": 1120, "height": 900}, "locale": "fr-FR", **options})
    page, wrong = context.new_page(), list[str]()

    def refuse(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: wrong.extend({request.url} if not request.url.startswith(file.as_uri()) else ()))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", refuse)
    try:
        page.goto(file.as_uri() + fragment)
        yield page
    finally:
        context.close()
    if wrong:
        raise AssertionError(f"{file.name}: {wrong}")


def tiles(page: Page) -> dict[str, str]:
    """The figures at the top, by their KPI."""
    script = "all => Object.fromEntries(all.map(one => [one.dataset.kpi, one.querySelector('.value').textContent]))"
    found: dict[str, str] = page.eval_on_selector_all("[data-kpi]", script)
    return found


def rows(page: Page, section: str) -> list[list[str]]:
    """All rows of a section's table."""
    script = """holder => {
        holder.querySelector('details').open = true;
        const more = [...holder.querySelectorAll('.length button')].find(one => one.textContent === 'Tout afficher');
        if (more) more.click();
        return [...holder.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent));
    }"""
    found: list[list[str]] = page.locator(f"#{section}").evaluate(script)
    return found


def check(case: unittest.TestCase, file: Path, totals: list[dict[str, Any]]) -> None:
    """Opens a page of the whole account and compares its figures with the totals of the marts."""
    if CHROMIUM is None:
        return  # The tests of the page are skipped then, and report it.
    with browser() as chromium, opened(chromium, file) as page:
        shown, text = tiles(page), page.evaluate("document.body.innerText")
    for word in ("undefined", "NaN", "null", "None", "[object"):
        case.assertNotIn(word, text)
    values = {total["kpi"]: total for total in totals if total["kpi"] in shown}
    case.assertEqual(set(values), set(shown))
    for kpi, total in values.items():
        if total["value"] is None:
            case.assertIn(shown[kpi], ("–", "non synchronisé"), kpi)
            continue
        found = Decimal(re.sub("[^0-9,]", "", shown[kpi]).replace(",", "."))
        wanted = Decimal(total["value"]) * (100 if total["unit"] == "taux" else 1)
        # The page has one decimal, the marts have two.
        case.assertLessEqual(abs(found - wanted), Decimal("0.055") if "," in shown[kpi] else 0, (kpi, shown[kpi]))
