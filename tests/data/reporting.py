"""Checks of every workbook and page."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from report.labels import HALF_DAYS, IN_PERSON, MODULES, REPORT
from report.marts import Marts

from .support import TOOLS

DETAILS = {
    "Stagiaires et formations": ("france_num_report", REPORT),
    "Demi-journées": ("france_num_half_days", HALF_DAYS),
    "Temps par module": ("france_num_modules", MODULES),
    "Séances en présentiel": ("in_person_training", IN_PERSON),
}


def check(
    case: unittest.TestCase, destination: str, home: Path, schema: str = "analytics"
) -> dict[str, list[tuple[Any, ...]]]:
    """Writes the report and compares it with the marts. Returns the rows of each sheet."""
    workbook, page = home / "r.xlsx", home / "r.html"
    command = [sys.executable, "-m", "report", "--database", destination, "--schema", schema]
    command += ["--workbook", str(workbook), "--page", str(page)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=TOOLS, check=False)
    case.assertEqual(ended.returncode, 0, ended.stderr)
    book = load_workbook(workbook)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    case.assertEqual(formulas, [], "texts of users are not formulas")
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    marts = Marts(destination, schema)
    totals(case, sheets["Synthèse"], marts)
    firms = {row["firm"] for row in marts.rows("france_num_report")}
    visible = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    case.assertEqual(len(visible), 1 + len(firms) + len(DETAILS), visible)
    for title, (mart, columns) in DETAILS.items():
        details(case, sheets[title], marts.rows(mart), columns)
    text = page.read_text(encoding="utf-8")
    case.assertIsNone(re.search(r"(src|href)=|url\(|@import|<script", text), "the page refers to no other file")
    case.assertNotIn(">None<", text)
    return sheets


def totals(case: unittest.TestCase, rows: list[tuple[Any, ...]], marts: Marts) -> None:
    """The cover has the totals of the marts."""
    shown = {row[0]: row[1] for row in rows if row[0]}
    for total in marts.totals():
        value = "–" if total["value"] is None else float(total["value"])
        case.assertEqual(shown[total["label"]], value, total["label"])


def details(case: unittest.TestCase, rows: list[tuple[Any, ...]], mart: list[dict[str, Any]], columns: Any) -> None:
    """A sheet has the mart's rows, and its numbers add up to the same."""
    head, *body = rows[2:]
    labels = [label for _, label, _, _ in columns]
    case.assertEqual(list(head[: len(labels)]), labels)
    body = [row for row in body if any(value is not None for value in row)]
    case.assertEqual(len(body), len(mart))
    for place, (name, label, kind, _) in enumerate(columns):
        if kind in ("int", "decimal", "rate") and mart and name in mart[0]:
            wanted = sum(Decimal(row[name]) for row in mart if row[name] is not None)
            found = sum(Decimal(str(row[place])) for row in body if row[place] is not None)
            case.assertEqual(found, wanted, label)
