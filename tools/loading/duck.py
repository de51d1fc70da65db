"""DuckDB: rows arrive as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow

from . import LoadError
from .database import Database, listed, quoted
from .layout import Column, Row


class Duck(Database):
    types = MappingProxyType({"JSONB": "JSON"})
    indexed = False
    failure = duckdb.Error

    def __init__(self, path: str) -> None:
        try:
            self.connection = duckdb.connect(path)
        except duckdb.Error as error:
            raise LoadError(f"Cannot open the DuckDB file {path}: {str(error).splitlines()[0]}") from error
        self.execute("SET TimeZone = 'UTC'")

    def lock(self) -> None:
        """DuckDB lets one process at a time open a file."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(sql.replace("%s", "?"), list(values))
        return cursor.fetchall() if cursor.description else []

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

    def close(self) -> None:
        self.connection.close()
