"""Marts of an account that no sync has made, in DuckDB: with the columns of the contracts, and rows of a fixed seed.

They have what a sandbox has not: many firms, hostile names, rows without dates, clients who moved to another firm.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import yaml

from .support import ROOT

ACCOUNT, SCHEMA = "raw_360learning", "analytics"
AS_OF = dt.datetime.fromisoformat("2026-06-30 09:30")
MARTS = f"{SCHEMA}_learning360_marts"
UNKNOWN = "Non renseigné"
REGIONS = ["Bretagne", "Normandie", "Occitanie", UNKNOWN]
DIMENSIONS = ("department", "kind", "sector", "company_size", "headcount_band")
HOSTILE = [
    "</script><script>document.title='broken'</script>",
    "<img src=x onerror=alert(1)> & \"Fils\" 'Œuf'",
    "مكتب المحاسبة",
    "\uffff\ufffe\u2028 fin",
    "Cabinet " + "très" * 60 + " long",
    "None",
]

Row = dict[str, Any]


class MadeMarts:
    """A DuckDB file with the marts of an account; without firms it is empty."""

    def __init__(
        self, file: Path, firms: list[str], *, seed: int = 360, synced: bool = True, dated: bool = True
    ) -> None:
        self.address = f"duckdb:{file}"
        self.random, self.synced, self.dated = random.Random(seed), synced, dated
        self.rows: dict[str, list[Row]] = {name: [] for name in contracts()}
        self.users = self._users(firms)
        for number, user in enumerate(self.users):
            self._trainings(number, user, firms)
        self._slots(min(300, 24 * len(firms)))
        self._answers()
        self._totals()
        self._write(file)

    def day(self, first: str = "2024-01-01", days: int = 900) -> dt.date | None:
        """A day, or none."""
        found = dt.date.fromisoformat(first) + dt.timedelta(self.random.randrange(days))
        return found if self.dated and self.random.random() > 0.03 else None

    def _users(self, firms: list[str]) -> list[Row]:
        choose, users = self.random.choice, []
        for number in range(9 * len(firms)):
            firm = firms[number % len(firms)]
            agency = f"Agence {number % 2 + 1} de {firm}" if number % 7 else None
            region = choose([*REGIONS[:-1], None])
            row = {"user_id": f"u{number}", "firm": firm, "agency": agency, "region": region, "is_client": True}
            row |= {name: choose([f"{name} 1", f"{name} 2", f"{name} 10", None]) for name in DIMENSIONS}
            users.append(row)
        self.rows["learners"] = users
        return users

    def home(self, user: Row) -> Row:
        return {name: user[name] or UNKNOWN for name in ("firm", "agency", "region")}

    def of(self, user: Row, number: int) -> Row:
        """A learner, and in two of three rows their first training."""
        training = f"t{user['user_id'][1:]}-0" if number % 3 else None
        return {"user_id": user["user_id"], "training_id": training, **self.home(user)}

    def _trainings(self, number: int, user: Row, firms: list[str]) -> None:
        first = True
        for nth in range(self.random.randrange(1, 6)):
            completed = self.day() if self.random.random() < 0.6 else None
            is_archived, timing = (
                self.random.random() < 0.1,
                self.random.choice(["past", "running", "coming", "unknown"]),
            )
            start = None if timing == "unknown" else self.day("2026-07-01" if timing == "coming" else "2024-01-01", 300)
            moved = self.random.random() < 0.1
            row = {
                "training_id": f"t{number}-{nth}",
                "training_kind": "path",
                "user_id": user["user_id"],
                **self.home(user),
                "firm_of_report": self.random.choice(firms) if moved else user["firm"],
                "timing": timing,
                "start_date": start,
                "enrolled_date": self.day(),
                "completed_date": completed,
                "online_date": completed or self.day(),
                "enrolments": int(not is_archived),
                "enrolments_completed": int(completed is not None and not is_archived),
                "completions": int(completed is not None),
                "clients_trained": int(completed is not None and first),
                "online_ms": self.random.randrange(9_000_000),
            }
            first = first and completed is None
            self.rows["facts_trainings"].append(row)
            for module in self.random.sample(range(40), 2 if self.synced else 0):
                self.rows["kpi_time_per_learner_module"].append(
                    {
                        "user_id": user["user_id"],
                        "firm": user["firm"],
                        "learner_module_id": f"m{number}-{nth}-{module}",
                        "path_id": f"p{module % 4}",
                        "path_name": f"Parcours {module % 4}",
                        "course_id": f"c{module}",
                        "course_name": f"Module {module}",
                        "time_minutes": self.random.randrange(90_000) / 100,
                        "best_score": self.random.choice([None, self.random.randrange(101)]),
                    }
                )

    def _slots(self, slots: int) -> None:
        for number in range(slots):
            day = self.day("2025-01-01", 700)
            start = dt.datetime.combine(day, dt.time(9, 30)) if day else None
            timing = "unknown" if start is None else "coming" if start > AS_OF else "past"
            is_virtual = self.random.random() < 0.4
            people = self.random.sample(self.users, min(len(self.users), self.random.randrange(0, 9)))
            declined = [int(self.random.random() < 0.1) for _ in people]
            slot = {"slot_id": f"s{number}", "timing": timing, "is_virtual": is_virtual}
            self.rows["kpi_slot_fill"].append(
                {
                    **slot,
                    "slot_name": f"Séance {number}",
                    "group_name": self.random.choice([f"Groupe {number % 5}", None]),
                    "start_local": start,
                    "slot_date": day,
                    "capacity": self.random.choice([None, 0, 8, 12]),
                    "registered": len(people),
                    "declined": sum(declined),
                    "waitlisted": self.random.randrange(3) if self.synced else None,
                }
            )
            for place, (user, refused) in enumerate(zip(people, declined, strict=True)):
                is_client = self.random.random() > 0.1
                who = {**slot, "slot_date": day, "is_client": is_client, **self.of(user, number)}
                who |= {} if is_client else {"training_id": None}
                self.rows["facts_registrations"].append(
                    {**who, "registration_id": f"r{number}-{place}", "registrations": 1, "declined": refused}
                )
                signed = int(self.random.random() < 0.8)
                present = int(signed and self.random.random() < 0.85)
                # Some slots have neither an end nor a duration.
                duration = None if number % 12 == 5 else 900_007 * number
                line: Row = {"lines": 1, "signed_lines": signed, "signed_present": present}
                line["attended_ms"] = duration if present else 0
                self.rows["facts_half_days"].append({**who, "attendance_id": f"a{number}-{place}", **line})

    def _answers(self) -> None:
        for number, user in enumerate(self.users if self.synced else []):
            scored, asked = int(self.random.random() < 0.9), int(self.random.random() < 0.7)
            self.rows["facts_feedback"].append(
                {
                    "answer_id": f"f{number}",
                    **self.of(user, number),
                    "answered_date": self.day("2025-06-01", 380),
                    "answers": 1,
                    "score_percent": self.random.randrange(10_001) / 100 if scored else None,
                    "scores": scored,
                    "recommended": int(asked and self.random.random() < 0.9),
                    "recommendations": asked,
                }
            )

    def _totals(self) -> None:
        totals = {"as_of": AS_OF, "as_of_local": AS_OF, "period_end_date": AS_OF.date()}
        self.rows["kpi_overview"] = [{**totals, "answers": len(self.rows["facts_feedback"]) if self.synced else None}]
        for stream in () if self.synced else ("course_stats", "classroom_slot_waitlist"):
            self.rows["warnings"].append({"kind": "stream not synced", "place": stream})

    def _write(self, file: Path) -> None:
        with duckdb.connect(str(file)) as database:
            database.execute(f"create schema {MARTS}; create schema {SCHEMA}_learning360_seeds")
            for name, columns in contracts().items():
                table = f"{MARTS}.learning360__{name}"
                types = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                database.execute(f"create table {table} ({types})")
                rows = [{"source_relation": ACCOUNT, **row} for row in self.rows[name]]
                # One insert of columns: a thousand times as fast as rows.
                values = pyarrow.table({column: [row.get(column) for row in rows] for column in columns})
                database.register("made", values)
                database.execute(f"insert into {table} select * from made")
            seed = f"{SCHEMA}_learning360_seeds.learning360__kpi_definitions"
            database.execute(f"create table {seed} (position bigint, kpi text, label text, unit text, definition text)")
            with (ROOT / "dbt" / "seeds" / "learning360__kpi_definitions.csv").open(encoding="utf-8") as definitions:
                database.executemany(f"insert into {seed} values (?, ?, ?, ?, ?)", list(csv.reader(definitions))[1:])


NEEDED = """facts_trainings facts_registrations facts_half_days facts_feedback learners kpi_overview kpi_slot_fill
kpi_time_per_learner_module kpi_learner_breakdown warnings""".split()


@functools.cache
def contracts() -> dict[str, dict[str, str]]:
    """The columns, with their types, of the marts that the page reads."""
    models = []
    for file in ("_facts.yml", "_marts.yml"):
        content = yaml.load((ROOT / "dbt" / "models" / "marts" / file).read_text(encoding="utf-8"), yaml.CSafeLoader)
        models += content["models"]
    named = {model["name"].removeprefix("learning360__"): model for model in models}
    return {name: {one["name"]: one["data_type"] for one in named[name]["columns"]} for name in NEEDED}
