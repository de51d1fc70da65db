"""Sheets whose rows go from the database to the file one by one, however many there are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import getitem
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from .labels import LONGEST_TEXT, TIMINGS, cut, printable

# Excel reads _x0041_ in a text as the letter A.
ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
SPECIAL = re.compile("[&<>]")
# No text has it, because XML forbids it.
LINE = "\0"
# The values of a column whose cells are in memory.
REMEMBERED = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Excel counts February 29, 1900, which never was: earlier days are texts. Python's last year is Excel's.
FIRST_DAY, DAY_ZERO = dt.date(1900, 3, 1), dt.date(1899, 12, 30).toordinal()


def hours_of(milliseconds: int) -> str:
    """Milliseconds as hours with two decimals, rounded half up."""
    hundredths = (2 * milliseconds + 36_000) // 72_000
    return f"{hundredths // 100}.{hundredths % 100:02}"


def text_cell(look: int, text: str) -> str:
    text = cut(printable(text), LONGEST_TEXT)
    if SPECIAL.search(text):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "_x" in text:
        text = ESCAPE.sub("_x005F_", text)
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f's="{look}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def number_cell(look: int, value: Any) -> str:
    return f's="{look}"><v>{value}</v></c>'


Writer = Callable[[Any], str]


def cell_writer(kind: str, looks: dict[str, int]) -> Writer:
    """The function that writes a value of this kind: the cell's element from its format on."""
    look, text, guarded = looks.get(kind, looks["cell"]), looks["cell"], looks["guarded_cell"]

    def words(value: Any) -> str:
        value = str(value)
        return text_cell(guarded if value.startswith(FORMULA) else text, value)

    def date(value: Any) -> str:
        day = value.toordinal() - DAY_ZERO
        return number_cell(look, day) if day > 60 else words(f"{value:%d/%m}/{value.year:04}")

    values: dict[str, Writer] = {
        **dict.fromkeys(("int", "decimal", "rate", "year"), lambda value: number_cell(look, value)),
        "hours": lambda value: number_cell(look, hours_of(value)),
        "date": date,
        "month": date,
        "hour": lambda value: number_cell(look, (60 * value.hour + value.minute) / 1440),
        "yes": lambda value: words("oui" if value else "non"),
        "timing": lambda value: words(TIMINGS.get(value, value)),
    }
    write = values.get(kind, words)
    # A text among numbers says why there is none, such as a stream that is not synced.
    return lambda value: words(value) if isinstance(value, str) and kind != "timing" else write(value)


class Cells(dict[Any, str]):
    """The cells of a column by their value, each with `LINE` where the number of its row belongs. Values repeat, so
    most cells are written once; the number of those in memory is bounded."""

    def __init__(self, column: int, write: Writer) -> None:
        super().__init__()
        self.start, self.write = f'<c r="{xl_col_to_name(column)}{LINE}" ', write

    def __missing__(self, value: Any) -> str:
        if value is None:
            return ""
        if len(self) >= REMEMBERED:
            self.clear()
        cell = self[value] = self.start + self.write(value)
        return cell


class StreamedSheet(Worksheet):  # type: ignore[misc]
    """A sheet of xlsxwriter that reads the rows below its head from an iterator while the file is written."""

    def __init__(self) -> None:
        super().__init__()
        self.source: Iterator[Sequence[Any]] = iter(())
        self.writers: list[Writer] = []
        self.head_row = self.last_row = 0

    def stream(
        self,
        table: dict[str, Any],
        head_row: int,
        rows: Iterable[Sequence[Any]],
        count: int,
        writers: list[Writer],
    ) -> None:
        """Declares an Excel table below `head_row`, whose `count` rows come from `rows` in the end."""
        self.head_row, self.last_row = head_row, head_row + max(1, count)
        self.source, self.writers = iter(rows), writers
        width = len(writers)
        # The library would remember every cell of the table, so it gets one row, and the range of all of them after.
        if self.add_table(head_row, 0, head_row + 1, width - 1, table) != 0:
            raise ValueError(f"the table {table['name']} was refused")
        for name in ("range", "a_range", "autofilter"):
            self.tables[-1][name] = xl_range(head_row, 0, self.last_row, width - 1)
        self.dim_rowmax, self.dim_colmax = self.last_row, width - 1

    def _write_sheet_data(self) -> None:
        """Overrides the library's method, which writes the rows that it has in memory."""
        self._xml_start_tag("sheetData")
        self.dim_rowmax = self.head_row
        self._write_rows()
        self.dim_rowmax = self.last_row
        columns = [Cells(place, write) for place, write in enumerate(self.writers)]
        write_out, parts = self.fh.write, list[str]()
        for line, row in enumerate(self.source, self.head_row + 2):
            if line > self.last_row + 1:
                raise ValueError(f"the sheet {self.name} has more rows than were counted")
            cells = "".join(map(getitem, columns, row)).replace(LINE, str(line))
            parts.append(f'<row r="{line}">{cells}</row>')
            if len(parts) == 500:
                write_out("".join(parts))
                parts.clear()
        write_out("".join(parts))
        self._xml_end_tag("sheetData")
