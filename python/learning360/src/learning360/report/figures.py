"""The figures of a scope: sums over facts, by the rules of `_facts.yml`; learners and slots counted distinct."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .labels import TIMINGS
from .marts import Marts, Row
from .scope import Scope

TRAININGS = """user_id firm firm_of_report agency region timing start_date enrolled_date completed_date online_date
enrolments enrolments_completed enrolments_successful completions clients_trained score scores online_ms""".split()

# Places belong to slots, which firms share: these totals exist only for all firms.
OF_ALL_FIRMS = """capacity fill_rate fill_rate_without_declined fill_rate_coming waitlisted""".split()


# Instead of an agency of another firm.
MOVED = "Passés dans un autre cabinet"
# What a firm's file says only of learners who are still there, as in the lists.
OF_FIRM_ONLY = ("kind", "sector", "company_size", "headcount_band")
SETS = ("learners", "enrolled", "completed", "slots", "in_person", "unknown")


def ratio(part: int | Decimal, whole: int, decimals: int = 4) -> Decimal | None:
    """A quotient rounded half up, as in the marts; None without a denominator."""
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def month_of(day: dt.date) -> dt.date:
    """The first day of the month."""
    return day.replace(day=1)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The months from one to the other, both included."""
    count = 12 * (last.year - first.year) + last.month - first.month
    return [
        dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count + 1)
    ]


class Figures:
    """Sums over the facts of one firm, one region or all of them."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self.clients: Counter[str] = Counter()
        self.points = Decimal(0)
        self.learners: set[str] = set()
        self.enrolled: set[str] = set()
        self.completed: set[str] = set()
        self.slots: set[str] = set()
        self.in_person: set[str] = set()
        # What changed after the instant of the figures, or a slot without duration, makes a sum unknown.
        self.unknown: set[str] = set()
        self.trained_by_month: Counter[dt.date] = Counter()
        self.completions_by_month: Counter[dt.date] = Counter()
        self.agencies: dict[str, Counter[str]] = defaultdict(Counter)
        self.coming: dict[dt.date, Counter[str]] = defaultdict(Counter)
        self.coming_slots: dict[dt.date, set[str]] = defaultdict(set)

    def add_training(self, row: Row, scope: Scope) -> None:
        """Adds a row of `facts_trainings`: each count belongs to the period of its own date."""
        sums, user = self.sums, row["user_id"]
        self.learners.add(user)
        if row["enrolments"] and scope.covers(row["enrolled_date"]):
            sums["enrolments"] += 1
            self.enrolled.add(user)
            # The agency is that of now, and would name the firm to which the learner has moved.
            agency = row["agency"] if row["firm"] == row["firm_of_report"] else MOVED
            self.agencies[agency][row["timing"]] += 1
            sums["scores"] += row["scores"] or 0
            sums["score"] += row["score"] or 0
            if row["online_ms"] is None:
                self.unknown.add("average_score")
            if row["enrolments_completed"]:
                sums["enrolments_completed"] += 1
                self.completed.add(user)
                if row["enrolments_successful"] is None:
                    self.unknown.add("enrolments_successful")
                sums["enrolments_successful"] += row["enrolments_successful"] or 0
        if row["completions"] and scope.covers(row["completed_date"]):
            month = month_of(row["completed_date"])
            self.completions_by_month[month] += 1
            if row["clients_trained"]:
                sums["clients_trained"] += 1
                self.trained_by_month[month] += 1
        if scope.covers(row["online_date"]):
            sums["online_ms"] += row["online_ms"] or 0
            if row["online_ms"] is None:
                self.unknown.add("training_hours")

    def add_registrations(self, row: Row) -> None:
        """Adds sums of `facts_registrations` over one slot."""
        self._add_slot(row)
        self._add("registrations declined attended recorded", row)
        if row["timing"] == "coming" and row["slot_date"]:
            month = month_of(row["slot_date"])
            self.coming_slots[month].add(row["slot_id"])
            if row["is_client"]:
                self.coming[month]["registrations"] += int(row["registrations"] or 0)
                self.coming[month]["declined"] += int(row["declined"] or 0)

    def add_half_days(self, row: Row) -> None:
        """Adds sums of `facts_half_days` over one slot."""
        self._add_slot(row)
        self._add("signed_lines signed_present", row)
        if row["is_client"] and not row["is_virtual"]:
            self.sums["in_person_ms"] += int(row["attended_ms"] or 0)
            if row["attended_ms"] is None:
                self.unknown.add("in_person_hours")

    def add_answer(self, row: Row) -> None:
        """Adds a row of `facts_feedback`."""
        for name in ("answers", "scores", "recommended", "recommendations"):
            self.sums["rated" if name == "scores" else name] += row[name] or 0
        self.points += row["score_percent"] or 0

    def _add(self, names: str, row: Row) -> None:
        """Adds to the sums of everybody, which the cover shows, and to those of clients."""
        for name in names.split():
            self.sums[name] += int(row[name] or 0)
            if row["is_client"]:
                self.clients[name] += int(row[name] or 0)

    def _add_slot(self, row: Row) -> None:
        self.slots.add(row["slot_id"])
        if not row["is_virtual"]:
            self.in_person.add(row["slot_id"])

    @property
    def in_person_hours(self) -> Decimal | None:
        """The hours of clients in slots that are not online; None if those of a slot are unknown."""
        return None if "in_person_hours" in self.unknown else ratio(self.sums["in_person_ms"], 3_600_000, 2)

    @property
    def attendance_rate(self) -> Decimal | None:
        """That of clients; the one in the overview is everybody's."""
        return ratio(self.clients["signed_present"], self.clients["signed_lines"])

    def overview(self) -> Row:
        """The totals by the names of `kpi_overview`, without those of slots that all firms share."""
        sums = self.sums
        found: Row = {name: sums[name] for name in ("clients_trained", "enrolments", "enrolments_completed")}
        found |= {
            "clients_enrolled": len(self.enrolled),
            "enrolments_successful": sums["enrolments_successful"],
            "completion_rate": ratio(sums["enrolments_completed"], sums["enrolments"]),
            "training_hours": ratio(sums["online_ms"], 3_600_000, 2),
            "average_score": ratio(sums["score"], sums["scores"], 2),
            "slots": len(self.slots),
            "in_person_slots": len(self.in_person),
            "registrations": sums["registrations"],
            "registrations_declined": sums["declined"],
            "attended_rate": ratio(sums["attended"], sums["recorded"]),
            "attendance_rate": ratio(sums["signed_present"], sums["signed_lines"]),
            "answers": sums["answers"],
            "satisfaction_percent": ratio(self.points, sums["rated"], 2),
            "recommendation_rate": ratio(sums["recommended"], sums["recommendations"]),
        }
        return {**found, **dict.fromkeys(self.unknown & found.keys())}


