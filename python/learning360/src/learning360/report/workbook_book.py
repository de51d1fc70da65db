"""The workbook as a file: formats, names of sheets, cells, and the sheets of lists."""

from __future__ import annotations

import datetime as dt
import textwrap
from functools import partial
from itertools import islice
from typing import Any
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter import workbook as library
from xlsxwriter.worksheet import Worksheet

from .labels import LONGEST_TEXT, MOST_ROWS, TIMINGS, cut, printable
from .marts import Marts
from .workbook_columns import Column, Listing
from .workbook_rows import FORMULA, StreamedSheet, cell_writer

BLUE, LIGHT, GREY, GREEN, GOLD = "#1F4E79", "#DDEBF7", "#595959", "#548235", "#BF9000"
COLORS = (BLUE, GREEN, GOLD, "#9B2C5E", "#5A4FCF", "#4A5568", "#C55A11")
HEAD = {
    "border": 1,
    "border_color": "white",
    "bold": True,
    "bg_color": BLUE,
    "font_color": "white",
    "text_wrap": True,
    "valign": "vcenter",
    "indent": 1,
}
TOTAL = {"bold": True, "bg_color": LIGHT, "valign": "top", "align": "right", "indent": 1}

# The blank at the end of a number keeps it from the text in the next cell.
INT, DECIMAL, RATE, POINTS = "#,##0_ ", "#,##0.00_ ", "0.00%_ ", '0.00"%"_ '
FORMATS: dict[str, dict[str, Any]] = {
    "text": {},
    # A text that looks like a formula stays a text when a user edits the cell.
    "guarded": {"quote_prefix": True},
    # In lists, a text keeps a distance from the number before it.
    "cell": {"indent": 1},
    "guarded_cell": {"indent": 1, "quote_prefix": True},
    "int": {"num_format": INT},
    "year": {"num_format": "0", "align": "left", "indent": 1},
    "decimal": {"num_format": DECIMAL},
    "hours": {"num_format": DECIMAL},
    "rate": {"num_format": RATE},
    "date": {"num_format": "dd/mm/yyyy", "align": "left", "indent": 1},
    "hour": {"num_format": "hh:mm", "align": "left", "indent": 1},
    "month": {"num_format": "mm/yyyy", "align": "left", "indent": 1},
    "head": HEAD,
    "title": {"bold": True, "font_size": 20, "font_color": BLUE},
    "section": {"bold": True, "font_size": 13, "font_color": BLUE, "bottom": 2, "bottom_color": BLUE},
    "note": {"italic": True, "indent": 1, "font_color": GREY, "text_wrap": True, "valign": "top"},
    "line": {"italic": True, "font_color": GREY},
    "label": {"bold": True, "valign": "top"},
    "total_int": {**TOTAL, "num_format": INT},
    "total_decimal": {**TOTAL, "num_format": DECIMAL},
    "total_rate": {**TOTAL, "num_format": RATE},
    "total_points": {**TOTAL, "num_format": POINTS},
}
HEAD_ROW = 2


