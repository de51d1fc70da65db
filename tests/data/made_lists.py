"""Rows of the lists for made marts (`made_marts.py`), with values that Excel and XML do not take as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import yaml

from .made_marts import MARTS, SCHEMA, MadeMarts
from .support import ROOT

# What a learner can have written: forbidden characters, a formula, an escape of Excel, a text longer than a cell.
WRITTEN = ["a\x01b\ufffe\uffff", "=1+1", "_x0041_", "é🌸" * 15_000, "<b>&amp;</b>", " \n ", "-", "1,50"]


def models() -> list[dict[str, Any]]:
    """The contracts of all marts."""
    found = []
    for file in ("_facts.yml", "_marts.yml", "_obligations.yml"):
        content = yaml.load((ROOT / "dbt" / "models" / "marts" / file).read_text(encoding="utf-8"), yaml.CSafeLoader)
        found += content["models"]
    return found


def made(file: Path, firms: list[str]) -> str:
    """The address of a DuckDB file with all marts that the workbook reads."""
    marts = MadeMarts(file, firms)
    labels = ROOT / "dbt" / "seeds" / "learning360__labels.csv"
    seed = f"{SCHEMA}_learning360_seeds.learning360__labels"
    with duckdb.connect(str(file)) as database:
        database.execute(f"create table {seed} as from read_csv('{labels}', all_varchar = true)")
        prefix = f"{MARTS}.learning360__"
        for model in models():
            columns = ", ".join(f'"{one["name"]}" {one["data_type"]}' for one in model["columns"] if "data_type" in one)
            if "custom_fields" not in model["name"]:
                database.execute(f"create table if not exists {MARTS}.{model['name']} ({columns})")
        database.execute(
            f"create table {prefix}learner_custom_fields as select source_relation, user_id, "
            f"case when row_number() over (order by user_id) = 1 then date '1850-01-02' "
            f"when row_number() over (order by user_id) = 2 then date '9999-12-31' "
            f"else date '1985-05-12' end as cf_ne, "
            f"user_id || ' ' as cf_nom from {prefix}learners"
        )
        table = f"{prefix}custom_field_columns"
        field = f"insert into {table} (source_relation, column_name, field_name, data_type, position) "
        source = f"(select min(source_relation) from {prefix}learners)"
        database.execute(field + f"values ({source}, 'cf_ne', ?, 'date', 1)", ["Né\ufffele\x02"])
        database.execute(field + f"values ({source}, 'cf_nom', 'nom', 'text', 2)")
        database.execute(
            f"insert into {prefix}france_num_report by name select f.source_relation, f.training_id, f.training_kind, "
            f"f.user_id, l.display_name, l.first_name, l.last_name, f.firm_of_report as firm, l.agency, l.region, "
            f"f.training_name, f.timing, f.start_date, f.end_date, f.enrolled_date, f.completed_date, "
            f"false as is_archived, "
            f"0 as attended_hours, 0 as in_person_hours, 0 as virtual_hours, 0 as total_hours, "
            f"list_extract(?, 1 + (row_number() over (order by f.training_id) % {len(WRITTEN)})::int) as comments "
            f"from {prefix}facts_trainings f join {prefix}learners l using (source_relation, user_id)",
            [WRITTEN],
        )
        database.execute(
            f"insert into {prefix}france_num_half_days by name select source_relation, attendance_id, training_id, "
            f"user_id, "
            f"slot_id, slot_date, sheet_id, half_day, is_virtual, false as is_present, false as is_signed, "
            f"1 as sheet_position "
            f"from {prefix}facts_half_days where training_id is not null"
        )
    return marts.address
