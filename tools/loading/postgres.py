"""PostgreSQL: rows arrive by COPY."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from . import LoadError
from .layout import Column, Row
from .tables import Database, listed

# One sync at a time: any number that nobody else locks.
LOCK = 360_360


class Postgres(Database):
    indexed = True

    def __init__(self, url: str) -> None:
        try:
            self.connection = psycopg.connect(url, autocommit=True, application_name="load.py")
        except psycopg.Error as error:
            raise LoadError(f"Cannot connect to PostgreSQL: {' '.join(str(error).split())}") from error
        self.execute("SET TIME ZONE 'UTC'")
        self.execute("SET client_min_messages TO warning")
        if not self.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))[0][0]:
            raise LoadError("Another sync is writing into this database; wait for its end.")

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, columns: Sequence[Column], rows: list[Row]) -> None:
        names = listed([column.name for column in columns])
        with self.connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def transaction(self) -> AbstractContextManager[Any]:
        return self.connection.transaction()

    def close(self) -> None:
        self.connection.close()
