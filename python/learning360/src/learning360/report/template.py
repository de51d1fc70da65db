"""Fills an existing workbook: a YAML file says which column of the report belongs under which of its titles."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from learning360 import CommandError

from .labels import LONGEST_TEXT, MOST_ROWS, TIMINGS, cut, printable
from .marts import Marts
from .scope import Scope
from .workbook_columns import Column, Listing
from .workbook_lists import lists

KEYS = ("sheet", "head_row", "list", "columns")
# Parts of a workbook that the library does not write again, by the beginning of their name.
LOST = {
    "xl/charts/": "charts",
    "xl/drawings/drawing": "drawings and pictures",
    "xl/slicers/": "slicers",
    "xl/ctrlProps/": "form controls",
    "xl/vbaProject": "macros",
    "xl/queryTables/": "queries",
}
# The formats of values in cells that the template leaves General.
NUMBER_FORMATS = {"date": "dd/mm/yyyy", "hour": "hh:mm", "rate": "0.00%", "decimal": "0.00", "hours": "0.00"}


@dataclass(frozen=True)
class Constant:
    """A value that is the same in each row."""

    value: str | int | float | bool | dt.date


@dataclass(frozen=True)
class Filling:
    """What fills one sheet: for each title in the head row a column of the list, or a constant."""

    sheet: str
    head_row: int
    list: str
    columns: dict[str, str | Constant]


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice: YAML would keep the last one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"{twice!r} is there twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def nearest(name: str, names: Iterable[str]) -> str:
    """The advice that names the nearest of the names that exist."""
    known = list(names)
    near = get_close_matches(name.casefold(), {one.casefold() for one in known}, 1, 0.5)
    found = [one for one in known if near and one.casefold() == near[0]]
    return f"Did you mean {found[0]!r}?" if found else f"It has: {', '.join(known[:12]) or 'none'}."


def read_mapping(file: Path) -> list[Filling]:
    """The mapping. Raises `CommandError` for what is not one."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"--mapping {file} is not YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise CommandError(f"--mapping {file} cannot be read: {error.strerror}.") from error
    sheets = content.get("sheets") if isinstance(content, dict) else None
    if not isinstance(sheets, list) or not sheets or set(content) != {"sheets"}:
        raise CommandError(f"--mapping {file} needs a list `sheets` and nothing else; see the documentation.")
    return [filling_of(file, place, one) for place, one in enumerate(sheets, 1)]


def filling_of(file: Path, place: int, given: Any) -> Filling:
    where = f"--mapping {file}: sheet {place}"
    if not isinstance(given, dict):
        raise CommandError(f"{where} needs the keys {', '.join(KEYS)}.")
    for key in given:
        if key not in KEYS:
            raise CommandError(f"{where} has the unknown key {key!r}. {nearest(str(key), KEYS)}")
    missing = [key for key in KEYS if key not in given]
    if missing:
        raise CommandError(f"{where} lacks {', '.join(missing)}.")
    head_row, columns = given["head_row"], given["columns"]
    if not isinstance(head_row, int) or isinstance(head_row, bool) or not 0 < head_row < MOST_ROWS:
        raise CommandError(f"{where}: head_row must be the number of the row that has the titles.")
    if not isinstance(columns, dict) or not columns:
        raise CommandError(f"{where}: columns must have a line for each title, as `Nom du stagiaire: Nom`.")
    return Filling(
        str(given["sheet"]),
        head_row,
        str(given["list"]),
        {same(str(title)): source_of(where, title, column) for title, column in columns.items()},
    )


def source_of(where: str, title: Any, column: Any) -> str | Constant:
    if isinstance(column, dict) and set(column) == {"constant"}:
        value = column["constant"]
        if isinstance(value, dt.datetime):
            # Excel has no time zones.
            value = value.replace(tzinfo=None)
        if isinstance(value, (str, int, float, bool, dt.date)):
            return Constant(value)
    if isinstance(column, str):
        return column
    raise CommandError(f"{where}: {title!r} must be a column of the report, or `{{constant: VALUE}}`.")


def same(title: str) -> str:
    """A title as titles are compared: on one line."""
    return " ".join(title.split())


