"""Checks of every workbook and page."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Any

from learning360.loading.database import open_database
from learning360.report import PAGE, WORKBOOK
from learning360.report.marts import Marts
from openpyxl import load_workbook

from . import browser

__all__ = ["WORKBOOK", "Sheets", "body", "check", "cover", "numbers", "read", "visible", "write"]

Sheets = dict[str, list[tuple[Any, ...]]]

# Of each list: its mart, and columns of the mart by their titles, whose numbers add up to the same.
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "Formations": (
        "france_num_report",
        {
            "Progression (%)": "progress",
            "Note (%)": "score",
            "Heures en présentiel": "in_person_hours",
            "Heures en classe virtuelle": "virtual_hours",
            "Heures au total": "total_hours",
            "Modules": "modules",
            "Temps dans les modules (min)": "module_minutes",
            "Demi-journées": "half_days",
            "dont signées": "half_days_signed",
            "dont présent": "half_days_present",
            "Taux de présence (feuilles signées)": "attendance_rate",
            "Satisfaction (note)": "satisfaction",
        },
    ),
    "Émargement": ("france_num_half_days", {"Durée (h)": "duration_hours"}),
    "Temps par module": (
        "france_num_modules",
        {"N°": "position", "Temps (min)": "time_minutes", "Tentatives": "attempts"},
    ),
    "Séances en présentiel": (
        "in_person_training",
        {"Inscrits": "registered", "Lignes signées": "signed_lines", "Satisfaction (note)": "satisfaction"},
    ),
    "Certificats de réalisation": ("completion_certificates", {"Heures au total": "total_hours"}),
    "Renouvellements": ("renewals", {"Validité (mois)": "validity_months"}),
    "BPF - stagiaires": ("bpf_trainees", {"Stagiaires": "trainees", "Heures-stagiaires": "trainee_hours"}),
    "BPF - formateurs": ("bpf_trainers", {"Séances": "slots", "Heures": "hours"}),
    "Qualiopi": ("qualiopi", {"Stagiaires": "trainees", "Abandons": "dropped", "Note moyenne (%)": "average_score"}),
}  # fmt: skip
# Sheets without a mart of the same rows.
OTHERS = (
    "Synthèse",
    "Prévisions",
    "Régions",
    "Répartition",
    "Stagiaires",
    "Entreprises",
    "Séances en ligne",
    "Places restantes",
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ENGLISH = re.compile(
    "None|True|true|False|false|path|classroom|past|running|coming|unknown|present|absent|morning|afternoon|signed|active"
)


def check(case: unittest.TestCase, destination: str, home: Path, schema: str = "analytics") -> Sheets:
    """Writes the report and compares it with the marts. Returns the rows of each sheet."""
    ended = write(destination, home, "--schema", schema)
    case.assertEqual(ended.returncode, 0, ended.stderr)
    sheets = read(case, home / WORKBOOK)
    with open_database(destination) as database:
        marts = Marts(database, schema)
        shown = cover(sheets)
        for total in marts.totals():
            value = "–" if total["value"] is None else float(total["value"])
            case.assertEqual(shown[total["label"]], value, total["label"])
        firms = {row["firm"] for row in marts.rows("france_num_report")}
        case.assertEqual(len(visible(home / WORKBOOK)), len(OTHERS) + len(LISTS) + len(firms))
        for title, (mart, columns) in LISTS.items():
            same_sums(case, title, sheets[title], marts.rows(mart), columns)
        case.assertEqual(
            len(body(sheets["Stagiaires"])), len({row["user_id"] for row in marts.rows("france_num_report")})
        )
        browser.check(case, home / PAGE, marts.totals())
    return sheets


def write(destination: str, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "learning360", "report", "--database", destination, "--output", str(home)]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def read(case: unittest.TestCase, file: Path) -> Sheets:
    """The rows of each sheet; no cell is a formula or English, and each table covers its rows."""
    book = load_workbook(file)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                case.assertNotEqual(
                    cell.data_type, "f", f"{sheet.title} {cell.coordinate}: texts of users are not formulas"
                )
                if isinstance(cell.value, str):
                    case.assertIsNone(ENGLISH.fullmatch(cell.value), f"{sheet.title} {cell.coordinate} {cell.value}")
        for table in sheet.tables.values():
            # A table without rows has an empty one.
            case.assertEqual(int(table.ref.split(":")[1].lstrip(LETTERS)), max(sheet.max_row, 4), sheet.title)
            heads = [cell.value for cell in sheet[3][: len(table.tableColumns)]]
            case.assertEqual(heads, [column.name for column in table.tableColumns], sheet.title)
    names = [name for sheet in book for name in sheet.tables]
    case.assertEqual(len(names), len(set(names)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def visible(file: Path) -> list[str]:
    return [sheet.title for sheet in load_workbook(file, read_only=True) if sheet.sheet_state == "visible"]


def cover(sheets: Sheets) -> dict[str, Any]:
    """The totals of the cover by their names."""
    return {row[0]: row[1] for row in sheets["Synthèse"] if row[0]}


def body(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The rows of a list by the titles of its columns."""
    return [dict(zip(rows[2], row, strict=True)) for row in rows[3:] if any(value is not None for value in row)]


def numbers(rows: list[dict[str, Any]], name: str) -> Decimal:
    """The sum of the numbers in a column, without texts that explain why one is missing."""
    values = [row[name] for row in rows if not isinstance(row[name], str)]
    return sum((round(Decimal(str(value)), 4) for value in values if value is not None), Decimal(0))


def same_sums(
    case: unittest.TestCase,
    title: str,
    rows: list[tuple[Any, ...]],
    mart: list[dict[str, Any]],
    columns: dict[str, str],
) -> None:
    """A sheet has the mart's rows, and its numbers add up to the same."""
    found = body(rows)
    case.assertEqual(len(found), len(mart), title)
    for label, name in columns.items():
        if found:
            case.assertEqual(numbers(found, label), numbers(mart, name), f"{title}: {label}")