class Report:
    """The figures of a scope: of all its firms together, of each firm, and of each region."""

    def __init__(self, marts: Marts, scope: Scope) -> None:
        self.marts, self.scope = marts, scope
        self.coming: Counter[dt.date] = Counter()
        self.parts: dict[tuple[str, str], Figures] = defaultdict(Figures)
        self._read_trainings()
        self._read_slots()
        self.all = together(self.parts.values())
        self.firms, self.regions = self._by(0), self._by(1)
        self.slots = [] if scope.firm is not None else self._slots()
        overview = marts.overview()
        self.has_feedback = overview["answers"] is not None
        self.overview = overview if scope.is_everything else self._overview()

    def _by(self, place: int) -> dict[str, Figures]:
        """The figures by firm, or by region."""
        parts: dict[str, list[Figures]] = defaultdict(list)
        for key, figures in self.parts.items():
            parts[key[place]].append(figures)
        return {name: together(figures) for name, figures in parts.items()}

    def _read_trainings(self) -> None:
        marts, scope = self.marts, self.scope
        query = f"""select {", ".join(f"f.{name}" for name in TRAININGS)} from {marts.table("facts_trainings")} as f
            where {marts.is_of_account("f")} and """
        for row in marts.select(f"{query} f.training_id in ({marts.trainings(scope)})", TRAININGS):
            self.parts[row["firm_of_report"], row["region"]].add_training(row, scope)
        coming = f"f.timing = 'coming' and f.enrolments = 1 and {marts.within(scope, 'f.start_date')}"
        for row in marts.select(query + coming, TRAININGS):
            if scope.has_firm(row["firm_of_report"]) and row["start_date"]:
                self.coming[month_of(row["start_date"])] += 1

    def _read_slots(self) -> None:
        marts, scope = self.marts, self.scope
        columns = "firm region slot_id slot_date timing is_virtual is_client"
        sums = "registrations declined attended recorded"
        for row in marts.facts("facts_registrations", columns, scope, "slot_date", sums):
            self.parts[row["firm"], row["region"]].add_registrations(row)
        columns, sums = "firm region slot_id is_virtual is_client", "signed_lines signed_present attended_ms"
        for row in marts.facts("facts_half_days", columns, scope, "slot_date", sums):
            self.parts[row["firm"], row["region"]].add_half_days(row)
        columns = "firm region answers scores score_percent recommended recommendations"
        for row in marts.facts("facts_feedback", columns, scope, "answered_date"):
            self.parts[row["firm"], row["region"]].add_answer(row)

    def _slots(self) -> list[Row]:
        """The slots of the period, of all firms."""
        slots = self.marts.rows("kpi_slot_fill")
        ends = ((row["slot_date"] or (row["end_local"] and row["end_local"].date()), row) for row in slots)
        return [{**row, "day": day} for day, row in ends if self.scope.covers(day)]

    def _overview(self) -> Row:
        found = self.all.overview()
        if not self.has_feedback:
            found["answers"] = None
        return found if self.scope.firm is not None else found | slots_overview(self.slots, self.marts.unsynced)

    def totals(self) -> list[Row]:
        """The totals that the scope has, with their names and definitions, as `Marts.totals` returns them."""
        known = [row for row in self.marts.definitions() if row["kpi"] in self.overview]
        return [{**row, "value": self.overview[row["kpi"]]} for row in known]

    def ranked(self) -> list[str]:
        """The firms that have learners, those with the most first. Anonymous answers, for one, belong to none."""
        firms = [firm for firm, figures in self.firms.items() if figures.learners]
        return sorted(firms, key=lambda firm: (-len(self.firms[firm].learners), firm))

    def months(self) -> list[dt.date]:
        """The months from the first completion to the last one, without gaps."""
        found = self.all.completions_by_month
        return months_between(min(found), max(found)) if found else []

    def forecast(self) -> list[Row]:
        """What is to come: enrollments by the month of the session, registrations and slots by that of the slot."""
        slots: dict[dt.date, list[Row]] = defaultdict(list)
        for row in self.slots:
            if row["timing"] == "coming" and row["day"]:
                slots[month_of(row["day"])].append(row)
        rows = []
        for month in sorted({*self.all.coming, *self.coming, *slots}):
            counts = self.all.coming[month]
            row = {"month": month, "enrolments": self.coming[month]}
            row |= {name: counts[name] for name in ("registrations", "declined")}
            if self.scope.firm is not None:
                row["slots"] = len(self.all.coming_slots[month])
            else:
                limited = [slot for slot in slots[month] if (slot["capacity"] or 0) > 0]
                row |= {"slots": len(slots[month]), "capacity": sum(slot["capacity"] for slot in limited)}
                row["seats_left"] = sum(slot["seats_left"] or 0 for slot in limited)
            rows.append(row)
        return rows


