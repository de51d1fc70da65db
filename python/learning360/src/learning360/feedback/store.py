"""Writes answers into the raw table `feedback`: a file that is loaded again replaces its own answers."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from learning360.loading.database import listed, quoted
from learning360.loading.layout import META, Encoder, Row
from learning360.loading.tables import Tables

from .answers import UNCERTAIN, Answer
from .fields import COLUMNS, TABLE, stream
from .mapping import FeedbackError

BATCH = 20_000
FILE, LINE, ID = quoted("sourceFile"), quoted("sourceLine"), quoted("_id")
# Without the line: an answer on another line is the same.
CONTENT = [name for name in COLUMNS if name not in ("_id", "sourceFile", "sourceLine")]


class Written(NamedTuple):
    """What a file brought, compared with its answers before."""

    answers: int
    new: int
    changed: int
    gone: int
    repeated: int
    # Lines that the last one of the same answer replaces.
    overridden: list[int]
    # Answers that other files have too.
    elsewhere: int

    @property
    def kept(self) -> int:
        return self.answers - self.new


class Store:
    """The table of one schema, within a transaction of the caller."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.stream = tables, stream()
        self.execute = tables.execute
        self.table = tables.final(self.stream)
        self.encoder = Encoder(self.stream.columns, 0, 0)
        self.columns = [*META, *self.stream.columns]
        self.emitted = int(time.time() * 1000)

    def prepare(self) -> None:
        """Creates the table. Raises `FeedbackError` for one that this command did not write."""
        present = self.tables.layout(self.stream)
        wanted = {column.name for column in self.columns}
        if foreign := sorted(present.keys() - wanted) or (present and sorted({"_airbyte_meta"} - present.keys())):
            raise FeedbackError(
                f"The table {self.tables.schema}.{TABLE} was not written by this command (see the column {foreign[0]})."
                " Rename it or drop it, or use another --raw-schema."
            )
        self.tables.create(self.stream)

    def insert(self, answers: Iterable[Answer]) -> None:
        """Fills the temporary table `incoming` with the answers of one file."""
        self.execute(f"CREATE TEMPORARY TABLE incoming AS SELECT * FROM {self.table} LIMIT 0")
        rows: list[Row] = []
        for answer in answers:
            rows.append(self.encoder.row({"data": answer, "emitted_at": self.emitted}))
            if len(rows) >= BATCH:
                self.tables.database.insert("incoming", self.columns, rows)
                rows = []
        if rows:
            self.tables.database.insert("incoming", self.columns, rows)

    def replace(self, file: str) -> Written:
        """Puts the rows of `incoming` in the place of the file's rows."""
        names = listed([column.name for column in self.columns])
        others = listed([column.name for column in self.columns if column.name != "_id"])
        uncertain = f"{ID} LIKE '{UNCERTAIN}%'"
        # Of answers with one id the last line counts, and each if it may be of another person.
        self.execute(
            f"CREATE TEMPORARY TABLE numbered AS SELECT *, row_number() OVER (PARTITION BY {ID} ORDER BY "
            f"CASE WHEN {uncertain} THEN {LINE} ELSE -{LINE} END) AS copy, {uncertain} AS uncertain FROM incoming"
        )
        self.execute(
            f"CREATE TEMPORARY TABLE answers AS SELECT {others}, CASE WHEN copy = 1 THEN {ID} "
            f"ELSE concat({ID}, '-', copy) END AS {ID} FROM numbered WHERE uncertain OR copy = 1"
        )
        written = self.compared(file)
        self.execute(f"DELETE FROM {self.table} WHERE {FILE} = %s", (file,))
        self.execute(f"INSERT INTO {self.table} ({names}) SELECT {names} FROM answers")
        for name in ("incoming", "numbered", "answers"):
            self.execute(f"DROP TABLE {name}")
        return written

    def compared(self, file: str) -> Written:
        def differ(one: str, other: str) -> str:
            pairs = (f"{one}.{quoted(name)} IS DISTINCT FROM {other}.{quoted(name)}" for name in CONTENT)
            return f"({' OR '.join(pairs)})"

        lost = self.execute(
            f"SELECT other.{LINE}, {differ('other', 'kept')} FROM numbered AS other JOIN numbered AS kept "
            f"ON other.{ID} = kept.{ID} AND kept.copy = 1 WHERE other.copy > 1 AND NOT other.uncertain ORDER BY 1"
        )
        ((answers,),) = self.execute("SELECT count(*) FROM answers")
        ((before, same, changed),) = self.execute(
            f"SELECT count(*), count(fresh.{ID}), "
            f"coalesce(sum(CASE WHEN fresh.{ID} IS NOT NULL AND {differ('old', 'fresh')} THEN 1 ELSE 0 END), 0) "
            f"FROM (SELECT * FROM {self.table} WHERE {FILE} = %s) AS old LEFT JOIN answers AS fresh "
            f"ON old.{ID} = fresh.{ID}",
            (file,),
        )
        ((elsewhere,),) = self.execute(
            f"SELECT count(*) FROM answers WHERE {ID} IN (SELECT {ID} FROM {self.table} WHERE {FILE} <> %s)", (file,)
        )
        overridden = [line for line, is_other in lost if is_other]
        repeated = len(lost) - len(overridden)
        return Written(answers, answers - same, int(changed), before - same, repeated, overridden, elsewhere)
