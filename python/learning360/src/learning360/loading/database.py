"""The interface of a database, and names in its SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType, TracebackType
from typing import Any

from learning360 import CommandError, extra

from .layout import Column, Row

# The longest name of PostgreSQL, in bytes: it cuts longer ones without an error.
LONGEST = 63

# The rows of a stream that are in memory at a time.
BATCH = 5_000


def quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def listed(columns: Sequence[str], table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + quoted(column) for column in columns)


def first_line(error: Exception) -> str:
    """What a driver says, without its hints."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


class Database(ABC):
    """A connection that can run SQL with `%s` for values, and take many rows at once."""

    # Names of types that differ from PostgreSQL's.
    types: Mapping[str, str] = MappingProxyType({})
    # Whether the tables have the indexes of destination-postgres.
    indexed: bool
    # The base class of the driver's exceptions.
    failure: type[Exception]

    @abstractmethod
    def check_schema(self, schema: str) -> None:
        """Raises `CommandError` if the database cannot have a schema of this name for the raw tables."""

    @abstractmethod
    def lock(self) -> None:
        """Raises `LoadError` while another sync writes."""

    @abstractmethod
    def run(self, sql: str, values: Sequence[Any]) -> Any:
        """Runs a statement and returns the driver's cursor."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self.run(sql, values)
        return cursor.fetchall() if cursor.description else []

    def select(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, by the names of their columns."""
        cursor = self.run(sql, ())
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @abstractmethod
    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query without placeholders, some thousands in memory at a time."""

    def snapshot(self, _: str) -> AbstractContextManager[Any]:
        """Within it all queries see the database as it was at the first one, and nothing replaces the marts of a
        schema. Raises `LoadError` while they are built."""
        return nullcontext()

    @abstractmethod
    def building(self, schema: str) -> AbstractContextManager[Any]:
        """Within it another process may build the marts of a schema, and no report reads them. Raises `LoadError` while
        one does."""

    @abstractmethod
    def insert(self, table: str, columns: Sequence[Column], rows: list[Row]) -> None: ...

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Any]: ...

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The variables by which `dbt/profiles.yml` finds this database. They may hold a password."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Database:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()
        if isinstance(error, self.failure):
            raise CommandError(f"The database refused: {first_line(error)}. {self.advice(error)}".strip()) from error

    def advice(self, _: Exception) -> str:
        """What to do about an error of the driver, if that is known."""
        return ""


def open_database(address: str, *, read_only: bool = False) -> Database:
    """`duckdb:FILE` or `postgresql://…`, which may have no password. A DuckDB file read only admits other readers."""
    if address.startswith("duckdb:"):
        with extra("duckdb"):
            from .duck import Duck  # noqa: PLC0415 - imports the driver only if it is used

        return Duck(address.removeprefix("duckdb:"), read_only)
    if address.startswith(("postgresql://", "postgres://")):
        with extra("postgres"):
            from .postgres import Postgres  # noqa: PLC0415 - as above

        return Postgres(address)
    # A text with a colon may hold a password.
    raise CommandError(
        "The database is neither duckdb:FILE nor postgresql://USER@HOST/DATABASE (in lower case, without +psycopg)."
    )
