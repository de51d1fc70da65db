"""Reads the marts from DuckDB or PostgreSQL: rows as dictionaries, in an order that does not change."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


class Unreadable(Exception):
    """The database or a mart cannot be read; the text says what to do."""


class Marts:
    """What dbt built under one name (`DBT_SCHEMA`). `address` is `duckdb:PATH` or `postgresql://…`."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        try:
            if address.startswith("duckdb:"):
                import duckdb

                self.connection = duckdb.connect(address.removeprefix("duckdb:"), read_only=True)
            elif address.startswith(("postgresql://", "postgres://")):
                import psycopg

                self.connection = psycopg.connect(address)
            else:
                raise Unreadable(f"{address.split(':')[0]!r} is no database: give duckdb:PATH or postgresql://…")
        except OSError as error:
            raise Unreadable(f"The database cannot be opened: {error}") from error
        except Exception as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable(f"The database cannot be opened: {str(error).splitlines()[0]}") from error

    def rows(self, mart: str, order: str = "", layer: str = "marts") -> list[Row]:
        """All rows of a mart, sorted by these columns."""
        schema = f"{self.name}_{layer}"
        by = f" order by {order}" if order else ""
        try:
            # Names of marts and columns are ours, never what a user typed.
            cursor = self.connection.execute(f'select * from "{schema}"."{mart}"{by}')
        except Exception as error:
            hint = "Run dbt build first, or give the name of its schemas with --schema."
            raise Unreadable(f"The table {schema}.{mart} cannot be read. {hint}") from error
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    def overview(self) -> Row:
        """The one row of totals."""
        return self.rows("kpi_overview")[0]

    def totals(self) -> list[Row]:
        """The totals with their names and definitions, in order: `kpi`, `label`, `unit`, `definition`, `value`."""
        overview = self.overview()
        definitions = self.rows("kpi_definitions", "position", layer="seeds")
        return [{**row, "value": overview[row["kpi"]]} for row in definitions]
