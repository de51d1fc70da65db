"""What the page should show, computed by SQL over the marts: it shares nothing with the page's own code."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from .made_marts import MARTS

MONTHS = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.".split()
TIMINGS = ("past", "running", "coming", "unknown")
FACTS = ("facts_trainings", "facts_registrations", "facts_half_days", "facts_feedback")
# What belongs to a training is at its firm of the report; the agency of now may be that of another firm.
AT_FIRM_OF_REPORT = """(select x.* replace (coalesce(y.firm_of_report, x.firm) as firm,
    case when y.firm_of_report <> x.firm then 'Passés dans un autre cabinet' else x.agency end as agency)
    from @{0} as x left join @facts_trainings as y on x.training_id = y.training_id)"""


@dataclass(frozen=True)
class View:
    """What is chosen in the filters."""

    firm: str | None = None
    region: str | None = None
    agency: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def is_narrow(self) -> bool:
        return any((self.firm, self.region, self.agency))

    @property
    def is_dated(self) -> bool:
        return any((self.first, self.last))

    def fields(self) -> dict[str, str]:
        names = {"cabinet": self.firm, "region": self.region, "agence": self.agency, "du": self.first, "au": self.last}
        return {name: str(value) for name, value in names.items() if value}


def french(value: Decimal | int | None, decimals: int = 0, unit: str = "") -> str:
    if value is None:
        return "–"
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".replace(",", "\u202f").replace(".", ",") + unit


def ratio(part: Any, whole: Any, decimals: int = 1, unit: str = "") -> str:
    return french(Decimal(part) / Decimal(whole), decimals, unit) if whole else "–"


def percent(part: Any, whole: Any) -> str:
    return ratio(100 * part, whole, 1, "\u00a0%") if whole else "–"


def month(date: dt.date | None) -> str:
    return "sans date" if date is None else f"{MONTHS[date.month - 1]} {date.year}"


class Figures:
    """Figures and tables under a view."""

    def __init__(self, database: duckdb.DuckDBPyConnection, view: View) -> None:
        self.database, self.view = database, view

    def query(self, sql: str, date: str | None, *, places: bool = True) -> list[tuple[Any, ...]]:
        """Rows of a query with `{where}`: the chosen places, and the period of the column `date`."""
        conditions, values = ["true"], list[Any]()
        chosen = {"firm": self.view.firm, "region": self.view.region, "agency": self.view.agency} if places else {}
        for column, value in chosen.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        for sign, bound in ((">=", self.view.first), ("<=", self.view.last)):
            if date and bound is not None:
                conditions.append(f"{date} {sign} ?")
                values.append(bound)
        text = sql.format(where=" and ".join(conditions))
        text = re.sub(rf"@({'|'.join(FACTS)})", lambda name: AT_FIRM_OF_REPORT.format(name[1]), text)
        text = text.replace("@", f"{MARTS}.learning360__")
        return self.database.execute(text, values).fetchall()

    def one(self, sql: str, date: str | None, **options: Any) -> tuple[Any, ...]:
        return self.query(sql, date, **options)[0]

    def tiles(self) -> dict[str, str]:
        trained = self.one(
            "select coalesce(sum(clients_trained), 0) from @facts_trainings where {where}", "completed_date"
        )
        enrolled = self.one(
            "select coalesce(sum(enrolments), 0), sum(enrolments_completed) from @facts_trainings where {where}",
            "enrolled_date",
        )
        online = self.one("select coalesce(sum(online_ms), 0) from @facts_trainings where {where}", "online_date")
        if self.view.is_narrow:
            slots = self.one("select count(distinct slot_id) from @facts_registrations where {where}", "slot_date")
        else:
            slots = self.one("select count(*) from @kpi_slot_fill where {where}", "slot_date")
        limited = "capacity > 0 and timing in ('past', 'running')"
        fill = self.one(
            f"select sum(registered), sum(capacity) from @kpi_slot_fill where {limited} and {{where}}",
            "slot_date",
            places=False,
        )
        signed = self.one(
            "select sum(signed_present), sum(signed_lines) from @facts_half_days where {where}", "slot_date"
        )
        waiting = self.one(
            "select coalesce(sum(waitlisted), 0) from @kpi_slot_fill where {where}", "slot_date", places=False
        )
        sums = "coalesce(sum(answers), 0), sum(score_percent), sum(scores), sum(recommended), sum(recommendations)"
        answers, points, scores, recommended, opinions = self.one(
            f"select {sums} from @facts_feedback where {{where}}", "answered_date"
        )
        return {
            "clients_trained": french(trained[0]),
            "enrolments": french(enrolled[0]),
            "completion_rate": percent(enrolled[1], enrolled[0]),
            "training_hours": ratio(online[0], 3_600_000, 1, "\u00a0h"),
            "slots": french(slots[0]),
            "fill_rate": percent(*fill),
            "attendance_rate": percent(*signed),
            "waitlisted": french(waiting[0]),
            "satisfaction_percent": ratio(points, scores, 1, "\u00a0%"),
            "recommendation_rate": percent(recommended, opinions),
            "answers": french(answers),
        }

    def tables(self) -> dict[str, list[list[str]]]:
        """The rows of the tables, but the curve's and those of slots, in any order."""
        by_place = "sum(enrolments) filter (timing = '{}')"
        timings = ", ".join(f"coalesce({by_place.format(timing)}, 0)" for timing in TIMINGS)
        enrolled = f"""select firm, region, {timings}, sum(enrolments) from @facts_trainings
            where enrolments = 1 and {{where}} group by all"""
        coming = """select date_trunc('month', {0}), sum({1}) from @{2}
            where timing = 'coming' and {1} > 0 and {{where}} group by all"""
        sessions = dict(self.query(coming.format("start_date", "enrolments", "facts_trainings"), "start_date"))
        is_client = "cast(is_client as bigint)"
        slots = dict(self.query(coming.format("slot_date", is_client, "facts_registrations"), "slot_date"))
        fill = """select date_trunc('month', slot_date), timing = 'coming', count(*), count(*) filter (capacity > 0),
            coalesce(sum(capacity) filter (capacity > 0), 0), coalesce(sum(registered) filter (capacity > 0), 0),
            coalesce(sum(declined) filter (capacity > 0), 0)
            from @kpi_slot_fill where slot_date is not null and {where} group by 1, 2"""
        people = "(select distinct user_id from @facts_trainings where enrolments = 1 and {where})"
        learners = []
        for name in ("region", "department", "kind", "sector", "company_size", "headcount_band"):
            value = f"coalesce({name}, 'Non renseigné')"
            sql = f"select {value}, count(*), sum(count(*)) over () from @learners where user_id in {people} group by 1"
            learners += [
                [name, value, french(count), percent(count, every)]
                for value, count, every in self.query(sql, "enrolled_date")
            ]
        modules = """with t as (
                select t.*, coalesce(l.region, 'Non renseigné') as region, coalesce(l.agency, 'Non renseigné') as agency
                from @kpi_time_per_learner_module as t inner join @learners as l using (user_id)
            )
            select course_name, path_name, sum(time_minutes), count(distinct user_id), sum(best_score),
            count(best_score) from t where {where} group by all"""
        answered = """select date_trunc('month', answered_date), sum(answers), sum(score_percent), sum(scores),
            sum(recommended), sum(recommendations) from @facts_feedback where {where} group by all"""
        return {
            "enrolments": [
                [firm, region, *map(french, counts)] for firm, region, *counts in self.query(enrolled, "enrolled_date")
            ],
            "forecast": [
                [month(one), french(sessions.get(one, 0)), french(slots.get(one, 0))] for one in sessions | slots
            ],
            "fill": [
                [month(one) + (", à venir" if later else ""), *map(french, counts), percent(counts[3], counts[2])]
                for one, later, *counts in self.query(fill, "slot_date", places=False)
            ],
            "breakdown": learners,
            "modules": [
                [course, path, ratio(minutes, 60), french(count), ratio(minutes, count), ratio(points, scores)]
                for course, path, minutes, count, points, scores in self.query(modules, None)
            ],
            "in_person": self.in_person(),
            "feedback": [
                [month(one), french(answers), ratio(points, scores, 1, "\u00a0%"), percent(good, asked)]
                for one, answers, points, scores, good, asked in self.query(answered, "answered_date")
            ],
        }

    def in_person(self) -> list[list[str]]:
        group = "(select coalesce(group_name, 'Non renseigné') from @kpi_slot_fill as s where s.slot_id = t.slot_id)"
        met = f"""select {group}, region, count(distinct slot_id), sum(registrations) from @facts_registrations as t
            where not is_virtual and {{where}} group by 1, 2"""
        signed = f"""select {group}, region, sum(signed_lines), sum(signed_present) from @facts_half_days as t
            where not is_virtual and {{where}} group by 1, 2"""
        cells = {(one, region): [*counts, 0, 0] for one, region, *counts in self.query(met, "slot_date")}
        for one, region, *counts in self.query(signed, "slot_date"):
            cells.setdefault((one, region), [0, 0, 0, 0])[2:] = counts
        if not self.view.is_narrow:
            alone = f"""select {group}, count(*) from @kpi_slot_fill as t
                where not is_virtual and registered = 0 and {{where}} group by 1"""
            for one, count in self.query(alone, "slot_date", places=False):
                cells.setdefault((one, "Non renseigné"), [0, 0, 0, 0])[0] += count
        return [[*key, *map(french, counts), percent(counts[3], counts[2])] for key, counts in cells.items()]

    def trained(self) -> dict[str, int]:
        sql = """select firm, sum(clients_trained) from @facts_trainings
            where clients_trained = 1 and {where} group by 1"""
        return dict(self.query(sql, "completed_date"))
