"""DuckDB: rows arrive as Arrow tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow

from . import LoadError
from .database import BATCH, Database, listed, quoted
from .layout import Column, Row

# What the database may use while only rows are read.
READER_MEMORY = "224MB"


class Duck(Database):
    types = MappingProxyType({"JSONB": "JSON"})
    indexed = False
    failure = duckdb.Error

    def __init__(self, path: str, read_only: bool) -> None:
        if not path or path.startswith((":", "//")):
            raise LoadError("Name the DuckDB file, as in duckdb:360learning.duckdb.")
        self.path = Path(path).absolute()
        # DuckDB opens a file of another kind, such as JSON, as an empty database, and stores nothing in it.
        if self.path.is_file() and self.path.open("rb").read(12)[8:] != b"DUCK":
            raise LoadError(f"Cannot open the DuckDB file {path}: it is not a DuckDB database.")
        try:
            self.connection = duckdb.connect(path, read_only=read_only)
        except (duckdb.Error, OSError) as error:
            raise LoadError(f"Cannot open the DuckDB file {path}: {str(error).splitlines()[0]}") from error
        self.execute("SET TimeZone = 'UTC'")
        self.execute("SET enable_progress_bar = false")
        if read_only:
            # A report streams: sorted rows go to the disk rather than fill the memory.
            (self.memory,) = self.execute("SELECT current_setting('memory_limit')")[0]
            self.execute(f"SET memory_limit = '{READER_MEMORY}'")
            self.execute("SET temp_directory = %s", (f"{tempfile.gettempdir()}/learning360-{os.getpid()}",))

    def check_schema(self, schema: str) -> None:
        if not schema or schema.lower() == self.path.stem.lower():
            raise LoadError(
                f"The raw schema {schema!r} and the DuckDB file cannot have the same name: name another file, or "
                "another --raw-schema."
            )

    def lock(self) -> None:
        """DuckDB lets one process at a time open a file."""

    @contextmanager
    def building(self, _: str) -> Iterator[None]:
        """Gives the file to the process that builds."""
        self.close()
        yield

    def run(self, sql: str, values: Sequence[Any]) -> Any:
        return self.connection.execute(sql.replace("%s", "?"), list(values))

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        # A cursor of its own: another query may run meanwhile.
        cursor = self.connection.cursor()
        try:
            cursor.execute("SET TimeZone = 'UTC'")
            try:
                rows = cursor.execute(sql).fetchmany(BATCH)
            except duckdb.OutOfMemoryException:
                # Not every step of a query can use the disk instead.
                cursor.execute(f"SET memory_limit = '{self.memory}'")
                rows = cursor.execute(sql).fetchmany(BATCH)
            while rows:
                yield from rows
                rows = cursor.fetchmany(BATCH)
        finally:
            cursor.close()

    def insert(self, table: str, columns: Sequence[Column], rows: list[Row]) -> None:
        names = [column.name for column in columns]
        values = [pyarrow.array(column, pyarrow.string()) for column in zip(*rows, strict=True)]
        self.connection.register("rows", pyarrow.table(values, names))
        casts = ", ".join(f"CAST({quoted(one.name)} AS {self.types.get(one.type, one.type)})" for one in columns)
        self.execute(f"INSERT INTO {table} ({listed(names)}) SELECT {casts} FROM rows")
        self.connection.unregister("rows")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def environment(self) -> dict[str, str]:
        return {"DBT_TARGET": "duckdb", "DUCKDB_PATH": str(self.path)}

    def close(self) -> None:
        self.connection.close()
