"""The stand-in for Airbyte's destination-postgres, which cannot run without Airbyte.

It lays tables out as destination-postgres 3 does, in PostgreSQL and in DuckDB:

* `layout` says which columns a stream's table has, and turns values into what a column takes;
* `catalog` says how a stream is read: appended by key, or into a new table that replaces the old one;
* `source` runs the connector;
* `tables` writes rows and states, in one transaction;
* `postgres` and `duck` are the two databases;
* `sync` brings rows from the source to the tables.

Rows and the STATE that covers them are committed together, so a sync that dies anywhere goes on from there.
"""


class LoadError(Exception):
    """Why a sync cannot go on, in a sentence."""
