"""The workbook: a cover, a sheet per firm with charts, and the details."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import xlsxwriter

from .labels import HALF_DAYS, IN_PERSON, MODULES, REPORT, TIMINGS, UNITS, month, period
from .marts import Marts, Row

BLUE, LIGHT, GREY, GREEN = "#1F4E79", "#DDEBF7", "#595959", "#548235"
BORDER = {"border": 1, "border_color": "white"}
COLORS = (BLUE, GREEN, "#BF9000", "#9B2C5E", "#5A4FCF", "#4A5568")

# A column of a mart, its name in French, how its values look, and its width in characters.
Column = tuple[str, str, str, int]

# Excel's own limits: characters of a cell, rows of a sheet.
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_576

FORMATS: dict[str, dict[str, Any]] = {
    "text": {},
    # A text that looks like a formula stays a text when a user edits the cell.
    "guarded": {"quote_prefix": True},
    "int": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0"},
    "rate": {"num_format": "0.0%"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
    "head": {"bold": True, "bg_color": BLUE, "font_color": "white", "text_wrap": True, "valign": "vcenter", **BORDER},
    "title": {"bold": True, "font_size": 20, "font_color": BLUE},
    "section": {"bold": True, "font_size": 13, "font_color": BLUE, "bottom": 2, "bottom_color": BLUE},
    "note": {"italic": True, "indent": 1, "font_color": GREY, "text_wrap": True, "valign": "top"},
    "label": {"bold": True, "valign": "top"},
    "total_int": {"bold": True, "bg_color": LIGHT, "num_format": "#,##0", "valign": "top"},
    "total_decimal": {"bold": True, "bg_color": LIGHT, "num_format": "#,##0.0", "valign": "top"},
    "total_rate": {"bold": True, "bg_color": LIGHT, "num_format": "0.0%", "valign": "top"},
}


def write(marts: Marts, path: str) -> list[str]:
    """Writes the workbook and returns the names of its sheets."""
    # Texts of learners stay texts: no formula, no link, no number.
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"title": "Rapport France Num", "comments": "Établi à partir de 360Learning"})
    sheets = Sheets(book)
    report = marts.rows("france_num_report", "firm, display_name, user_id, start_date, training_id")
    columns, values = custom_fields(marts)
    for row in report:
        row.update(values.get(row["user_id"], {}))
    by_training = {row["training_id"]: row for row in report}
    cover(sheets, marts)
    for firm in sorted({row["firm"] for row in report}):
        firm_sheet(sheets, marts, firm, report)
    details(sheets, "Stagiaires et formations", REPORT + columns, report, "Une ligne par stagiaire et par formation.")
    order = "slot_date, slot_name, slot_id, sheet_position, user_id, attendance_id"
    half_days = joined(marts.rows("france_num_half_days", order), by_training)
    details(sheets, "Demi-journées", HALF_DAYS, half_days, "Une ligne par stagiaire et par feuille d'émargement.")
    order = "user_id, training_id, position, course_name, course_id"
    modules = joined(marts.rows("france_num_modules", order), by_training)
    details(sheets, "Temps par module", MODULES, modules, "Une ligne par formation et par module, commencé ou non.")
    in_person = marts.rows("in_person_training", "slot_date, slot_name, slot_id")
    note = "Une ligne par séance en présentiel ; la présence vient des feuilles signées."
    details(sheets, "Séances en présentiel", IN_PERSON, in_person, note)
    book.close()
    return sheets.names


class Sheets:
    """The workbook with its formats, and the names of its sheets."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        self.names: list[str] = []

    def add(self, title: str) -> Any:
        """Adds a sheet named as Excel allows: 31 characters, none of []:*?/\\, no apostrophe at an end, unique."""
        plain = "".join("-" if c in "[]:*?/\\" or ord(c) < 32 else c for c in title).strip("' ") or "Sans nom"
        plain = f"{plain}_" if plain.lower() in ("history", "historique") else plain
        name, number = cut(plain, 31).rstrip("' "), 1
        while name.lower() in (taken.lower() for taken in self.names):
            number += 1
            name = cut(plain, 31 - len(f" ({number})")) + f" ({number})"
        self.names.append(name)
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&CPage &P / &N&R&A")
        sheet.hide_gridlines(2)
        return sheet

    def hidden(self, title: str) -> Any:
        """Adds a sheet that only a chart reads."""
        sheet = self.add(title)
        sheet.hide()
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: Any, kind: str = "text") -> None:
        """Writes one value; leaves the cell empty for NULL."""
        if value is None:
            return
        if kind == "yes":
            value = "oui" if value else "non"
        elif kind == "timing":
            value = TIMINGS.get(value, value)
        if isinstance(value, str):
            look = "guarded" if kind in ("text", "yes", "timing") and value[:1] in "=+-@\t\r" else kind
            sheet.write_string(row, column, cut(value, LONGEST_TEXT), self.formats.get(look, self.formats["text"]))
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self.formats["date"])
        else:
            sheet.write_number(row, column, value, self.formats[kind])


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters as Excel counts them (UTF-16), with an ellipsis if it is longer."""
    if len(text.encode("utf-16-le")) // 2 <= length:
        return text
    while len(text.encode("utf-16-le")) // 2 > length - 1:
        text = text[:-1]
    return text + "…"


def custom_fields(marts: Marts) -> tuple[list[Column], dict[str, Row]]:
    """The custom fields without a column of their own in the report: their columns, and each user's values."""
    fields = [row for row in marts.rows("custom_field_columns", "position") if row["role"] is None]
    columns: list[Column] = [(field["column_name"], field["field_name"], "text", 20) for field in fields]
    names = [name for name, *_ in columns]
    rows = marts.rows("learner_custom_fields") if names else []
    return columns, {row["user_id"]: {name: row[name] for name in names} for row in rows}


