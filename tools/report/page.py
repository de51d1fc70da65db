"""The page: the KPIs as charts, in one file without references to others."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .labels import IN_PERSON, TIMINGS, UNITS, month, number, period, show
from .marts import Marts
from .workbook import trained_by_month

# The totals at the top of the page.
TILES = """clients_trained enrolments completion_rate training_hours slots fill_rate attendance_rate
waitlisted""".split()

# Columns of the workbook that the page leaves out.
LEFT_OUT = ("location", "timing", "trainers", "capacity")

# The page shows the first rows of long lists; the workbook shows all of them.
LONGEST = 15


def write(marts: Marts, path: str) -> None:
    """Writes the page."""
    templates = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, show=show, month=month)
    overview = marts.overview()
    in_person = marts.rows("in_person_training", "slot_date desc, slot_name, slot_id")
    text = environment.get_template("page.html.jinja").render(
        overview=overview,
        period=period(overview),
        tiles=[{**total, "kind": UNITS[total["unit"]]} for total in marts.totals() if total["kpi"] in TILES],
        curve=curve(trained_by_month(marts)),
        enrolments=enrolments(marts),
        fill=fill(marts),
        breakdown=breakdown(marts),
        modules=modules(marts),
        places=marts.rows("kpi_in_person", "group_name, region"),
        in_person=[row for row in in_person if row["timing"] == "past"][:LONGEST],
        in_person_columns=[column for column in IN_PERSON if column[0] not in LEFT_OUT],
    )
    Path(path).write_text(text, encoding="utf-8")


def curve(firms: dict[str, list[dict[str, Any]]]) -> dict[str, Any] | None:
    """The cumulated curve of each firm, as points of a drawing 800 wide and 260 high."""
    if not firms:
        return None
    width, height, left, bottom = 800, 260, 48, 28
    months = [row["month"] for row in next(iter(firms.values()))]
    totals = {firm: [row["clients_trained_to_date"] for row in rows] for firm, rows in firms.items()}
    totals = dict(sorted(totals.items(), key=lambda item: -item[1][-1]))
    highest = max(total for series in totals.values() for total in series)
    step = nice_step(highest)
    top = max(step, -(-highest // step) * step)

    def x(index: int) -> float:
        return round(left + (width - left - 12) * index / max(1, len(months) - 1), 1)

    def y(value: int) -> float:
        return float(round(height - bottom - (height - bottom - 12) * value / top, 1))

    lines = [
        {
            "name": firm,
            "points": " ".join(f"{x(index)},{y(total)}" for index, total in enumerate(series)),
            "last": series[-1],
        }
        for firm, series in totals.items()
    ]
    every = max(1, len(months) // 8)
    return {
        "width": width,
        "height": height,
        "left": left,
        "lines": lines,
        "ticks": [{"y": y(value), "value": value} for value in range(0, top + 1, step)],
        "months": [{"x": x(index), "label": month(date)} for index, date in enumerate(months) if index % every == 0],
        "rows": [
            {"month": date, "values": [series[index] for series in totals.values()]}
            for index, date in enumerate(months)
        ],
    }


def nice_step(highest: int) -> int:
    """A round distance between grid lines, four or five of them."""
    step = 1
    while highest > 5 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def enrolments(marts: Marts) -> list[dict[str, Any]]:
    """Enrolments per firm and region, past, running and coming."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(TIMINGS, 0))
    for row in marts.rows("kpi_enrolments"):
        counts[row["firm"], row["region"]][row["timing"]] += row["enrolments"]
    rows: list[dict[str, Any]] = [
        {"firm": firm, "region": region, **timings, "all": sum(timings.values())}
        for (firm, region), timings in counts.items()
    ]
    ranked = sorted(rows, key=lambda row: (-row["all"], row["firm"], row["region"]))
    return [row for row in ranked if row["all"]][:LONGEST]


def fill(marts: Marts) -> list[dict[str, Any]]:
    """Places, registrations and presence of the last months with slots."""
    names = ("slots", "capacity", "limited", "registered", "attended", "recorded", "waitlisted")
    months: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for row in marts.rows("kpi_slot_fill"):
        if row["month"] is None:
            continue
        sums = months[row["month"]]
        sums["slots"] += 1
        sums["registered"] += row["registered"]
        sums["waitlisted"] += row["waitlisted"]
        if row["capacity"] is not None:
            sums["capacity"] += row["capacity"]
            sums["limited"] += row["registered"]
        if row["attended_rate"] is not None:
            sums["attended"] += row["attended"]
            sums["recorded"] += row["registered"]
    rows = []
    for date, sums in sorted(months.items())[-LONGEST:]:
        rate = sums["limited"] / sums["capacity"] if sums["capacity"] else None
        came = sums["attended"] / sums["recorded"] if sums["recorded"] else None
        rows.append({"month": date, **sums, "fill_rate": rate, "attended_rate": came})
    return rows


def breakdown(marts: Marts) -> list[dict[str, Any]]:
    """Learners by each dimension."""
    groups: dict[str, dict[str, Any]] = {}
    for row in marts.rows("kpi_learner_breakdown", "dimension, position, value"):
        group = groups.setdefault(row["dimension"], {"label": row["dimension_label"] or row["dimension"], "rows": []})
        group["rows"].append(row)
    order = ["region", "department", "kind", "sector", "company_size", "headcount_band"]
    return [groups[name] for name in order if name in groups]


def modules(marts: Marts) -> list[dict[str, Any]]:
    """The modules with the most time."""
    rows = [row for row in marts.rows("kpi_module_time", "time_hours desc, course_name, module_id") if row["learners"]]
    return rows[:LONGEST]
