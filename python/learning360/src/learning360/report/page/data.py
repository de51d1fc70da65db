"""The data of the page: counts of the facts by day, as columns of small integers.

The names of the members are those that `figures.js` reads. A day is a number of days since 1970.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from learning360.loading.database import quoted

from ..figures import MOVED, OF_FIRM_ONLY
from ..marts import FIRM, Marts, MartsError, Row, folded
from ..scope import Scope

DIMENSIONS = ("region", "department", "kind", "sector", "company_size", "headcount_band")
# The page knows a timing by its place here.
TIMINGS = ("past", "running", "coming", "unknown")
# What a slot and a place add up to.
COUNTS = {
    "facts_registrations": {
        "registered": "t.registrations",
        "declined": "t.declined",
        "clients": "case when t.is_client then 1 else 0 end",
    },
    "facts_half_days": {"lines": "t.signed_lines", "present": "t.signed_present"},
}
# What a place is made of. The agency is that of now, so it counts only where the firm is that of now too.
PLACE = "t.firm_of_report, t.firm, t.agency, t.region"
EPOCH = dt.date(1970, 1, 1)

Columns = dict[str, list[Any]]


class Numbers(dict[Any, int]):
    """Numbers names from 0, in the order in which they come."""

    def __missing__(self, name: Any) -> int:
        self[name] = number = len(self)
        return number


def day(date: dt.date | None) -> int | None:
    return None if date is None else (date - EPOCH).days


def transposed(names: str, rows: Iterable[tuple[Any, ...]]) -> Columns:
    """Rows as columns of these names."""
    columns = names.split()
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return {name: list(column) for name, column in zip(columns, values, strict=True)}


class Collector:
    """Reads what the scope admits from the marts of one account."""

    def __init__(self, marts: Marts, scope: Scope) -> None:
        self.marts, self.scope = marts, scope
        self.firms, self.agencies, self.regions, self.groups = Numbers(), Numbers(), Numbers(), Numbers()
        self.places, self.sessions, self.modules, self.slots = Numbers(), Numbers(), Numbers(), Numbers()
        self.unknown = marts.unknown_label()

    def select(self, columns: str, source: str, groups: str = "") -> list[Row]:
        """Rows of a mart, or of a join of marts, each named `@mart`; sums of the others by the columns in `groups`."""
        schema = f"{self.marts.name}_learning360_marts"
        words = [
            quoted(schema, f"learning360__{word[1:]}") if word.startswith("@") else word for word in source.split()
        ]
        by = f" group by t.source_relation, {groups}" if groups else ""
        listed = f"{groups}, {columns}" if groups else columns
        query = f"select t.source_relation, {listed} from {' '.join(words)}{by} order by {groups or columns}"
        database = self.marts.database
        try:
            rows = database.select(query)
        except database.failure as error:
            hint = "Run dbt build again: the marts are those of another version."
            raise MartsError(f"The marts in {schema} cannot be read for the page. {hint}") from error
        return [row for row in rows if row["source_relation"] == self.marts.account]

    def admits(self, firm: str) -> bool:
        return self.scope.firm is None or firm == self.scope.firm

    def within(self, date: dt.date | None) -> bool:
        """Whether the period has this day; a row without a day is in no period."""
        first, last = self.scope.first, self.scope.last
        if first is None and last is None:
            return True
        return date is not None and (first is None or date >= first) and (last is None or date <= last)

    def place(self, firm: str, agency: str, region: str) -> int:
        return self.places[self.firms[firm], self.agencies[agency], self.regions[region]]

    def of_trainings(self, mart: str) -> str:
        """The source of facts with the columns of `PLACE`."""
        return f"( select x.*, {FIRM} as firm_of_report from {self.marts.with_training(mart)} ) as t"

    def place_of(self, row: Row) -> int | None:
        """The place of a row with the columns of `PLACE`: its firm is that of the report. None beyond the scope."""
        if not self.admits(row["firm_of_report"]):
            return None
        # The agency is that of now, and would name the firm to which the learner has moved.
        agency = row["agency"] if row["firm"] == row["firm_of_report"] else MOVED
        return self.place(row["firm_of_report"], agency, row["region"])

    def trained(self) -> Columns:
        """First completions."""
        groups = f"{PLACE}, t.completed_date"
        counts: dict[tuple[int, int | None], int] = defaultdict(int)
        for row in self.select("sum(t.clients_trained) as trained", "@facts_trainings as t", groups):
            if row["trained"] and self.within(row["completed_date"]):
                place = self.place_of(row)
                if place is not None:
                    counts[place, day(row["completed_date"])] += int(row["trained"])
        return transposed("place day trained", ((*key, count) for key, count in counts.items()))

    def enrolments(self) -> tuple[Columns, Columns, list[dict[str, Any]]]:
        """Enrollments, their learners, and the dimensions of these."""
        names = "t.user_id, t.timing, t.start_date, t.enrolled_date, t.enrolments_completed, t.training_id"
        users, rows = Numbers(), []
        for row in self.select(f"{PLACE}, {names}", "@facts_trainings as t where t.enrolments = 1"):
            coming = row["timing"] == "coming" and self.within(row["start_date"])
            if coming or self.within(row["enrolled_date"]):
                place = self.place_of(row)
                if place is not None:
                    session = self.sessions[TIMINGS.index(row["timing"] or "unknown"), day(row["start_date"])]
                    counts = (day(row["enrolled_date"]), row["enrolments_completed"])
                    rows.append((users[row["user_id"]], place, session, *counts))
        known = self.select(", ".join(f"t.{name}" for name in ("user_id", "firm", *DIMENSIONS)), "@learners as t")
        learners = {
            row["user_id"]: row | dict.fromkeys(OF_FIRM_ONLY if self.scope.has_left(row["firm"]) else ())
            for row in known
            if row["user_id"] in users
        }
        labels = {
            (row["dimension"], row["value"]): (row["position"], row["dimension_label"])
            for row in self.marts.rows("kpi_learner_breakdown")
        }
        columns: Columns = {}
        dimensions = []
        for name in DIMENSIONS:
            values = [learners.get(user, {}).get(name) or self.unknown for user in users]
            # Bands of headcount have an order of their own, which the mart knows.
            ordered = sorted(set(values), key=lambda value: (labels.get((name, value), (10**9, ""))[0], value))
            places = {value: place for place, value in enumerate(ordered)}
            columns[name] = [places[value] for value in values]
            label = next((label for (one, _), (_, label) in labels.items() if one == name), name)
            dimensions.append({"name": name, "label": label, "values": ordered})
        return transposed("user place session day completed", rows), columns, dimensions

    def online(self) -> Columns:
        """Milliseconds in path sessions; `unknown` counts the enrollments whose time is not known."""
        sums = "sum(t.online_ms) as ms, count(*) - count(t.online_ms) as missing"
        rows = []
        for row in self.select(sums, "@facts_trainings as t", f"{PLACE}, t.online_date"):
            if (row["ms"] or row["missing"]) and self.within(row["online_date"]):
                place = self.place_of(row)
                if place is not None:
                    rows.append((place, day(row["online_date"]), int(row["ms"] or 0), row["missing"]))
        return transposed("place day ms unknown", rows)

    def attendance(self) -> tuple[Columns, Columns]:
        """Slots, and what their registrations and signed sheets add up to by slot and place."""
        names = """slot_id slot_name group_name start_local end_local timing is_virtual capacity registered declined
            waitlisted""".split()
        found = self.select(", ".join(f"t.{name}" for name in names), "@kpi_slot_fill as t")
        dated = {row["slot_id"]: row for row in found if self.within(begin(row))}
        sums: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for mart, counts in COUNTS.items():
            columns = ", ".join(f"sum({value}) as {name}" for name, value in counts.items())
            for row in self.select(columns, self.of_trainings(mart), f"{PLACE}, t.slot_id"):
                place = self.place_of(row) if row["slot_id"] in dated else None
                if place is not None:
                    for name in counts:
                        sums[row["slot_id"], place][name] += int(row[name])
        met = {slot for slot, _ in sums}
        kept = [row for row in dated.values() if self.scope.firm is None or row["slot_id"] in met]
        strangers = self._strangers()
        slots = []
        for row in kept:
            self.slots[row["slot_id"]]
            group = row["group_name"] or self.unknown
            # Places, and who waits for one, belong to all firms of a slot.
            shared = "capacity registered declined waitlisted".split()
            figures = [row[name] if self.scope.firm is None else None for name in shared]
            start = row["start_local"] or row["end_local"]
            time = f"{start:%H:%M}" if start else None
            group = self.groups[self.unknown if folded(group) in strangers else group]
            timing = TIMINGS.index(row["timing"] or "unknown")
            slots.append(
                (row["slot_name"], group, day(begin(row)), time, timing, int(bool(row["is_virtual"])), *figures)
            )
        cells = [
            (self.slots[slot], place, *(cell[name] for name in "registered declined clients lines present".split()))
            for (slot, place), cell in sums.items()
        ]
        head = "name group day time timing virtual capacity registered declined waitlisted"
        return transposed(head, slots), transposed("slot place registered declined clients lines present", cells)

    def _strangers(self) -> set[str]:
        """The folded names of the other firms and of their agencies: groups may carry them."""
        if self.scope.firm is None:
            return set()
        own, others = {self.scope.firm}, set[str | None]()
        for row in self.select("count(*) as learners", "@learners as t", "t.firm, t.agency"):
            names = own if (row["firm"] or self.unknown) == self.scope.firm else others
            names |= {row["firm"], row["agency"]}
        for row in self.select("count(*) as trainings", "@facts_trainings as t", "t.firm_of_report"):
            others.add(row["firm_of_report"])
        return {folded(name) for name in others if name} - {folded(name) for name in own if name}

    def feedback(self) -> Columns:
        """Answers, with the sum of their scores in hundredths of a percent."""
        names = "answers scores recommended recommendations".split()
        sums = ", ".join(f"sum(t.{name}) as {name}" for name in names)
        rows = []
        columns = f"{sums}, sum(t.score_percent) as points"
        for row in self.select(columns, self.of_trainings("facts_feedback"), f"{PLACE}, t.answered_date"):
            if self.within(row["answered_date"]):
                place = self.place_of(row)
                if place is not None:
                    points = round((row["points"] or 0) * 100)
                    rows.append((place, day(row["answered_date"]), points, *(int(row[name] or 0) for name in names)))
        return transposed("place day points answers scores recommended recommendations", rows)

    def module_time(self) -> tuple[Columns, Columns]:
        """Hundredths of minutes by module and place. A learner has one place, so that learners may be added up."""
        sums = """count(distinct t.user_id) as learners, sum(t.time_minutes) as minutes, sum(t.best_score) as points,
            count(t.best_score) as scores, min(t.course_name) as course, min(t.path_name) as path"""
        join = "@kpi_time_per_learner_module as t inner join @learners as l on t.source_relation = l.source_relation"
        rows, names = [], list[tuple[str | None, str | None]]()
        groups = "t.path_id, t.course_id, t.firm, l.agency, l.region"
        for row in self.select(sums, f"{join} and t.user_id = l.user_id", groups):
            if self.admits(row["firm"]):
                module = self.modules[row["path_id"], row["course_id"]]
                if module == len(names):
                    names.append((row["course"], row["path"]))
                place = self.place(row["firm"], row["agency"] or self.unknown, row["region"] or self.unknown)
                counts = (row["learners"], round((row["minutes"] or 0) * 100), int(row["points"] or 0), row["scores"])
                rows.append((module, place, *counts))
        return transposed("course path", names), transposed("module place learners minutes points scores", rows)


def begin(slot: Row) -> dt.date | None:
    """The day on which a slot begins, else ends."""
    start: dt.datetime | None = slot["start_local"] or slot["end_local"]
    return start.date() if start else None


def collect(marts: Marts, scope: Scope) -> dict[str, Any]:
    """All members of the page's data."""
    collector = Collector(marts, scope)
    overview = marts.overview()
    trained, online, feedback = collector.trained(), collector.online(), collector.feedback()
    enrolments, users, dimensions = collector.enrolments()
    slots, attendance = collector.attendance()
    modules, module_time = collector.module_time()
    fields = scope == Scope() and not any(feedback["scores"])
    opinions = scope == Scope() and not any(feedback["recommendations"])
    missing = sorted(marts.unsynced | ({"answers"} if overview["answers"] is None else set()))
    return {
        "unknown": collector.unknown,
        "unsynced": missing,
        "scope": {"first": day(scope.first), "last": day(scope.last), "firm": scope.firm},
        # The second source, which has neither firm nor day.
        "fields": {
            "satisfaction_percent": hundredths(overview["satisfaction_percent"], 2) if fields else None,
            "recommendation_rate": hundredths(overview["recommendation_rate"], 4) if opinions else None,
        },
        "firms": list(collector.firms),
        "agencies": list(collector.agencies),
        "regions": list(collector.regions),
        "places": transposed("firm agency region", collector.places),
        "groups": list(collector.groups),
        "sessions": transposed("timing start", collector.sessions),
        "dimensions": dimensions,
        "users": users,
        "trained": trained,
        "enrolments": enrolments,
        "online": online,
        "slots": slots,
        "attendance": attendance,
        "feedback": feedback,
        "modules": modules,
        "moduleTime": module_time,
    }


def hundredths(value: Any, decimals: int) -> int | None:
    """A number of the marts in units of its last decimal."""
    return None if value is None else round(value * 10**decimals)