def joined(rows: list[Row], by_training: dict[str, Row]) -> list[Row]:
    """Rows of trainings, with the names that a reader looks for."""
    names = ("display_name", "company", "firm", "training_name")
    return [{**{name: by_training[row["training_id"]][name] for name in names}, **row} for row in rows]


def cover(sheets: Sheets, marts: Marts) -> None:
    """Writes the cover: period, totals, definitions, and the curve of trained clients."""
    sheet, overview = sheets.add("Synthèse"), marts.overview()
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 80)
    sheet.set_row(0, 30)
    sheets.put(sheet, 0, 0, "Rapport France Num", "title")
    sheets.put(sheet, 1, 0, f"{period(overview)}. Chiffres arrêtés au {overview['as_of']:%d/%m/%Y à %H:%M} (UTC).")
    for column, text in enumerate(("Total", "", "Définition")):
        sheets.put(sheet, 3, column, text, "section")
    row = 4
    for total in marts.totals():
        kind = UNITS[total["unit"]]
        sheets.put(sheet, row, 0, total["label"], "label")
        sheets.put(sheet, row, 1, "–" if total["value"] is None else total["value"], f"total_{kind}")
        sheets.put(sheet, row, 2, total["definition"], "note")
        sheet.set_row(row, 30 if len(total["definition"]) > 88 else 16)
        row += 1
    firms = trained_by_month(marts)
    if not firms:
        none = "Personne n'a encore achevé de parcours : les courbes viendront avec les premières données."
        sheets.put(sheet, row + 1, 0, none)
        return
    sheets.put(sheet, row + 1, 0, "Clients formés, cumul par cabinet", "section")
    for column in (1, 2):
        sheets.put(sheet, row + 1, column, "", "section")
    months = [entry["month"] for entry in next(iter(firms.values()))]
    data = sheets.hidden("Données de la courbe")
    series = {firm: [entry["clients_trained_to_date"] for entry in rows] for firm, rows in firms.items()}
    write_series(sheets, data, 0, "Mois", months, series)
    chart = sheets.book.add_chart({"type": "line"})
    for index in range(len(firms)):
        line = {"width": 2.5, "color": COLORS[index % len(COLORS)]}
        add_series(chart, data, [data.name, 0, index + 1], 1, len(months), index + 1, line=line)
    finish(chart, "Clients formés (cumul)", legend=True)
    chart.set_size({"width": 900, "height": 360})
    sheet.insert_chart(row + 2, 0, chart)


def trained_by_month(marts: Marts) -> dict[str, list[Row]]:
    """The months of each firm: all firms have the same ones."""
    firms: dict[str, list[Row]] = defaultdict(list)
    for row in marts.rows("kpi_clients_trained", "firm, month"):
        firms[row["firm"]].append(row)
    return firms


def write_series(
    sheets: Sheets, sheet: Any, top: int, head: str, months: list[dt.date], series: dict[str, list[Any]]
) -> None:
    """Writes a small table that a chart reads."""
    sheet.set_row(top, 32)
    sheets.put(sheet, top, 0, head, "head")
    for column, name in enumerate(series, 1):
        sheets.put(sheet, top, column, name, "head")
        for line, value in enumerate(series[name], 1):
            sheets.put(sheet, top + line, column, value, "int")
    for line, date in enumerate(months, 1):
        sheets.put(sheet, top + line, 0, month(date))


def add_series(chart: Any, sheet: Any, name: Any, top: int, count: int, column: int, **look: Any) -> None:
    """Adds `count` cells of a column, from the row `top` on, to a chart; the first column has their labels."""
    bottom = top + count - 1
    labels, values = [sheet.name, top, 0, bottom, 0], [sheet.name, top, column, bottom, column]
    chart.add_series({"name": name, "categories": labels, "values": values, **look})


