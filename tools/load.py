"""Loads the connector's streams into DuckDB or PostgreSQL, as Airbyte's destination-postgres would.

For machines without Airbyte; the docstring of `loading/` describes how it works. With Airbyte, let Airbyte load.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from loading import LoadError
from loading.source import Source
from loading.sync import Sync
from loading.tables import Tables, open_database


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="the connector's executable")
    parser.add_argument("--config", type=Path, required=True, help="its configuration")
    parser.add_argument("--destination", required=True, help="duckdb:PATH or postgresql://USER:PASSWORD@HOST/DATABASE")
    parser.add_argument("--schema", default="raw_360learning", help="the schema of the tables (raw_360learning)")
    parser.add_argument("--streams", nargs="+", default=[], metavar="STREAM", help="the streams to read (all)")
    parser.add_argument(
        "--full-refresh",
        nargs="*",
        metavar="STREAM",
        help="read these streams in full, all of them without names: deleted rows disappear",
    )
    return parser.parse_args()


def main() -> int:
    args = arguments()
    begun = time.monotonic()
    try:
        database = open_database(args.destination)
        try:
            database.lock()
            sync = Sync(Source(args.source.resolve(), args.config), Tables(database, args.schema))
            read = sync.run(args.streams, args.full_refresh)
        except database.failure as error:
            reason = " ".join(str(error).split())
            raise LoadError(f"The database refused: {reason}") from error
        finally:
            database.close()
    except LoadError as error:
        print(f"load: {error}", file=sys.stderr)
        return 1
    for name, rows in sorted(read.items()):
        print(f"{rows:>10,}  {name}")
    print(f"{sum(read.values()):>10,}  rows in {time.monotonic() - begun:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
