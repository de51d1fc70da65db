"""Reports of a firm and of a quarter, compared with facts that the oracle computes from the sandbox's rows."""

from __future__ import annotations

import html
import unittest
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from . import reporting

Row = dict[str, Any]
Rows = dict[str, list[Row]]
QUARTERS = {"2025-T2": (date(2025, 4, 1), date(2025, 6, 30)), "T1 2026": (date(2026, 1, 1), date(2026, 3, 31))}


def rate(part: Any, whole: int, places: str = "0.0001") -> Any:
    """As the cover shows it."""
    return float((Decimal(part) / whole).quantize(Decimal(places), ROUND_HALF_UP)) if whole else "–"


def totals(marts: Rows, inside: Callable[[Any], bool], firm: str | None) -> Row:
    """What the cover must show, by label, for a period and a firm."""
    firms = {row["training_id"]: row["firm_of_report"] for row in marts["facts_trainings"]}

    def mine(mart: str, day: str) -> Iterable[Row]:
        for row in marts[mart]:
            owner = firms.get(row["training_id"], row["firm"])
            if inside(row[day]) and firm in (None, owner):
                yield row

    enrolled = [row for row in mine("facts_trainings", "enrolled_date") if row["enrolments"]]
    done = sum(row["enrolments_completed"] for row in enrolled)
    scores = [row["score"] for row in enrolled if row["score"] is not None]
    registered = list(mine("facts_registrations", "slot_date"))
    lines = list(mine("facts_half_days", "slot_date"))
    signed = [line for line in lines if line["signed_lines"]]
    slots = {(row["slot_id"], row["is_virtual"]) for row in [*registered, *lines]}
    if firm is None:
        slots = {
            (row["slot_id"], row["is_virtual"])
            for row in marts["kpi_slot_fill"]
            if inside(row["slot_date"] or (row["end_local"] and row["end_local"].date()))
        }
    recorded = [row for row in registered if row["recorded"]]
    return {
        "Clients inscrits": len({row["user_id"] for row in enrolled}),
        "Clients formés": sum(row["clients_trained"] for row in mine("facts_trainings", "completed_date")),
        "Inscriptions": len(enrolled),
        "Inscriptions terminées": done,
        "Inscriptions réussies": sum(row["enrolments_successful"] for row in enrolled),
        "Taux d'achèvement": rate(done, len(enrolled)),
        "Heures de formation en ligne": rate(
            sum(row["online_ms"] or 0 for row in mine("facts_trainings", "online_date")), 3_600_000, "0.01"
        ),
        "Note moyenne": rate(sum(scores), len(scores), "0.01"),
        "Séances": len(slots),
        "Séances en présentiel": sum(not is_virtual for _, is_virtual in slots),
        "Inscriptions aux séances": len(registered),
        "dont refus": sum(row["declined"] for row in registered),
        "Taux de participation": rate(sum(row["attended"] for row in recorded), len(recorded)),
        "Taux de présence (feuilles signées)": rate(sum(line["signed_present"] for line in signed), len(signed)),
    }


def check(case: unittest.TestCase, destination: str, expected: Rows, home: Path) -> None:
    """Writes a file per firm and reports of quarters, and compares each cover and its lists with the expected facts."""
    marts = {name.removeprefix("learning360__"): rows for name, rows in expected.items()}
    firms = {row["firm_of_report"] for row in marts["facts_trainings"]}
    everything: Callable[[Any], bool] = lambda _: True  # noqa: E731 - beside the others
    folder = home / "firms"
    ended = reporting.write(destination, home, "--per-firm", str(folder))
    case.assertEqual(ended.returncode, 0, ended.stderr)
    files = sorted(folder.glob("*.xlsx"))
    case.assertEqual(len(files), len(firms))
    seen = set()
    for file in files:
        sheets = reporting.read(case, file)
        (firm,) = (
            str(row[0]).removeprefix("Cabinet : ") for row in sheets["Synthèse"][:4] if "Cabinet : " in str(row[0])
        )
        seen.add(firm)
        compare(case, sheets, marts, everything, firm)
        without_others(case, file, marts, firm)
    case.assertEqual(seen, firms)
    for page in folder.glob("*.html"):
        (firm,) = (one for one in firms if reporting_slug(one) in page.name)
        without_others(case, page, marts, firm)
    for name, (first, last) in QUARTERS.items():
        inside: Callable[[Any], bool] = lambda day, a=first, b=last: day is not None and a <= day <= b  # type: ignore[misc] # noqa: E731
        for one in (None, min(firms)):
            options = ("--firm", one.upper()) if one else ()
            place = home / "quarter"
            ended = reporting.write(destination, place, "--quarter", name, *options)
            case.assertEqual(ended.returncode, 0, ended.stderr)
            compare(case, reporting.read(case, place / reporting.WORKBOOK), marts, inside, one)


def reporting_slug(firm: str) -> str:
    from learning360.report.files import slug  # noqa: PLC0415 - only the name of the file is taken from the code

    return slug(firm)


