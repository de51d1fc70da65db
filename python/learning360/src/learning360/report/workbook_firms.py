"""The sheets of firms: totals, clients trained by month, enrollments by agency."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import Any

from .figures import Figures, by_timing, together
from .labels import month
from .workbook_book import BLUE, GOLD, GREEN, Book, add_series, finish, write_series

# The firms with a sheet and a curve of their own; the rest are one.
MOST_FIRMS = 20
OTHERS = "Autres cabinets"
HEADS = ["Agence", "Passées", "En cours", "À venir", "Sans session"]


def split(firms: dict[str, Figures], ranked: list[str]) -> dict[str, Figures]:
    """The largest firms, and the rest as one."""
    shown = {firm: firms[firm] for firm in ranked[:MOST_FIRMS]}
    rest = ranked[MOST_FIRMS:]
    if rest:
        name = OTHERS
        while name in shown:
            name += " "
        shown[name] = together(firms[firm] for firm in rest)
    return shown


def totals_of(figures: Figures) -> list[tuple[str, Any, str]]:
    """The totals of a firm."""
    sums = figures.overview()
    return [
        ("Stagiaires", len(figures.learners), "int"),
        ("Clients formés", sums["clients_trained"], "int"),
        ("Inscriptions à un parcours", sums["enrolments"], "int"),
        ("dont achevées", sums["enrolments_completed"], "int"),
        ("Heures de formation en ligne", sums["training_hours"], "decimal"),
        ("Heures en présentiel", figures.in_person_hours, "decimal"),
        ("Demi-journées signées", figures.clients["signed_lines"], "int"),
        ("Taux de présence (feuilles signées)", figures.attendance_rate, "rate"),
    ]


def firm_sheet(book: Book, firm: str, period: str, figures: Figures, months: list[dt.date]) -> Any:
    """Writes the sheet of a firm, and returns the sheet and the first row below its totals."""
    sheet = book.add(firm)
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 4, 15)
    sheet.set_row(0, 30)
    book.put(sheet, 0, 0, firm, "title")
    book.put(sheet, 1, 0, period, "line")
    top = 3
    for label, value, kind in totals_of(figures):
        book.put(sheet, top, 0, label, "label")
        book.put(sheet, top, 1, "–" if value is None else value, f"total_{kind}")
        top += 1
    top += 1
    if months:
        top = by_month(book, sheet, figures, months, top)
    if figures.agencies:
        top = by_agency(book, sheet, figures, top)
    return sheet, top


def by_month(book: Book, sheet: Any, figures: Figures, months: list[dt.date], top: int) -> int:
    """Writes table and chart of the clients trained, and returns the first free row."""
    counts = [figures.trained_by_month[date] for date in months]
    book.put(sheet, top, 0, "Clients formés, mois par mois", "section")
    series = {"Clients formés": counts, "Cumul": list(accumulate(counts))}
    write_series(book, sheet, top + 1, "Mois", [month(date) for date in months], series)
    chart = book.book.add_chart({"type": "column"})
    add_series(chart, sheet, "Clients formés", top + 2, len(months), 1, fill={"color": BLUE}, gap=60)
    finish(chart, "Clients formés par mois")
    sheet.insert_chart(2, 6, chart, {"x_scale": 1.35, "y_scale": 1.05})
    return top + len(months) + 4


def by_agency(book: Book, sheet: Any, figures: Figures, top: int) -> int:
    """Writes table and chart of the enrollments by agency, and returns the first free row."""
    book.put(sheet, top, 0, "Inscriptions par agence", "section")
    book.heads(sheet, top + 1, HEADS, [36, 15, 15, 15, 15])
    ranked = sorted(figures.agencies.items(), key=lambda item: (-item[1].total(), item[0]))
    for line, (agency, counts) in enumerate(ranked, top + 2):
        book.put(sheet, line, 0, agency)
        for column, count in enumerate(by_timing(counts), 1):
            book.put(sheet, line, column, count, "int")
    chart, shown = book.book.add_chart({"type": "bar", "subtype": "stacked"}), ranked[:MOST_FIRMS]
    for column, (name, color) in enumerate(zip(HEADS[1:4], (BLUE, GREEN, GOLD), strict=True), 1):
        add_series(chart, sheet, name, top + 2, len(shown), column, fill={"color": color}, gap=50)
    more = f" (les {MOST_FIRMS} premières)" if len(ranked) > MOST_FIRMS else ""
    finish(chart, f"Inscriptions par agence{more}", legend=True)
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_size({"width": 650, "height": 160 + 24 * len(shown)})
    sheet.insert_chart(19, 6, chart)
    return top + len(ranked) + 4


def firms_of_others(book: Book, sheet: Any, firms: dict[str, Figures], top: int) -> None:
    """Lists the firms without a sheet of their own."""
    titles = ["Cabinet", "Stagiaires", "Clients formés", "Inscriptions", "dont achevées"]
    book.put(sheet, top, 0, "Les autres cabinets", "section")
    book.heads(sheet, top + 1, titles, [36, 15, 15, 15, 15])
    for line, (firm, figures) in enumerate(firms.items(), top + 2):
        book.put(sheet, line, 0, firm)
        for column, (_, value, kind) in enumerate(totals_of(figures)[:4], 1):
            book.put(sheet, line, column, value, kind)
