"""Fills an existing workbook: a YAML file says which column of the report belongs under which of its titles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from learning360 import CommandError

from . import template_book
from .labels import LONGEST_TEXT, MOST_ROWS, TIMINGS, cut, printable
from .marts import Marts
from .scope import Scope
from .template_mapping import Constant, Filling, nearest, read_mapping, same
from .template_ranges import widen
from .workbook_columns import Column, Listing
from .workbook_lists import lists

# The formats of values in cells that the template leaves General.
NUMBER_FORMATS = {"date": "dd/mm/yyyy", "hour": "hh:mm", "rate": "0.00%", "decimal": "0.00", "hours": "0.00"}


class Template:
    """A template and its mapping, checked from the first title to the last before anything is written."""

    def __init__(self, file: Path, mapping: Path, marts: Marts, scope: Scope) -> None:
        self.file, self.mapping, self.marts = file, mapping, marts
        # What the template has and the filled copy lacks; complete when it is written.
        self.book, self.lost = template_book.opened(file)
        known = {listing.title: listing for listing in lists(marts, scope)}
        fillings = read_mapping(mapping)
        for place, one in enumerate(fillings):
            if one.sheet in [other.sheet for other in fillings[:place]]:
                raise CommandError(f"--mapping {mapping}: the sheet {one.sheet!r} is there twice. Fill it by one list.")
        self.fillings = [(one, *self._checked(one, known)) for one in fillings]

    def _checked(self, filling: Filling, known: dict[str, Listing]) -> tuple[Listing, dict[int, Column | Constant]]:
        """The list, and what fills each place of the head row."""
        where = f"--mapping {self.mapping}"
        if filling.sheet not in self.book.sheetnames:
            raise CommandError(
                f"{where}: the template has no sheet {filling.sheet!r}. {nearest(filling.sheet, self.book.sheetnames)}"
            )
        if filling.list not in known:
            raise CommandError(f"{where}: the report has no list {filling.list!r}. {nearest(filling.list, known)}")
        sheet, listing = self.book[filling.sheet], known[filling.list]
        if not isinstance(sheet, Worksheet):
            raise CommandError(f"{where}: {filling.sheet!r} is a chart, not a sheet with rows. Name another one.")
        titles = titles_of(sheet, filling.head_row)
        columns = listing.every()
        found: dict[int, Column | Constant] = {}
        for title, source in filling.columns.items():
            if title not in titles:
                advice = nearest(title, titles)
                raise CommandError(
                    f"{where}: row {filling.head_row} of {filling.sheet!r} has no title {title!r}. {advice}"
                )
            if len(titles[title]) > 1:
                raise CommandError(
                    f"{where}: row {filling.head_row} of {filling.sheet!r} has the title {title!r} twice."
                )
            if isinstance(source, str) and source not in columns:
                raise CommandError(
                    f"{where}: the list {filling.list!r} has no column {source!r}. {nearest(source, columns)}"
                )
            found[titles[title][0]] = source if isinstance(source, Constant) else columns[source]
        count = listing.count(self.marts)
        self._check_room(sheet, filling, found, count)
        if filling.head_row + count > MOST_ROWS:
            raise CommandError(
                f"--template {self.file}: {filling.list!r} has {count} rows, more than a sheet of Excel."
            )
        return listing, found

    def _check_room(self, sheet: Worksheet, filling: Filling, found: dict[int, Column | Constant], count: int) -> None:
        """Raises `CommandError` for what rows of the report would break, or what would hide them."""
        where, first = f"--template {self.file}: {filling.sheet!r}", filling.head_row + 1
        written = {*found, *self._formulas(sheet, first, found, where)}
        for merged in sheet.merged_cells.ranges:
            if merged.max_row >= first and any(merged.min_col <= one <= merged.max_col for one in written):
                raise CommandError(
                    f"{where} has merged cells in {merged.coord}, where rows of the report go. Split them."
                )
        for table in sheet.tables.values():
            if range_boundaries(table.ref)[1] == filling.head_row and table.totalsRowCount:
                raise CommandError(
                    f"{where} has the table {table.displayName!r} with a totals row, which rows of the report would "
                    "replace. Switch it off (Création de tableau, Ligne Total)."
                )
        for row in sheet.iter_rows(min_row=first + 1):
            for cell in row:
                if cell.column in written and getattr(cell, "value", None) is not None:
                    raise CommandError(
                        f"{where} has content in {cell.coordinate}, where rows of the report go. "
                        f"Leave only row {first}, which gives them their format."
                    )
        hidden = [line for line, one in sheet.row_dimensions.items() if one.hidden and first <= line < first + count]
        if hidden or sheet.sheet_format.zeroHeight:
            line = min(hidden, default=first)
            raise CommandError(
                f"{where} hides row {line}, where rows of the report go. Show all rows, without a filter."
            )

    @staticmethod
    def _formulas(sheet: Worksheet, first: int, found: dict[int, Column | Constant], where: str) -> dict[int, str]:
        """The formulas that go on in the rows below, by their column."""
        formulas = {}
        for cell in sheet[first]:
            if cell.data_type != "f" or cell.column in found:
                continue
            if not isinstance(cell.value, str):
                raise CommandError(
                    f"{where} has an array formula or a data table in {cell.coordinate}, which cannot go on in the "
                    "rows below. Write it as a formula of one cell, without Ctrl+Maj+Entrée."
                )
            try:
                Translator(cell.value, origin=cell.coordinate).translate_formula(row_delta=1)
            except (TokenizerError, TranslatorError, ValueError) as error:
                raise CommandError(
                    f"{where} has a formula in {cell.coordinate} that cannot go on in the rows below: "
                    f"{cell.value}. Write it in a simpler way."
                ) from error
            formulas[cell.column] = cell.value
        return formulas

    def write(self, path: Path) -> None:
        """Fills the sheets, and writes the copy."""
        for filling, listing, found in self.fillings:
            self._fill(filling, listing, found)
        lost = template_book.save(self.book, self.file, path)
        self.lost = list(dict.fromkeys([*self.lost, *lost]))

    def _fill(self, filling: Filling, listing: Listing, found: dict[int, Column | Constant]) -> None:
        sheet, first = self.book[filling.sheet], filling.head_row + 1
        # What the first row below the head looks like, all rows look like; its formulas are copied, too.
        pattern = [cell for cell in sheet[first] if isinstance(cell, Cell)]
        formulas = self._formulas(sheet, first, found, filling.sheet)
        own: dict[int, Column] = {place: one for place, one in found.items() if isinstance(one, Column)}
        last = filling.head_row
        for last, row in enumerate(listing.rows(self.marts, list(own.values())), first):
            if last > first:
                for model in pattern:
                    cell = sheet.cell(last, model.column)
                    # What stands below in a column that is not filled keeps its look.
                    if model.has_style and cell.value is None:
                        cell._style = copy(model._style)  # type: ignore[attr-defined]  # noqa: SLF001 - as its documentation does
            # A list without columns of its own has rows of one constant.
            for (place, column), value in zip(own.items(), row, strict=bool(own)):
                put(sheet.cell(last, place), value, column.kind)
            for place, one in found.items():
                if isinstance(one, Constant):
                    put(sheet.cell(last, place), one.value, "constant")
            for place, formula in formulas.items():
                if last > first:
                    origin, target = (f"{get_column_letter(place)}{line}" for line in (first, last))
                    sheet.cell(last, place).value = Translator(formula, origin=origin).translate_formula(target)
        if last == filling.head_row:
            for place in found:
                sheet.cell(first, place).value = None
        widen(self.book, sheet, first, max(last, first))


def titles_of(sheet: Worksheet, row: int) -> dict[str, list[int]]:
    """The columns of each title of the head row; a title may be in a merged cell that begins above."""
    above = {
        one.min_col: sheet.cell(one.min_row, one.min_col).value
        for one in sheet.merged_cells.ranges
        if one.min_row < row <= one.max_row
    }
    titles: dict[str, list[int]] = {}
    for cell in sheet[row]:
        value = above.get(cell.column) if cell.value is None else cell.value
        if value is not None:
            titles.setdefault(same(str(value)), []).append(int(cell.column or 0))
    return titles


def put(cell: Cell, value: Any, kind: str) -> None:
    """Writes a value with the format of the cell; an empty cell for NULL."""
    converted = CONVERTERS.get(kind, plain)(value) if value is not None else None
    if isinstance(converted, str):
        cell.value = cut(printable(converted), LONGEST_TEXT)
        # Never a formula, whatever a learner has written.
        cell.data_type = "s"
        if converted.startswith("="):
            cell.quotePrefix = True
        return
    was_general = cell.number_format == "General"
    number_format = cell.number_format
    cell.value = converted
    cell.number_format = NUMBER_FORMATS.get(kind, "General") if was_general else number_format


def plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, Decimal, str)) else str(value)


def as_date(value: Any) -> Any:
    """A date; one that Excel does not have as a text."""
    if isinstance(value, dt.date) and not 1900 < value.year <= 9999:
        return f"{value:%d/%m}/{value.year:04}"
    return value


def as_constant(value: Any) -> Any:
    return ("oui" if value else "non") if isinstance(value, bool) else value


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "date": as_date,
    "hour": lambda value: value.time(),
    "hours": lambda value: Decimal((2 * value + 36_000) // 72_000) / 100,
    "yes": lambda value: "oui" if value else "non",
    "timing": lambda value: TIMINGS.get(value, value),
    "constant": as_constant,
}
