"""Reads the marts from DuckDB or PostgreSQL: rows as dictionaries, in a fixed order."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


class MartsError(Exception):
    """The database or a mart cannot be read; the text has the advice for the user."""


def connect(address: str) -> Any:
    """A connection to `duckdb:PATH` or `postgresql://…`."""
    if address.startswith("duckdb:"):
        import duckdb  # noqa: PLC0415 - imports the driver only if it is used

        try:
            return duckdb.connect(address.removeprefix("duckdb:"), read_only=True)
        except (duckdb.Error, OSError) as error:
            raise MartsError(f"The database cannot be opened: {str(error).splitlines()[0]}") from error
    if address.startswith(("postgresql://", "postgres://")):
        import psycopg  # noqa: PLC0415 - as above

        try:
            return psycopg.connect(address)
        except (psycopg.Error, OSError) as error:
            raise MartsError(f"The database cannot be opened: {str(error).splitlines()[0]}") from error
    raise MartsError(f"{address.split(':', 1)[0]!r} is not a database: give duckdb:PATH or postgresql://…")


class Marts:
    """The marts of one `DBT_SCHEMA`. `address` is `duckdb:PATH` or `postgresql://…`."""

    def __init__(self, address: str, name: str) -> None:
        self.name, self.connection = name, connect(address)

    def rows(self, mart: str, order: str = "", layer: str = "marts") -> list[Row]:
        """All rows of a mart, sorted by these columns."""
        schema = f"{self.name}_{layer}"
        by = f" order by {order}" if order else ""
        try:
            # The names of marts and columns are constants, never input of a user.
            cursor = self.connection.execute(f'select * from "{schema}"."{mart}"{by}')
        except Exception as error:
            hint = "Run dbt build first, or give the name of its schemas with --schema."
            raise MartsError(f"The table {schema}.{mart} cannot be read. {hint}") from error
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def overview(self) -> Row:
        """The one row of totals."""
        return self.rows("kpi_overview")[0]

    def totals(self) -> list[Row]:
        """The totals with their names and definitions, in order: `kpi`, `label`, `unit`, `definition`, `value`."""
        overview = self.overview()
        definitions = self.rows("kpi_definitions", "position", layer="seeds")
        return [{**row, "value": overview[row["kpi"]]} for row in definitions]
