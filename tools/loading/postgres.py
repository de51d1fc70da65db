"""PostgreSQL: rows arrive by COPY."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from . import LoadError
from .database import Database, listed
from .layout import Column, Row

# One sync at a time: a number of our own. The server may need a moment to see that a client was killed.
LOCK, LOCK_TIMEOUT = 360_360, "10s"


class Postgres(Database):
    indexed = True
    failure = psycopg.Error

    def __init__(self, url: str) -> None:
        try:
            self.connection = psycopg.connect(url, autocommit=True, application_name="load.py")
        except psycopg.Error as error:
            raise LoadError(f"Cannot connect to PostgreSQL: {' '.join(str(error).split())}") from error
        self.execute("SET TIME ZONE 'UTC'")
        self.execute("SET client_min_messages TO warning")

    def lock(self) -> None:
        self.execute(f"SET lock_timeout TO '{LOCK_TIMEOUT}'")
        try:
            self.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        except psycopg.errors.LockNotAvailable as error:
            raise LoadError("Another sync is writing to this database. Wait until it ends.") from error
        self.execute("SET lock_timeout TO 0")

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
