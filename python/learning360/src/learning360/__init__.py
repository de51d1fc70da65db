"""360Learning without a platform: its tables in PostgreSQL or DuckDB, the marts of the dbt package, and the report.

* `cli` is the command line;
* `loading` runs the connector and writes tables as Airbyte's destination-postgres does;
* `marts` runs dbt on the package in `dbt/`;
* `feedback` loads what learners think from CSV files;
* `report` writes the workbook and the page;
* `nightly` does all three.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class CommandError(Exception):
    """The reason why a command stops, in a sentence for the user."""


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Turns a missing package into the sentence that names the extra to install."""
    try:
        yield
    except ImportError as error:
        advice = f"pip install 'learning360[{name}]'"
        raise CommandError(f"The Python package {error.name} is missing. Install it with: {advice}") from error
