"""The pages of docs/fr: what they name exists. `test_wheels.py` runs their commands."""

from __future__ import annotations

import csv
import re

from .support import ROOT, Case

FRENCH = ROOT / "docs" / "fr"
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted(FRENCH.glob("*.md"))}
SCOPE = re.compile(r"^\| `(\w+:read)` \| (.+?) \|", re.M)


def names(text: str) -> set[str]:
    """The names of streams in a cell."""
    return set(re.findall(r"`(\w+)`", text))


class FrenchPages(Case):
    def test_each_scope_is_named_with_the_streams_that_need_it(self) -> None:
        generated = (ROOT / "docs" / "360learning.md").read_text(encoding="utf-8")
        needed = {scope: names(streams) for scope, streams in SCOPE.findall(generated)}
        shown = SCOPE.findall(PAGES["identifiants"])
        self.assertEqual({scope for scope, _ in shown}, set(needed))
        for scope, streams in shown:
            self.assertLessEqual(names(streams), needed[scope], scope)
        every = set().union(*needed.values())
        self.assertEqual(set().union(*(names(streams) for _, streams in shown)), every)

    def test_each_kpi_and_each_kind_of_warning_is_explained(self) -> None:
        page = PAGES["indicateurs"]
        seeds = ROOT / "dbt" / "seeds"
        with (seeds / "learning360__kpi_definitions.csv").open(encoding="utf-8") as file:
            labels = [row["label"] for row in csv.DictReader(file)]
        totals = page.split("## Les indicateurs de la synthèse")[1].split("###")[0]
        self.assertEqual(re.findall(r"^\| \*\*(.+?)\*\* \|", totals, re.M), labels)
        with (seeds / "learning360__labels.csv").open(encoding="utf-8") as file:
            statuses = [row["label"] for row in csv.DictReader(file) if row["kind"] == "status"]
        results = page.split("### Les résultats")[1].split("##")[0]
        self.assertEqual(set(re.findall(r"^\| (.+?) \|", results, re.M)[2:]), set(statuses))
        query = (ROOT / "dbt" / "models" / "marts" / "learning360__warnings.sql").read_text()
        kinds = set(re.findall(r"'(?:warning|note)'(?: as level)?, '([^']+)'", query))
        warnings = page.split("## Les avertissements")[1]
        shown = set(re.findall(r"^\| `([a-z ]+)` \|", warnings, re.M))
        self.assertLessEqual(kinds, shown)
        for kind in shown:
            self.assertIn(f"'{kind}'", query)
