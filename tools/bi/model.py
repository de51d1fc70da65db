"""The tables of BI tools: their marts, columns with French titles, keys and dates. Names come from the contracts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt" / "models"
# Codes that people read as a label of the seed.
LABELS = {"timing": "timing", "half_day": "half_day", "training_kind": "training_kind", "status": "user_status"}


class Table(NamedTuple):
    """`keys` are ids that are made unique across accounts; the first date has the active relation to the calendar."""

    name: str
    mart: str
    description: str
    keys: dict[str, str]
    dates: tuple[str, ...] = ()
    # Facts show no figure of one row, and no firm: measures and learners have them.
    is_fact: bool = False


TABLES = [
    Table(
        "Formations",
        "learning360__facts_trainings",
        "Une ligne par client et formation.",
        {"training_key": "training_id", "learner_key": "user_id"},
        ("enrolled_date", "start_date", "completed_date", "online_date"),
        is_fact=True,
    ),
    Table(
        "Inscriptions aux séances",
        "learning360__facts_registrations",
        "Une ligne par inscription à une séance, client ou non.",
        {"learner_key": "user_id"},
        ("slot_date",),
        is_fact=True,
    ),
    Table(
        "Demi-journées",
        "learning360__facts_half_days",
        "Une ligne par feuille d'émargement et stagiaire, client ou non.",
        {"learner_key": "user_id", "sheet_key": "sheet_id"},
        ("slot_date",),
        is_fact=True,
    ),
    Table(
        "Appréciations",
        "learning360__facts_feedback",
        "Une ligne par réponse qui compte.",
        {"learner_key": "user_id"},
        ("answered_date",),
        is_fact=True,
    ),
    Table(
        "Séances",
        "learning360__kpi_slot_fill",
        "Une ligne par séance. Une place appartient à une séance, donc à aucun cabinet.",
        {},
        ("slot_date",),
    ),
    Table(
        "Stagiaires",
        "learning360__learners",
        "Une ligne par utilisateur de la plateforme, avec son entreprise.",
        {"learner_key": "user_id"},
    ),
    Table("Calendrier", "learning360__dates", "Le calendrier, un pour tous les comptes.", {}),
]
LEARNERS, CALENDAR = "Stagiaires", "Calendrier"
# The columns that sort another one: names of months sort by their first day.
SORTED_BY = {"quarter_name": "quarter_order", "month_name": "month", "weekday_name": "weekday"}
# Learners without these are shown with a label, as in the marts.
GROUPS = ("firm", "agency", "region")
HIDDEN = {"start_at", "end_at", "Séances.month"}


class Column(NamedTuple):
    """A column of a table; `source` is the column of the mart that it is, or that it is made from."""

    name: str
    source: str
    data_type: str
    title: str
    description: str
    is_hidden: bool


def contracts() -> dict[str, dict[str, str]]:
    """The type of each column of each mart that has a contract."""
    found = {}
    for file in sorted((MODELS / "marts").glob("*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            if "contract" in model.get("config", {}):
                found[model["name"]] = {one["name"]: one["data_type"] for one in model["columns"]}
    return found


def metrics() -> dict[str, tuple[str, str]]:
    """Title and description of each metric of the dbt package."""
    content = yaml.safe_load((MODELS / "semantic" / "_metrics.yml").read_text(encoding="utf-8"))
    return {one["name"].removeprefix("learning360_"): (one["label"], one["description"]) for one in content["metrics"]}


def labels() -> dict[str, dict[str, str]]:
    """The French label of each code, by kind of code."""
    found: dict[str, dict[str, str]] = {}
    with (ROOT / "dbt" / "seeds" / "learning360__labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["kind"], {})[row["code"]] = row["label"]
    return found


def titles() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load((Path(__file__).with_name("titles.yml")).read_text(encoding="utf-8"))
    return found


def columns(table: Table, of_marts: dict[str, dict[str, str]], shown: dict[str, list[str]]) -> list[Column]:
    """The columns of the contract, then labels and keys. A column that people see needs a title."""
    found = []
    contract = of_marts[table.mart]
    for name, data_type in contract.items():
        is_hidden = (
            name.endswith("_id")
            or name in LABELS
            or name in HIDDEN
            or f"{table.name}.{name}" in HIDDEN
            or (table.is_fact and (name in GROUPS or (data_type != "text" and name in SUMMED)))
        )
        found.append(titled(table, name, name, data_type, shown, is_hidden))
    found += [
        titled(table, f"{name}_label", name, "text", shown, is_hidden=False) for name in contract if name in LABELS
    ]
    if "quarter_name" in contract:
        found.append(titled(table, "quarter_order", "quarter", "bigint", shown, is_hidden=True))
    return found + [titled(table, key, source, "text", shown, is_hidden=True) for key, source in table.keys.items()]


def titled(
    table: Table, name: str, source: str, data_type: str, shown: dict[str, list[str]], is_hidden: bool
) -> Column:
    if is_hidden:
        return Column(name, source, data_type, name, "", is_hidden)
    title = shown.get(f"{table.name}.{name}") or shown.get(name)
    if not title:
        raise SystemExit(f"The column {name} of {table.mart} has no French title: add it to tools/bi/titles.yml.")
    return Column(name, source, data_type, title[0], title[1], is_hidden)


# What measures add up: no figure of one row of a fact is shown.
SUMMED = frozenset(
    """enrolments enrolments_completed enrolments_successful completions clients_trained score scores online_ms
    registrations declined attended recorded lines signed_lines signed_present attended_ms answers score_percent
    recommended recommendations""".split()
)
