"""A loader for machines without Airbyte, which destination-postgres needs.

Its tables have the layout of destination-postgres 3, in PostgreSQL and in DuckDB:

* `layout` derives a table's columns from a schema, and converts values to its types;
* `catalog` chooses how a stream is read: appended by key, or into a new table that replaces the old one;
* `source` runs the connector;
* `tables` writes rows and states, in one transaction;
* `database` opens one of the two databases, `postgres` and `duck`;
* `sync` moves rows from the source to the tables.

Rows and the STATE that covers them are committed together, so a sync that dies anywhere continues from there.
"""

from __future__ import annotations

from learning360 import CommandError


class LoadError(CommandError):
    """The reason why a sync stops."""