class Template:
    """A template and its mapping, checked from the first title to the last before anything is written."""

    def __init__(self, file: Path, mapping: Path, marts: Marts, scope: Scope) -> None:
        self.file, self.mapping, self.marts = file, mapping, marts
        self.warnings = lost_in(file)
        self.book = opened(file)
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
        titles: dict[str, list[int]] = {}
        for cell in sheet[filling.head_row]:
            if cell.value is not None:
                titles.setdefault(same(str(cell.value)), []).append(cell.column)
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
        where = f"--template {self.file}: {filling.sheet!r}"
        for merged in sheet.merged_cells.ranges:
            if merged.max_row > filling.head_row and any(merged.min_col <= one <= merged.max_col for one in found):
                raise CommandError(
                    f"{where} has merged cells in {merged.coord}, where rows of the report go. Split them."
                )
        for table in sheet.tables.values():
            if range_boundaries(table.ref)[1] == filling.head_row and table.totalsRowCount:
                raise CommandError(
                    f"{where} has the table {table.displayName!r} with a totals row, which rows of the report would "
                    "replace. Switch it off (Création de tableau, Ligne Total)."
                )
        for row in sheet.iter_rows(min_row=filling.head_row + 2):
            for cell in row:
                if cell.column in found and getattr(cell, "value", None) is not None:
                    raise CommandError(
                        f"--template {self.file}: {filling.sheet!r} has content in {cell.coordinate}, where rows of "
                        f"the report go. Leave only row {filling.head_row + 1}, which gives them their format."
                    )
        count = listing.count(self.marts)
        if filling.head_row + count > MOST_ROWS:
            raise CommandError(
                f"--template {self.file}: {filling.list!r} has {count} rows, more than a sheet of Excel."
            )
        return listing, found

    def write(self, path: Path) -> None:
        """Fills the sheets, and writes the copy."""
        for filling, listing, found in self.fillings:
            self._fill(filling, listing, found)
        self.book.save(path)

    def _fill(self, filling: Filling, listing: Listing, found: dict[int, Column | Constant]) -> None:
        sheet, first = self.book[filling.sheet], filling.head_row + 1
        # What the first row below the head looks like, all rows look like; its formulas are copied, too.
        pattern = [cell for cell in sheet[first] if isinstance(cell, Cell)]
        formulas = {
            int(cell.column or 0): cell.value for cell in pattern if cell.data_type == "f" and cell.column not in found
        }
        own: dict[int, Column] = {place: one for place, one in found.items() if isinstance(one, Column)}
        last = filling.head_row
        for last, row in enumerate(listing.rows(self.marts, list(own.values())), first):
            if last > first:
                for model in pattern:
                    if model.has_style:
                        sheet.cell(last, model.column)._style = copy(model._style)  # type: ignore[attr-defined]  # noqa: SLF001 - as its documentation does
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
        self._widen_tables(sheet, filling.head_row, max(last, first))
        widen_rules(sheet, first, max(last, first))

    @staticmethod
    def _widen_tables(sheet: Any, head_row: int, last: int) -> None:
        """Makes Excel tables that begin with the head row as long as the rows."""
        for table in sheet.tables.values():
            if range_boundaries(table.ref)[1] == head_row:
                table.ref = re.sub(r"\d+$", str(last), table.ref)
                if table.autoFilter is not None:
                    table.autoFilter.ref = table.ref


def widen_rules(sheet: Any, first: int, last: int) -> None:
    """Makes what ends with the first row below the head as long as the rows: heights, rules, filter and print area."""

    def widened(areas: str) -> str:
        found = []
        for area in areas.split():
            left, top, right, bottom = range_boundaries(area.rsplit("!", 1)[-1])
            # A whole column or row has no corners.
            if left and right and bottom == first:
                found.append(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{last}")
            else:
                found.append(area)
        return " ".join(found)

    for validation in sheet.data_validations.dataValidation:
        validation.sqref = MultiCellRange(widened(str(validation.sqref)))
    rules = ConditionalFormattingList()
    for one in sheet.conditional_formatting:
        for rule in one.rules:
            rules.add(widened(str(one.sqref)), rule)
    sheet.conditional_formatting = rules
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = widened(sheet.auto_filter.ref)
    # A sheet may print several areas.
    if sheet.print_area and "," not in sheet.print_area:
        sheet.print_area = widened(sheet.print_area.replace("$", ""))
    height = sheet.row_dimensions[first].height
    for line in range(first + 1, last + 1) if height else ():
        sheet.row_dimensions[line].height = height


def opened(file: Path) -> Any:
    """The template. Raises `CommandError` for a file that is not an Excel workbook."""
    if file.suffix.lower() != ".xlsx":
        raise CommandError(f"--template {file} must be a workbook that ends in .xlsx.")
    try:
        return load_workbook(file, rich_text=True)
    except (
        OSError,
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise CommandError(
            f"--template {file} cannot be read as an Excel workbook: {error}. Save it again as .xlsx."
        ) from error


def lost_in(file: Path) -> list[str]:
    """What the template has and the filled copy will not have."""
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
    except (OSError, zipfile.BadZipFile):
        return []
    return [what for start, what in LOST.items() if any(name.startswith(start) for name in names)]


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