class Book:
    """The workbook with its formats, and the names of its sheets."""

    def __init__(self, path: str, temporary: str, fixed: set[str]) -> None:
        # Texts of learners stay texts: no formula, no link, no number.
        options: dict[str, Any] = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.book = xlsxwriter.Workbook(path, {**options, "tmpdir": temporary})
        self.book.use_zip64()
        self.formats = {name: self.book.add_format(properties) for name, properties in FORMATS.items()}
        self.looks = {name: one._get_xf_index() for name, one in self.formats.items()}  # noqa: SLF001 - see workbook_rows
        self.names: list[str] = []
        # Names that a firm cannot take.
        self.fixed = {name.casefold() for name in fixed}

    def add(self, title: str, *, is_fixed: bool = False, kind: type[Worksheet] = Worksheet) -> Any:
        """Adds a sheet named as Excel allows: 31 characters, none of []:*?/\\, no apostrophe at an end, unique."""
        plain = "".join("-" if c in "[]:*?/\\" or ord(c) < 32 else c for c in title)
        plain = printable(plain).strip("' ") or "Sans nom"
        plain = f"{plain}_" if plain.casefold() in ("history", "historique") else plain
        taken = {name.casefold() for name in self.names} | (set() if is_fixed else self.fixed)
        name, number = cut(plain, 31).rstrip("' "), 1
        while name.casefold() in taken:
            number += 1
            name = cut(plain, 31 - len(f" ({number})")) + f" ({number})"
        self.names.append(name)
        sheet = self.book.add_worksheet(name, kind)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&CPage &P / &N&R&A")
        sheet.hide_gridlines(2)
        return sheet

    def hidden(self, title: str) -> Any:
        """Adds a sheet that only a chart reads."""
        sheet = self.add(title, is_fixed=True)
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
            look = "guarded" if kind in ("text", "yes", "timing") and value.startswith(FORMULA) else kind
            text = cut(printable(value), LONGEST_TEXT)
            sheet.write_string(row, column, text, self.formats.get(look, self.formats["text"]))
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self.formats[kind if kind == "month" else "date"])
        else:
            sheet.write_number(row, column, value, self.formats[kind])

    def heads(self, sheet: Any, row: int, titles: list[str], widths: list[int]) -> None:
        """Writes the titles of columns, in a row high enough for the longest."""
        for column, title in enumerate(titles):
            self.put(sheet, row, column, title, "head")
        lines = max(len(wrapped(title, width)) for title, width in zip(titles, widths, strict=True))
        sheet.set_row(row, 15 * max(lines, 2) + 4)

    def table(
        self, title: str, note: str, columns: list[tuple[str, str, int]], rows: list[list[Any]], name: str
    ) -> Any:
        """Adds a sheet with a short table, and returns the sheet."""
        listing = Listing(
            title, name, note, "", "", "", [Column(head, kind, width, "") for head, kind, width in columns]
        )
        return self._sheet(listing, iter([tuple(row) for row in rows]), len(rows), "")

    def listing(self, marts: Marts, listing: Listing) -> None:
        """Adds the sheet of a list, and as many more as its rows need."""
        count = listing.count(marts)
        rows, most = listing.rows(marts), MOST_ROWS - HEAD_ROW - 1
        for place, first in enumerate(range(0, max(count, 1), most)):
            here = min(most, count - first)
            suffix = f"_{place + 1}" if place else ""
            # Sheets are written in their order, so each takes its rows from where the one before it stopped.
            self._sheet(listing, islice(rows, here), here, suffix, is_continued=place > 0)

    def _sheet(self, listing: Listing, rows: Any, count: int, suffix: str, *, is_continued: bool = False) -> Any:
        sheet, columns = self.add(listing.title, is_fixed=True, kind=StreamedSheet), listing.columns
        widths = [wide_enough(column) for column in columns]
        self.put(sheet, 0, 0, self.names[-1], "title")
        note = f"Suite de la feuille « {listing.title} »." if is_continued else listing.note
        self.put(sheet, 1, 0, note if count else f"{note} Aucune donnée dans ce rapport.", "line")
        sheet.set_row(0, 30)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        self.heads(sheet, HEAD_ROW, [column.title for column in columns], widths)
        heads = [{"header": column.title, "header_format": self.formats["head"]} for column in columns]
        table = {"name": f"T_{listing.table}{suffix}", "columns": heads, "style": "Table Style Light 1"}
        writers = [cell_writer(column.kind, self.looks) for column in columns]
        sheet.stream(table, HEAD_ROW, rows, count, writers)
        sheet.freeze_panes(HEAD_ROW + 1, 2 if columns[0].title == "Nom" else 1)
        sheet.repeat_rows(HEAD_ROW)
        if len(columns) > 16:
            # Fitted to the width of a page, so many columns are too small to read.
            sheet.set_print_scale(60)
            sheet.repeat_columns(0, 1 if columns[0].title == "Nom" else 0)
        return sheet

    def close(self) -> None:
        """Writes the file."""
        # Level 3 takes a third of the time of the default, and the library has no option for it.
        library.ZipFile = partial(ZipFile, compresslevel=3)
        try:
            self.book.close()
        finally:
            library.ZipFile = ZipFile


def wrapped(title: str, width: int) -> list[str]:
    """The lines of a title in bold letters beside the button of a filter."""
    return textwrap.wrap(title, max(4, width - 3), break_long_words=False) or [""]


def wide_enough(column: Column) -> int:
    """The width of a column, in which the longest word of its title has room."""
    return max(column.width, max(map(len, column.title.split()), default=0) + 5)


def write_series(book: Book, sheet: Any, top: int, head: str, labels: list[Any], series: dict[str, list[Any]]) -> None:
    """Writes a small table that a chart reads."""
    titles = [head, *series]
    book.heads(sheet, top, titles, [18] * len(titles))
    for column, name in enumerate(series, 1):
        for line, value in enumerate(series[name], 1):
            book.put(sheet, top + line, column, value, "int")
    for line, label in enumerate(labels, 1):
        book.put(sheet, top + line, 0, label)


def add_series(chart: Any, sheet: Any, name: Any, top: int, count: int, column: int, **look: Any) -> None:
    """Adds `count` cells of a column, from the row `top` on, to a chart; the first column has their labels."""
    bottom = top + count - 1
    labels, values = [sheet.name, top, 0, bottom, 0], [sheet.name, top, column, bottom, column]
    chart.add_series({"name": name, "categories": labels, "values": values, **look})


def finish(chart: Any, title: str, *, legend: bool = False) -> None:
    """Sets title, legend and axes."""
    chart.set_title({"name": title, "name_font": {"size": 12, "color": BLUE}})
    chart.set_legend({"position": "bottom"} if legend else {"none": True})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_x_axis({"num_font": {"size": 8}})