def finish(chart: Any, title: str, legend: bool = False) -> None:
    """Sets title, legend and axes."""
    chart.set_title({"name": title, "name_font": {"size": 12, "color": BLUE}})
    chart.set_legend({"position": "bottom"} if legend else {"none": True})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_x_axis({"num_font": {"size": 8}})


def firm_sheet(sheets: Sheets, marts: Marts, firm: str, report: list[Row]) -> None:
    """Writes the sheet of a firm: its totals, the clients trained by month, the enrollments by agency."""
    sheet = sheets.add(firm)
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 4, 15)
    sheet.set_row(0, 30)
    sheets.put(sheet, 0, 0, firm, "title")
    rows = [row for row in report if row["firm"] == firm]
    active = [row for row in rows if row["training_kind"] == "path" and not row["is_archived"]]
    signed, present = (sum(row[name] for row in rows) for name in ("half_days_signed", "half_days_present"))
    months = [row for row in marts.rows("kpi_clients_trained", "month") if row["firm"] == firm]
    totals = [
        ("Stagiaires", len({row["user_id"] for row in rows}), "int"),
        ("Clients formés", months[-1]["clients_trained_to_date"] if months else 0, "int"),
        ("Inscriptions à un parcours", len(active), "int"),
        ("dont achevées", sum(row["completed_date"] is not None for row in active), "int"),
        ("Heures de formation en parcours", sum(row["path_minutes"] or 0 for row in rows) / 60, "decimal"),
        ("Demi-journées signées", signed, "int"),
        ("Taux de présence (feuilles signées)", present / signed if signed else None, "rate"),
    ]
    for line, (label, value, kind) in enumerate(totals, 2):
        sheets.put(sheet, line, 0, label, "label")
        sheets.put(sheet, line, 1, value, f"total_{kind}")
    top = 11
    if months:
        sheets.put(sheet, top, 0, "Clients formés, mois par mois", "section")
        dates = [row["month"] for row in months]
        series = {
            "Clients formés": [row["clients_trained"] for row in months],
            "Cumul": [row["clients_trained_to_date"] for row in months],
        }
        write_series(sheets, sheet, top + 1, "Mois", dates, series)
        chart = sheets.book.add_chart({"type": "column"})
        add_series(chart, sheet, "Clients formés", top + 2, len(months), 1, fill={"color": BLUE}, gap=60)
        finish(chart, "Clients formés par mois")
        sheet.insert_chart(1, 6, chart, {"x_scale": 1.35, "y_scale": 1.05})
        top += len(months) + 4
    agencies: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in marts.rows("kpi_enrolments", "agency, region, timing"):
        if row["firm"] == firm:
            agencies[row["agency"]][row["timing"]] += row["enrolments"]
    agencies = {name: counts for name, counts in agencies.items() if sum(counts.values())}
    if not agencies:
        return
    sheets.put(sheet, top, 0, "Inscriptions par agence", "section")
    sheet.set_row(top + 1, 18)
    for column, text in enumerate(("Agence", "passées", "en cours", "à venir")):
        sheets.put(sheet, top + 1, column, text, "head")
    ranked = sorted(agencies.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    for line, (agency, counts) in enumerate(ranked, top + 2):
        sheets.put(sheet, line, 0, agency)
        for column, timing in enumerate(TIMINGS, 1):
            sheets.put(sheet, line, column, counts[timing], "int")
    chart = sheets.book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, (name, color) in enumerate((("passées", BLUE), ("en cours", GREEN), ("à venir", "#BF9000")), 1):
        add_series(chart, sheet, name, top + 2, len(ranked), column, fill={"color": color}, gap=50)
    finish(chart, "Inscriptions par agence", legend=True)
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_size({"width": 650, "height": 160 + 24 * len(ranked)})
    sheet.insert_chart(18, 6, chart)


def details(sheets: Sheets, title: str, columns: list[Column], rows: list[Row], note: str) -> None:
    """Writes a long list with filters and a fixed head."""
    sheet = sheets.add(title)
    sheets.put(sheet, 0, 0, title, "title")
    most = MOST_ROWS - 4
    rest = f" Seules les {most} premières lignes sont montrées." if len(rows) > most else ""
    sheets.put(sheet, 1, 0, (note if rows else "Aucune donnée pour le moment.") + rest)
    sheet.set_row(0, 30)
    sheet.set_row(2, 32)
    for column, (_, label, _, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheets.put(sheet, 2, column, label, "head")
    for line, row in enumerate(rows[:most], 3):
        for column, (name, _, kind, _) in enumerate(columns):
            sheets.put(sheet, line, column, row[name], kind)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, max(3, len(rows[:most]) + 2), len(columns) - 1)
    sheet.repeat_rows(2)
    if len(columns) > 20:
        # Fitted to the width of a page, so many columns are too small to read.
        sheet.set_print_scale(60)
        sheet.repeat_columns(0)
