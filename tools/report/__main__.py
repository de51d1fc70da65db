"""`python -m report`: the marts as a workbook and a page."""

from __future__ import annotations

import argparse
import sys

from . import page, workbook
from .marts import Marts, MartsError


def main() -> int:
    parser = argparse.ArgumentParser(prog="report", description="Writes the report to France Num from dbt's marts.")
    parser.add_argument("--database", required=True, help="duckdb:PATH or postgresql://…")
    parser.add_argument("--schema", default="analytics", help="DBT_SCHEMA of the build (analytics)")
    parser.add_argument("--workbook", default="rapport-france-num.xlsx", help="the Excel file to write")
    parser.add_argument("--page", default="tableau-de-bord.html", help="the HTML page to write")
    arguments = parser.parse_args()
    try:
        marts = Marts(arguments.database, arguments.schema)
        sheets = workbook.write(marts, arguments.workbook)
        page.write(marts, arguments.page)
    except MartsError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"report: {error.filename} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"{arguments.workbook}: {len(sheets)} sheets")
    print(f"{arguments.page}: one page, for any browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
