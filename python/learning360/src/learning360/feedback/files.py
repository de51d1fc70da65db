"""A CSV file: its encoding, its separator, and its lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .mapping import FeedbackError

SEPARATORS = (";", ",", "\t", "|")
CHUNK, SAMPLE = 1 << 20, 1 << 16
# Longer than any answer: a quotation mark that is never closed ends here.
LONGEST = 1 << 17
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
UNENDED = "has a quotation mark that does not end its text"
TOO_LONG = f"has a cell of more than {LONGEST:,} characters, or a quotation mark that does not end its text"
# Bytes that Windows-1252 does not have, and é or … of UTF-8, which in Windows-1252 would be Ã© or â€¦.
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
OF_UTF8 = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")
SHOWN = {"\t": "tab"}


class Record(NamedTuple):
    """One record: the line on which it begins, its cells, and the lines as they are in the file."""

    line: int
    cells: list[str]
    raw: str
    # The reason why it is none, and then how many lines are lost.
    problem: str = ""
    lines: int = 1


@dataclass
class Source:
    """A file whose encoding, separator and head are known."""

    path: Path
    encoding: str
    separator: str
    head: list[str]
    head_raw: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def description(self) -> str:
        encoding = NAMES.get(self.encoding, "Windows-1252" if self.encoding == "cp1252" else self.encoding)
        return f"{encoding}, separator {SHOWN.get(self.separator, self.separator)}"

    def records(self) -> Iterator[Record]:
        """What follows the head, in order; blank lines too."""
        found = records(self.path, self.encoding, self.separator)
        for record in found:
            if is_head(record):
                break
        yield from found


def is_head(record: Record) -> bool:
    return bool(record.problem or record.raw.strip(f" \r\n{''.join(SEPARATORS)}"))


def open_source(path: Path, encoding: str | None) -> Source:
    try:
        encoding = checked(encoding, path) if encoding else detected(path)
        separator = separated(path, encoding)
        head = next((one for one in records(path, encoding, separator) if is_head(one)), None)
    except OSError as error:
        raise FeedbackError(f"Cannot read {path}: {error.strerror}.") from error
    if head is None:
        raise FeedbackError(f"{path} is empty: it has no head.")
    if head.problem:
        raise FeedbackError(f"{path}, line {head.line}: the head {head.problem}.")
    return Source(path, encoding, separator, head.cells, head.raw)


def checked(encoding: str, path: Path) -> str:
    try:
        return codecs.lookup(str(encoding)).name
    except LookupError as error:
        raise FeedbackError(f"There is no encoding {encoding!r} for {path.name}; write utf-8 or cp1252.") from error


def detected(path: Path) -> str:
    """UTF-8 and UTF-16 by their marks or by their bytes, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
        if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise FeedbackError(f"{path.name} is a workbook of Excel: save it as CSV UTF-8, and load that file.")
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding
        if start and start[1::2].count(0) > len(start) // 4:
            return "utf-16-le"
        if start and start[::2].count(0) > len(start) // 4:
            return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8, of_utf8, undefined = True, False, False
        file.seek(0)
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk) if is_utf8 else None
            except UnicodeDecodeError:
                is_utf8 = False
            of_utf8, undefined = of_utf8 or bool(OF_UTF8.search(chunk)), undefined or bool(UNDEFINED.search(chunk))
        try:
            decoder.decode(b"", final=is_utf8)
        except UnicodeDecodeError:
            is_utf8 = False
    if is_utf8:
        return "utf-8"
    if of_utf8 or undefined:
        raise FeedbackError(
            f"{path.name} is neither UTF-8 nor Windows-1252 from its first to its last line: its accents would be "
            "wrong. Export it again as CSV UTF-8, or write its encoding into a map, as in encoding: cp1252."
        )
    return "cp1252"


def lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines with their ends, without a first line `sep=;`, which is read as a blank one."""
    with path.open("rb") as raw:
        try:
            for number, line in enumerate(io.TextIOWrapper(raw, encoding=encoding, newline="")):
                yield "\n" if number == 0 and marked_separator(line) else line
        except UnicodeError as error:
            raise FeedbackError(f"{path.name} is not {NAMES.get(encoding, encoding)}: {error}.") from error


def marked_separator(line: str) -> str | None:
    found = re.fullmatch(r"\ufeff?sep=(.)[\r\n]*", line, re.I)
    return found[1] if found else None


def separated(path: Path, encoding: str) -> str:
    """The separator: that of `sep=`, else the one that gives the most lines as many cells as the head."""
    with path.open("rb") as raw:
        sample = io.TextIOWrapper(raw, encoding=encoding, newline="", errors="replace").read(SAMPLE)
    first = next(iter(io.StringIO(sample, newline="")), "")
    if marked := marked_separator(first):
        return marked

    def fitness(separator: str) -> tuple[bool, int, int]:
        reader, widths = csv.reader(io.StringIO(sample.replace("\0", ""), newline=""), delimiter=separator), []
        try:
            widths = [len(cells) for cells in reader if any(cells)]
        except csv.Error:
            return False, 0, 0
        head = widths[0] if widths else 1
        return head > 1, widths.count(head), head

    return max(SEPARATORS, key=fitness)


def records(path: Path, encoding: str, separator: str) -> Iterator[Record]:
    """Every record, also one that is broken. NUL is left out of cells, for no database can hold it."""
    csv.field_size_limit(LONGEST)
    taken: list[str] = []

    def watched() -> Iterator[str]:
        for line in lines(path, encoding):
            taken.append(line)
            yield line.replace("\0", "") if "\0" in line else line

    reader, before = csv.reader(watched(), delimiter=separator, strict=True), 0
    while True:
        problem, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = TOO_LONG if "field limit" in str(error) else UNENDED
        count = len(taken)
        yield Record(before + 1, cells, "".join(taken), problem, count if problem else 1)
        before += count
        taken.clear()
