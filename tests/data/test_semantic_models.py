"""The semantic models for MetricFlow: nothing adds up what must be counted."""

from __future__ import annotations

import re

import yaml

from .support import ROOT, Case
from .test_bi import CONTRACTS

PLACE = ROOT / "dbt" / "models" / "semantic"
MODELS = yaml.safe_load((PLACE / "_semantic_models.yml").read_text(encoding="utf-8"))["semantic_models"]
METRICS = yaml.safe_load((PLACE / "_metrics.yml").read_text(encoding="utf-8"))["metrics"]
# 0 or 1, milliseconds, scores and places: each row of a mart has its own, so that their sum counts nothing twice.
ADDITIVE = set(
    """enrolments enrolments_completed enrolments_successful completions clients_trained score scores online_ms
    registrations declined attended recorded lines signed_lines signed_present attended_ms answers score_percent
    recommended recommendations capacity registered seats_left waitlisted""".split()
)
# Columns that only choose rows.
CONDITIONS = {"training_kind"}


def columns(model: str, expression: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub("'[^']*'", "", expression))) & set(CONTRACTS[model])


class SemanticModels(Case):
    def test_people_slots_sheets_and_trainings_are_counted_and_never_added_up(self) -> None:
        for model in MODELS:
            mart = re.findall(r"ref\('(\w+)'\)", model["model"])[0]
            for measure in model.get("measures", []):
                used = columns(mart, measure["expr"])
                if measure["agg"] == "count_distinct":
                    self.assertIn("source_relation", used, measure["name"])
                    self.assertEqual(len({name for name in used if name.endswith("_id")}), 1, measure["name"])
                else:
                    self.assertEqual(measure["agg"], "sum", measure["name"])
                    self.assertTrue(used)
                    self.assertLessEqual(used, ADDITIVE | CONDITIONS, measure["name"])

    def test_ids_of_two_accounts_never_meet(self) -> None:
        for model in MODELS:
            for entity in model["entities"]:
                self.assertRegex(entity["expr"], r"^source_relation \|\| '\|' \|\| \w+_id$")

    def test_names_carry_the_package_and_titles_are_unique(self) -> None:
        entities = [entity for model in MODELS for entity in model["entities"]]
        measures = [measure for model in MODELS for measure in model.get("measures", [])]
        for one in (*MODELS, *METRICS, *entities, *measures):
            self.assertRegex(one["name"], "^learning360_[a-z_]+$")
        titles = [one["label"] for one in METRICS]
        self.assertEqual(len(titles), len(set(titles)))
        for one in (*MODELS, *METRICS):
            self.assertTrue(one["label"] and one["description"])
        for model in MODELS:
            for dimension in model["dimensions"]:
                self.assertTrue(dimension["label"] and dimension["description"], dimension["name"])
