"""`learning360 feedback`: reads the files, writes the table, and reports what happened to each line."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from learning360.loading.database import Database
from learning360.loading.tables import Tables

from .answers import Answer, Reader, Rejection, identified
from .fields import FIELDS, PERSON
from .files import Source, open_source
from .mapping import Columns, FeedbackError, Mapping, find_columns
from .questions import joined
from .store import Store, Written
from .survey import survey

# The most rejected lines that are listed on the screen; the file of --rejected has all.
LISTED = 100
HEAD = ("file", "line", "column", "why", "original")
# Only the user may read a file with addresses and comments.
PRIVATE = 0o600

Show = Callable[[str], None]


class Rejected:
    """The lines that were not loaded: listed as they are found, and counted."""

    def __init__(self, complain: Show, file: IO[str] | None) -> None:
        self.complain, self.lines, self.listed = complain, 0, 0
        self.writer = csv.writer(file, delimiter=";") if file else None
        if self.writer:
            self.writer.writerow(HEAD)

    def add(self, one: Rejection) -> None:
        self.lines += one.lines
        self.listed += 1
        if self.listed <= LISTED:
            self.complain(f"rejected: {one.text}")
        if self.listed == LISTED + 1:
            self.complain("rejected: more lines, which --rejected FILE lists")
        if self.writer:
            self.writer.writerow([one.file, one.line, one.column, one.why, one.raw.rstrip("\r\n")])


def load(
    database: Database,
    schema: str,
    files: Sequence[Path],
    mapping: Mapping,
    show: Show,
    complain: Show,
    *,
    rejected: Path | None = None,
    strict: bool = False,
    replace: bool = False,
) -> str:
    """Loads all files or, after an error, none. Returns the last line of the output."""
    names = [file.name for file in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FeedbackError(f"Two files are called {twice}, and answers are known by that name: rename one.")
    if rejected and rejected.resolve() in [file.resolve() for file in files]:
        raise FeedbackError(f"--rejected {rejected} is a file of answers, and would be overwritten: name another one.")
    # What is wrong with a head shows before anything is written.
    readers = [prepared(file, mapping, show) for file in files]
    written: list[Written] = []
    with ExitStack() as stack:
        list_of = Rejected(complain, stack.enter_context(opened(rejected)) if rejected else None)
        stack.enter_context(database.transaction())
        store = Store(Tables(database, schema, ""))
        store.prepare()
        for reader in readers:
            store.insert(valid(reader, list_of))
            is_refused = strict and list_of.lines > 0
            written.append(stored(store, reader, list_of, replace or is_refused))
        if strict and list_of.lines:
            raise FeedbackError(f"{counted(list_of.lines, 'line')} rejected, so nothing was loaded (--strict).")
        if list_of.lines and not any(one.answers for one in written):
            raise FeedbackError(f"All {counted(list_of.lines, 'line')} rejected, so nothing was loaded.")
    for reader, one in zip(readers, written, strict=True):
        for line in summary(reader, one):
            show(line)
    total = counted(sum(one.answers for one in written), "answer")
    return f"{total} of {counted(len(files), 'file')}, {counted(list_of.lines, 'line')} rejected"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def opened(file: Path) -> IO[str]:
    def private(path: str, flags: int) -> int:
        return os.open(path, flags, PRIVATE)

    try:
        # With the mark by which Excel knows UTF-8.
        return open(file, "w", encoding="utf-8-sig", newline="", opener=private)
    except OSError as error:
        raise FeedbackError(f"Cannot write {file}: {error.strerror}.") from error


def prepared(file: Path, mapping: Mapping, show: Show) -> Reader:
    source = open_source(file, mapping.encoding)
    columns = find_columns(source.head, mapping, source.name)
    reader = Reader(source, columns, survey(source, columns, mapping), mapping)
    show(f"{source.name}: {source.description}")
    for line in described(source, columns, mapping, reader):
        show(f"  {line}")
    return reader


def described(source: Source, columns: Columns, mapping: Mapping, reader: Reader) -> Iterator[str]:
    for name in FIELDS:
        if name in columns.at:
            yield f"{name:<18} {source.head[columns.at[name]].strip()}"
        elif name in mapping.set:
            yield f"{name:<18} = {mapping.set[name]}"
    if columns.scale is None and {"score", "answer"} & columns.at.keys() and "scaleMax" not in columns.at:
        yield f"{'scale':<18} from 0, to 5 or what the text says; a map names another, as in scale: [1, 5]"
    if columns.unused:
        yield f"{'not used':<18} {', '.join(columns.unused)}"
    if reader.survey.recommends_from is not None:
        yield f"{'recommends from':<18} {reader.survey.recommends_from} of 10"
    if not any(name in columns.at or name in mapping.set for name in PERSON):
        yield "without a learner: all answers are anonymous"


def valid(reader: Reader, list_of: Rejected) -> Iterator[Answer]:
    for one in joined(reader) if reader.columns.per_question else reader.read():
        if isinstance(one, Rejection):
            list_of.add(one)
        else:
            yield identified(one)


def stored(store: Store, reader: Reader, list_of: Rejected, replace: bool) -> Written:
    name = reader.source.name
    written = store.replace(name)
    if written.gone and not written.kept and not replace:
        raise FeedbackError(
            f"{name} was loaded before with {counted(written.gone, 'answer')}, and this file has none of them. "
            "If it is another file, rename it; if it is to replace them, add --replace. Nothing was loaded."
        )
    if written.overridden:
        lines = set(written.overridden)
        why = "is replaced by a later line with another answer of the same learner about the same training and time"
        for record in reader.source.records():
            if record.line in lines:
                list_of.add(Rejection(name, record.line, "", "", why, record.raw))
    return written


def summary(reader: Reader, written: Written) -> Iterator[str]:
    """What happened to the lines of a file."""
    name, skipped = reader.source.name, reader.skipped
    changes = f"{written.new:,} new, {written.changed:,} changed, {written.gone:,} gone"
    yield f"{name}: {counted(written.answers, 'answer')}: {changes}"
    counts: dict[str, Any] = {
        "without score, recommendation or comment": skipped["empty"],
        "of other questions": skipped["other"],
        "with an answer of another line": written.repeated + skipped["repeated"],
    }
    for what, count in counts.items():
        if count:
            yield f"  {counted(count, 'line')} {what}: not loaded"
    if written.elsewhere:
        yield f"  {counted(written.elsewhere, 'answer')} in another file too: counted once"
    if skipped["nul"]:
        yield f"  {counted(skipped['nul'], 'line')} had NUL (left out)"
