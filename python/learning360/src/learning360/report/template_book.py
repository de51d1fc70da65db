"""Opens a template, and says what its filled copy has lost."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.functions import fromstring

from learning360 import CommandError

# Parts of a workbook by the beginning of their name: the library does not write all of them again.
PARTS = {
    "xl/charts/chart": "charts",
    "xl/media/": "pictures",
    "xl/diagrams/": "diagrams",
    "xl/embeddings/": "embedded objects",
    "xl/slicers/": "slicers",
    "xl/timelines/": "timelines",
    "xl/ctrlProps/": "form controls",
    "xl/activeX/": "form controls",
    "xl/vbaProject": "macros",
    "xl/macrosheets/": "macros",
    "xl/dialogsheets/": "dialogs",
    "xl/queryTables/": "queries",
    "xl/connections": "queries",
    "xl/model/": "data model",
    "xl/richData/": "pictures and data types in cells",
    "xl/metadata": "formulas that spill (they keep the size that they have)",
    "xl/threadedComments/": "conversations (they become notes)",
    "_xmlsignatures/": "signature",
    "docMetadata/": "sensitivity label",
}
# What the library says when it leaves something out.
WARNINGS = {
    "Conditional Formatting extension": "conditional formats of Excel 2010 and later (icons, bars, other sheets)",
    "Sparkline Group extension": "sparklines",
    "Slicer List extension": "slicers",
    "Timeline Ref extension": "timelines",
    "Protected Range extension": "ranges that some users may change",
    "Web Extension extension": "add-ins",
    "Unknown extension": "features of newer versions of Excel",
    "header or footer": "header or footer",
    "Print area": "print area, which is no fixed range of cells",
    "Shapes and drawings": "drawings",
}
# A shape, a line or a group in a drawing: the library writes charts and pictures only.
SHAPE = re.compile(rb"<(?:\w+:)?(?:sp|cxnSp|grpSp)[ />]")
# An encrypted workbook, or one of Excel 97, is a file of this kind.
COMPOUND = bytes.fromhex("d0cf11e0")
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"


def opened(file: Path) -> tuple[Any, list[str]]:
    """The template, and what the library leaves out. Raises `CommandError` for a file that is no Excel workbook."""
    if file.suffix.lower() != ".xlsx":
        raise CommandError(f"--template {file} must be a workbook that ends in .xlsx: save it as one, without macros.")
    try:
        if file.read_bytes()[:4] == COMPOUND:
            raise ValueError("it has a password or is of Excel 97")
        with left_out() as lost:
            reader = ExcelReader(str(file), rich_text=True)
            reader.read()
            keep_lists(file, reader)
    except (
        OSError,
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as error:
        reason = f"{error}".rstrip(".")
        raise CommandError(
            f"--template {file} cannot be read as an Excel workbook: {reason}. Save it again as .xlsx."
        ) from error
    return reader.wb, lost


@contextmanager
def left_out() -> Iterator[list[str]]:
    """What the library warns of within it, in our words; nothing is printed."""
    lost: list[str] = []
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield lost
    texts = [str(one.message) for one in found]
    lost += [what for words, what in WARNINGS.items() if any(words in text for text in texts)]


def keep_lists(file: Path, reader: Any) -> None:
    """Adds the validations that refer to other sheets: Excel stores them in a part that the library does not read."""
    with zipfile.ZipFile(file) as parts:
        for one, relation in reader.parser.find_sheets():
            text = parts.read(relation.target)
            if b"dataValidation" not in text or not hasattr(reader.wb[one.name], "data_validations"):
                continue
            for given in fromstring(text).iter(f"{X14}dataValidation"):
                settings: dict[str, Any] = {name: value for name, value in given.attrib.items() if "{" not in name}
                for place in ("formula1", "formula2"):
                    formula = given.findtext(f"{X14}{place}/{XM}f")
                    if formula is not None:
                        settings[place] = formula
                settings["sqref"] = given.findtext(f"{XM}sqref")
                reader.wb[one.name].add_data_validation(DataValidation(**settings))


def save(book: Any, template: Path, copy: Path) -> list[str]:
    """Saves the filled copy, and returns what it lacks of the template."""
    with left_out() as lost:
        book.save(copy)
    with zipfile.ZipFile(template) as before, zipfile.ZipFile(copy) as after:
        for start, what in PARTS.items():
            counts = [sum(name.startswith(start) for name in parts.namelist()) for parts in (before, after)]
            if counts[1] < counts[0]:
                lost.append(what)
        drawings = [before.read(name) for name in before.namelist() if name.startswith("xl/drawings/drawing")]
        if any(SHAPE.search(drawing) for drawing in drawings):
            lost.append("drawings")
    return lost