def compare(
    case: unittest.TestCase, sheets: reporting.Sheets, marts: Rows, inside: Callable[[Any], bool], firm: str | None
) -> None:
    """The totals of the cover, the trainings in the list, their hours, and the half-days."""
    shown, wanted = reporting.cover(sheets), totals(marts, inside, firm)
    case.assertEqual({label: shown.get(label) for label in wanted}, wanted)
    firms = {row["training_id"]: row["firm_of_report"] for row in marts["facts_trainings"]}
    days: dict[str, set[Any]] = {row["training_id"]: set() for row in marts["facts_trainings"]}
    for row in marts["facts_trainings"]:
        days[row["training_id"]] |= {row[name] for name in ("enrolled_date", "completed_date", "online_date")}
    for row in [*marts["facts_half_days"], *marts["facts_registrations"]]:
        if row["training_id"]:
            days[row["training_id"]].add(row["slot_date"])
    listed = {one for one, found in days.items() if firm in (None, firms[one]) and any(map(inside, found))}
    rows = reporting.body(sheets["Formations"])
    case.assertEqual({row["Identifiant de la formation"] for row in rows}, listed)
    ms = sum(
        row["online_ms"] or 0
        for row in marts["facts_trainings"]
        if row["training_id"] in listed and inside(row["online_date"])
    )
    found = reporting.numbers(rows, "Heures en ligne")
    case.assertLessEqual(abs(found - Decimal(ms) / 3_600_000), Decimal("0.005") * len(rows))
    lines = [row for row in marts["facts_half_days"] if row["training_id"] in listed and inside(row["slot_date"])]
    case.assertEqual(len(reporting.body(sheets["Émargement"])), len(lines))
    case.assertEqual(reporting.numbers(rows, "dont présent"), sum(line["signed_present"] for line in lines))
    of_clients(case, sheets, marts, inside, firm)
    known_hours(case, rows, lines)
    learners = {row["user_id"] for row in marts["facts_trainings"] if row["training_id"] in listed}
    case.assertEqual({row["Identifiant du stagiaire"] for row in reporting.body(sheets["Stagiaires"])}, learners)
    companies = reporting.body(sheets["Entreprises"])
    case.assertEqual(reporting.numbers(companies, "Stagiaires"), len(learners))
    case.assertEqual(reporting.numbers(companies, "Formations"), len(listed))


def of_clients(
    case: unittest.TestCase, sheets: reporting.Sheets, marts: Rows, inside: Callable[[Any], bool], firm: str | None
) -> None:
    """The sheets of firms, regions and months to come count the registrations and half-days of clients only."""
    firms = {row["training_id"]: row["firm_of_report"] for row in marts["facts_trainings"]}
    registered, lines = (
        [
            row | {"firm": firms.get(row["training_id"], row["firm"])}
            for row in marts[mart]
            if row["is_client"]
            and inside(row["slot_date"])
            and firm in (None, firms.get(row["training_id"], row["firm"]))
        ]
        for mart in ("facts_registrations", "facts_half_days")
    )

    def signed(own: list[Row]) -> tuple[Any, ...]:
        ms = [row["attended_ms"] for row in own if not row["is_virtual"]]
        hours = None if None in ms else rate(sum(ms), 3_600_000, "0.01")
        there, whole = (sum(row[name] for row in own) for name in ("signed_present", "signed_lines"))
        return hours, whole, rate(there, whole)

    names = "Heures en présentiel", "Demi-journées signées", "Taux de présence (feuilles signées)"
    for row in reporting.body(sheets["Régions"]):
        own = [line for line in lines if line["region"] == row["Région"]]
        wanted = tuple(None if value == "–" else value for value in signed(own))
        case.assertEqual(tuple(row[name] for name in names), wanted, row["Région"])
        count = sum(one["region"] == row["Région"] for one in registered)
        case.assertEqual(row["Inscriptions aux séances"], count, row["Région"])
    for name in {row["firm_of_report"] for row in marts["facts_trainings"]} & set(sheets):
        shown = {row[0]: row[1] for row in sheets[name] if row[0]}
        hours, *others = signed([line for line in lines if line["firm"] == name])
        wanted = ("–" if hours is None else hours, *others)
        case.assertEqual(tuple(shown[label] for label in names), wanted, name)
    months: dict[Any, int] = {}
    for one in registered:
        if one["timing"] == "coming" and one["slot_date"]:
            month = one["slot_date"].replace(day=1)
            months[month] = months.get(month, 0) + 1
    found = {
        row["Mois"].date(): row["Inscriptions aux séances à venir"] for row in reporting.body(sheets["Prévisions"])
    }
    case.assertEqual({month: count for month, count in found.items() if count}, months)


def known_hours(case: unittest.TestCase, rows: list[Row], lines: list[Row]) -> None:
    """The hours of a training are empty where those of a slot are unknown, and never where all are known."""
    for title, is_virtual in (("Heures en présentiel", False), ("Heures en classe virtuelle", True)):
        unknown = {
            line["training_id"] for line in lines if line["is_virtual"] is is_virtual and line["attended_ms"] is None
        }
        empty = {row["Identifiant de la formation"] for row in rows if row[title] is None}
        case.assertEqual(empty, unknown, title)


def without_others(case: unittest.TestCase, file: Path, marts: Rows, firm: str) -> None:
    """No part of the file has the name of another firm, or anything that identifies one of its learners."""
    text = content(file)
    mine = {row["user_id"] for row in marts["facts_trainings"] if row["firm_of_report"] == firm}
    names = "email user_id siret file_number".split()
    own = {row[name] for row in marts["learners"] if row["user_id"] in mine for name in names}
    secrets = {row["firm_of_report"] for row in marts["facts_trainings"]} - {firm}
    for row in marts["france_num_report"]:
        if row["user_id"] not in mine:
            secrets |= {row[name] for name in ("training_id", *names)} - own
    found = [secret for secret in secrets - {None, ""} if secret in text]
    case.assertEqual(found, [], file.name)


def content(file: Path) -> str:
    """All text of a file; of a workbook that of all its parts."""
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as parts:
            raw = b"\n".join(parts.read(name) for name in parts.namelist())
    else:
        raw = file.read_bytes()
    return html.unescape(raw.decode("utf-8", "replace"))
