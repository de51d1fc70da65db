"""The workbook: a cover, a sheet per firm with charts, forecasts, and the lists."""

from __future__ import annotations

import tempfile
import textwrap
from itertools import accumulate
from pathlib import Path
from typing import Any

from .figures import Report, breakdown
from .labels import NOT_SYNCED, UNITS, month
from .marts import Marts
from .scope import Scope
from .workbook_book import BLUE, COLORS, GOLD, Book, add_series, finish, write_series
from .workbook_firms import MOST_FIRMS, firm_sheet, firms_of_others, split
from .workbook_lists import lists

SHORT = ("Synthèse", "Prévisions", "Régions", "Répartition", "Données de la courbe", "Données des prévisions")
RULES = (
    "Dans une période, chaque chiffre compte à sa date : les inscriptions, terminées et réussies comprises, et leurs "
    "notes à leur date d'inscription, les clients formés à celle de leur premier achèvement, le temps en ligne à celle "
    "de l'achèvement, à défaut de la dernière activité, les séances et les demi-journées au jour de la séance."
)
OF_FIRM = "Les places et leur remplissage manquent : les cabinets partagent les séances."
OF_ALL = "Les feuilles du BPF et de Qualiopi, par exercice, sont dans le classeur sans période."
DASHES = ("solid", "dash", "round_dot")


def write(marts: Marts, scope: Scope, path: Path) -> list[str]:
    """Writes the workbook of a scope, and returns the names of its sheets."""
    listings = lists(marts, scope)
    report = Report(marts, scope)
    # Beside the file, because the rows before their compression may have gigabytes.
    with tempfile.TemporaryDirectory(prefix=".classeur-", dir=path.parent) as temporary:
        book = Book(str(path), temporary, {*SHORT, *(listing.title for listing in listings)})
        about = [scope.firm] if scope.firm is not None else []
        properties = {"title": "Rapport France Num", "comments": "Établi à partir de 360Learning"}
        book.book.set_properties({**properties, "subject": ", ".join([*about, period(report)])})
        cover(book, report)
        for firm, figures in split(report.firms, report.ranked()).items():
            sheet, top = firm_sheet(book, firm, period(report), figures, report.months())
            if firm not in report.firms:
                rest = report.ranked()[MOST_FIRMS:]
                firms_of_others(book, sheet, {name: report.firms[name] for name in rest}, top)
        forecast(book, report)
        regions(book, report)
        profiles(book, marts, report)
        for listing in listings:
            book.listing(marts, listing)
        book.close()
    return book.names


def period(report: Report) -> str:
    return report.scope.period(report.marts.overview())


def cover(book: Book, report: Report) -> None:
    """Writes the cover: period, totals, definitions, and the curve of trained clients."""
    sheet, scope, overview = book.add("Synthèse", is_fixed=True), report.scope, report.marts.overview()
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 15)
    sheet.set_column(2, 2, 84)
    sheet.set_row(0, 30)
    book.put(sheet, 0, 0, "Rapport France Num", "title")
    book.put(sheet, 1, 0, f"{period(report)}. Chiffres arrêtés au {overview['as_of_local']:%d/%m/%Y à %H:%M}.")
    row = 2
    if scope.firm is not None:
        book.put(sheet, row, 0, f"Cabinet : {scope.firm}", "label")
        row += 1
    row += 1
    for column, text in enumerate(("Total", "", "Définition")):
        book.put(sheet, row, column, text, "section")
    for total in report.totals():
        row += 1
        kind = "points" if total["unit"] == "pourcentage" else UNITS[total["unit"]]
        book.put(sheet, row, 0, total["label"], "label")
        empty = NOT_SYNCED if total["kpi"] in report.marts.unsynced else "–"
        book.put(sheet, row, 1, empty if total["value"] is None else total["value"], f"total_{kind}")
        note(book, sheet, row, total["definition"])
    notes = [RULES] if scope.has_period else []
    notes += [OF_FIRM] if scope.firm is not None else [OF_ALL] if scope.has_period else []
    for text in notes:
        row += 1
        note(book, sheet, row, text)
    curve(book, report, sheet, row + 2)


def note(book: Book, sheet: Any, row: int, text: str) -> None:
    """Writes a definition in a row that is high enough."""
    book.put(sheet, row, 2, text, "note")
    sheet.set_row(row, 15 * len(textwrap.wrap(text, 92)) + 1)


