"""The interface of a database, and names in its SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any

from .layout import Column, Row


def quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def listed(columns: Sequence[str], table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + quoted(column) for column in columns)


class Database(ABC):
    """A connection that can run SQL with `%s` for values, and take many rows at once."""

    # Names of types that differ from PostgreSQL's.
    types: Mapping[str, str] = MappingProxyType({})
    # Whether the tables have the indexes of destination-postgres.
    indexed: bool
    # The base class of the driver's exceptions.
    failure: type[Exception]

    @abstractmethod
    def lock(self) -> None:
        """Raises `LoadError` while another sync writes."""

    @abstractmethod
    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...

    @abstractmethod
    def insert(self, table: str, columns: Sequence[Column], rows: list[Row]) -> None: ...

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Any]: ...

    @abstractmethod
    def close(self) -> None: ...