def slots_overview(slots: list[Row], unsynced: set[str]) -> Row:
    """The totals over slots of all firms by the names of `kpi_overview`; what is not synced is unknown."""

    def limited(*timings: str) -> tuple[int, ...]:
        found = [row for row in slots if row["timing"] in timings and (row["capacity"] or 0) > 0]
        return tuple(sum(row[name] for row in found) for name in ("registered", "declined", "capacity"))

    registered, declined, places = limited("past", "running")
    registered_coming, _, places_coming = limited("coming")
    waiting = [row["waitlisted"] for row in slots]
    return {
        "slots": len(slots),
        "in_person_slots": sum(not row["is_virtual"] for row in slots),
        "capacity": places,
        "fill_rate": ratio(registered, places),
        "fill_rate_without_declined": ratio(registered - declined, places),
        "fill_rate_coming": ratio(registered_coming, places_coming),
        "waitlisted": None if "waitlisted" in unsynced or None in waiting else sum(waiting),
    }


def together(parts: Iterable[Figures]) -> Figures:
    """Several figures as one."""
    found = Figures()
    for one in parts:
        found.points += one.points
        for name in ("sums", "clients", "trained_by_month", "completions_by_month", *SETS):
            getattr(found, name).update(getattr(one, name))
        for name in ("agencies", "coming", "coming_slots"):
            for key, values in getattr(one, name).items():
                getattr(found, name)[key].update(values)
    return found


def by_timing(counts: Counter[str]) -> list[int]:
    """Counts past, running, coming and unknown."""
    return [counts[timing] for timing in TIMINGS]


def breakdown(marts: Marts, report: Report) -> list[Row]:
    """Learners by profile; in a scope the clients enrolled in it, and those of them who completed an enrollment."""
    whole = marts.rows("kpi_learner_breakdown", "dimension, position, value")
    if report.scope.is_everything:
        return whole
    dimensions = list(dict.fromkeys(row["dimension"] for row in whole))
    if not dimensions:
        return []
    counts: dict[tuple[str, Any], Counter[str]] = defaultdict(Counter)
    known: dict[str, set[Any]] = defaultdict(set)
    names = ["user_id", "firm", *dimensions]
    query = f"""select {", ".join(f"l.{name}" for name in names)} from {marts.table("learners")} as l
        where {marts.is_of_account("l")}"""
    for learner in marts.select(query, names):
        for dimension in dimensions:
            value = learner[dimension]
            known[dimension].add(value)
            if dimension in OF_FIRM_ONLY and report.scope.has_left(learner["firm"]):
                value = None
            counts[dimension, value]["learners"] += learner["user_id"] in report.all.enrolled
            counts[dimension, value]["trained"] += learner["user_id"] in report.all.completed
    rows, unknown = [], marts.unknown_label()
    for dimension in dimensions:
        shown = [row for row in whole if row["dimension"] == dimension]
        # The value that no learner has is the label of the group without one.
        label = next((row["value"] for row in shown if row["value"] not in known[dimension]), unknown)
        counts[dimension, label].update(counts[dimension, None])
        if all(row["value"] != label for row in shown):
            shown.append({**shown[-1], "value": label, "position": len(shown) + 1})
        for row in shown:
            found = counts[dimension, row["value"]]
            if found["learners"]:
                share = ratio(found["learners"], len(report.all.enrolled))
                rows.append({**row, "learners": found["learners"], "trained": found["trained"], "share": share})
    return rows