def curve(book: Book, report: Report, sheet: Any, row: int) -> None:
    """Writes the clients trained up to each month, by firm."""
    months = report.months()
    if not months:
        none = "Aucun parcours achevé dans ce rapport : les courbes viendront avec les premières données."
        book.put(sheet, row, 0, none)
        return
    by_firm = report.scope.firm is None
    book.put(sheet, row, 0, "Clients formés, cumul par cabinet" if by_firm else "Clients formés, cumul", "section")
    for column in (1, 2):
        book.put(sheet, row, column, "", "section")
    data = book.hidden("Données de la courbe")
    firms = split(report.firms, report.ranked())
    series = {firm: list(accumulate(one.trained_by_month[date] for date in months)) for firm, one in firms.items()}
    # Completions may all be repeated ones; a chart needs a curve.
    series = {firm: counts for firm, counts in series.items() if counts[-1]} or series
    write_series(book, data, 0, "Mois", [month(date) for date in months], series)
    chart = book.book.add_chart({"type": "line"})
    for place in range(len(series)):
        look = {"color": COLORS[place % len(COLORS)], "dash_type": DASHES[place // len(COLORS) % len(DASHES)]}
        add_series(
            chart, data, [data.name, 0, place + 1], 1, len(months), place + 1, line={"width": 2.25, **look}
        )  # fmt: skip
    finish(chart, "Clients formés (cumul)", legend=True)
    chart.set_size({"width": 950, "height": 360 + 20 * (len(series) // 4)})
    sheet.insert_chart(row + 1, 0, chart)


def forecast(book: Book, report: Report) -> None:
    """Writes what is to come, by month."""
    rows = report.forecast()
    columns = [
        ("Mois", "month", 12, "month"),
        ("Inscriptions à des sessions à venir", "int", 20, "enrolments"),
        ("Inscriptions aux séances à venir", "int", 18, "registrations"),
        ("dont refus", "int", 11, "declined"),
        ("Séances à venir", "int", 12, "slots"),
        ("Places", "int", 11, "capacity"),
        ("Places restantes", "int", 13, "seats_left"),
    ]
    if report.scope.firm is not None:
        columns = columns[:5]
    text = (
        "Les inscriptions comptent au mois du début de leur session ou du jour de la séance. Les places sont celles "
        "des séances de capacité limitée."
    )
    values = [[row[name] for *_, name in columns] for row in rows]
    sheet = book.table("Prévisions", text, [column[:3] for column in columns], values, "Previsions")
    if not rows:
        return
    top = len(rows) + 6
    data = book.hidden("Données des prévisions")
    series = {"Inscriptions aux séances": [row["registrations"] for row in rows]}
    if report.scope.firm is None:
        series["Places restantes"] = [row["seats_left"] for row in rows]
    write_series(book, data, 0, "Mois", [month(row["month"]) for row in rows], series)
    chart = book.book.add_chart({"type": "column"})
    for place, color in zip(range(len(series)), (BLUE, GOLD), strict=False):
        add_series(chart, data, [data.name, 0, place + 1], 1, len(rows), place + 1, fill={"color": color}, gap=60)
    finish(chart, "Les mois à venir", legend=True)
    chart.set_size({"width": 820, "height": 300})
    sheet.insert_chart(top, 0, chart)


def regions(book: Book, report: Report) -> None:
    """Writes the figures of each region."""
    columns = [
        ("Région", "text", 30),
        ("Stagiaires", "int", 12),
        ("Clients formés", "int", 12),
        ("Inscriptions", "int", 13),
        ("dont achevées", "int", 12),
        ("Taux d'achèvement", "rate", 14),
        ("Heures en ligne", "decimal", 12),
        ("Heures en présentiel", "decimal", 14),
        ("Inscriptions aux séances", "int", 14),
        ("Demi-journées signées", "int", 15),
        ("Taux de présence (feuilles signées)", "rate", 18),
    ]
    rows = []
    # A region of internal staff alone has no learners.
    found = [(region, figures) for region, figures in report.regions.items() if figures.learners]
    for region, figures in sorted(found, key=lambda item: (-len(item[1].learners), item[0])):
        sums = figures.overview()
        rows.append([region, len(figures.learners), sums["clients_trained"], sums["enrolments"]])
        rows[-1] += [sums["enrolments_completed"], sums["completion_rate"], sums["training_hours"]]
        rows[-1] += [figures.in_person_hours, figures.clients["registrations"]]
        rows[-1] += [figures.clients["signed_lines"], figures.attendance_rate]
    book.table("Régions", "Une ligne par région des stagiaires.", columns, rows, "Regions")


def profiles(book: Book, marts: Marts, report: Report) -> None:
    """Writes the learners by profile."""
    columns = [
        ("Critère", "text", 26),
        ("Valeur", "text", 40),
        ("Stagiaires inscrits", "int", 13),
        ("dont formés", "int", 11),
        ("Part", "rate", 11),
    ]
    rows = [
        [row["dimension_label"] or row["dimension"], row["value"], row["learners"], row["trained"], row["share"]]
        for row in breakdown(marts, report)
    ]
    text = "Stagiaires inscrits à un parcours, par profil. Chaque critère les compte tous une fois."
    book.table("Répartition", text, columns, rows, "Repartition")
