"""Makes what covers the first row of a template as long as the rows: tables, rules, formulas, names and print area."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname, range_boundaries
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.formula import ArrayFormula

CELLS = r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?"
# The cells of a sheet, as names and print areas give them; a quoted sheet may have any sign.
AREA = rf"((?:'(?:[^']|'')+'|[^'!,()]+))!({CELLS})"


def widen(book: Any, sheet: Any, first: int, last: int) -> None:
    """Makes all that covers the row `first` of the sheet, and ends before the row `last`, end there."""
    for table in sheet.tables.values():
        if range_boundaries(table.ref)[1] == first - 1:
            table.ref = re.sub(r"\d+$", str(last), table.ref)
            if table.autoFilter is not None:
                table.autoFilter.ref = table.ref
    for validation in sheet.data_validations.dataValidation:
        validation.sqref = MultiCellRange(widened(str(validation.sqref), first, last))
    rules = ConditionalFormattingList()
    for one in sheet.conditional_formatting:
        for rule in one.rules:
            rules.add(widened(str(one.sqref), first, last), rule)
    sheet.conditional_formatting = rules
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = widened(sheet.auto_filter.ref, first, last)
    if sheet.print_area:
        areas = [cells.replace("$", "") for _, cells in re.findall(AREA, sheet.print_area)]
        sheet.print_area = ",".join(widened(area, first, last) for area in areas)
    for names in (book.defined_names, *(one.defined_names for one in book.worksheets)):
        for name in names.values():
            name.value = widened_name(name.value, sheet.title, first, last)
    widen_formulas(book, sheet, first, last)
    height = sheet.row_dimensions[first].height
    for line in range(first + 1, last + 1) if height else ():
        sheet.row_dimensions[line].height = height


def widened(areas: str, first: int, last: int) -> str:
    """Areas with blanks between them; those that cover the first row and end before the last one end there."""
    found = []
    for area in areas.split():
        left, top, right, bottom = range_boundaries(area)
        # A whole column or row has no corners.
        if left and right and top and bottom and top <= first <= bottom < last:
            found.append(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{last}")
        else:
            found.append(area)
    return " ".join(found)


def widened_name(value: str | None, title: str, first: int, last: int) -> str | None:
    """What a name stands for; only areas of this sheet change. A name of one cell or of a formula stays as it is."""
    if not value or not re.fullmatch(rf"{AREA}(?:,{AREA})*", value):
        return value

    def longer(match: re.Match[str]) -> str:
        sheet, cells = match.groups()
        if sheet not in (title, quote_sheetname(title)) or ":" not in cells:
            return match[0]
        return f"{sheet}!{absolute_coordinate(widened(cells.replace('$', ''), first, last))}"

    return re.sub(AREA, longer, value)


def widen_formulas(book: Any, sheet: Any, first: int, last: int) -> None:
    """Makes totals above and below the rows, and on other sheets, count all rows."""
    for one in book.worksheets:
        parts = ((1, first - 1), (last + 1, one.max_row)) if one is sheet else ((1, one.max_row),)
        for top, bottom in parts:
            for row in one.iter_rows(min_row=top, max_row=bottom) if top <= bottom else ():
                for cell in row:
                    value = getattr(cell, "value", None)
                    if isinstance(value, ArrayFormula):
                        value.text = widened_formula(value.text, sheet.title, one is sheet, first, last)
                    elif isinstance(value, str) and cell.data_type == "f":
                        cell.value = widened_formula(value, sheet.title, one is sheet, first, last)


def widened_formula(text: str | None, title: str, is_own: bool, first: int, last: int) -> str | None:
    """A formula with its ranges of this sheet as long as the rows."""
    try:
        tokens = Tokenizer(text or "")
    except TokenizerError:
        return text
    for token in tokens.items:
        found = re.fullmatch(rf"(?:(.+)!)?({CELLS})", token.value) if token.subtype == Token.RANGE else None
        if found is None or ":" not in found[2]:
            continue
        if found[1] in (title, quote_sheetname(title)) or (found[1] is None and is_own):
            cells = found[2].replace("$", "")
            if widened(cells, first, last) != cells:
                token.value = re.sub(r"\d+$", str(last), token.value)
    return "=" + "".join(token.value for token in tokens.items) if tokens.items else text
