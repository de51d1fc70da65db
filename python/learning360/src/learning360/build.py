"""Runs dbt on the dbt package that is installed with this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from learning360 import CommandError, extra
from learning360.loading.database import LONGEST, open_database

PACKAGE = Path(__file__).with_name("dbt")
# What replaces tables; other commands may run as long as they like, as `docs serve` does.
REPLACING = {"build", "run", "seed", "snapshot", "retry", "clone", "run-operation"}
# Levels of dbt's log that a person has to read, except for what repeats the warning of a test in other words.
SHOWN = {"error": "error", "warn": "warning"}
REPEATED = {("warn", "LogTestResult"), ("warn", "RunResultWarningMessage")}


def environment(address: str, schema: str, output: Path) -> dict[str, str]:
    """The environment of dbt: where the package and the database are, and the directory that dbt writes to."""
    longest = LONGEST - len("_learning360_intermediate")
    if '"' in schema or not 0 < len(schema.encode()) <= longest:
        raise CommandError(f"--schema must have 1 to {longest} bytes, and no quotation mark.")
    with open_database(address) as database:
        place = database.environment()
    with extra(f"dbt-{place['DBT_TARGET']}"):
        # The second may be there without the first.
        for package in ("dbt.cli", f"dbt.adapters.{place['DBT_TARGET']}"):
            if find_spec(package) is None:
                raise ModuleNotFoundError(name=package)
    return {
        **os.environ,
        **place,
        "DBT_PROJECT_DIR": str(PACKAGE),
        "DBT_PROFILES_DIR": str(PACKAGE),
        "DBT_TARGET_PATH": str(output.absolute() / "dbt-target"),
        "DBT_LOG_PATH": str(output.absolute() / "dbt-target"),
        "DBT_SCHEMA": schema,
        "DO_NOT_TRACK": "1",
    }


def check_variables(given: Mapping[str, Any]) -> None:
    """Raises `CommandError` for a variable that the package does not have: dbt would ignore it."""
    import yaml  # noqa: PLC0415 - comes with dbt

    known = yaml.safe_load((PACKAGE / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    known = known.get("learning360", known)
    for name in given:
        if name.startswith("learning360") and name not in known:
            near = get_close_matches(name, known, 1)
            advice = f"Did you mean {near[0]!r}?" if near else "See the README of the dbt package."
            raise CommandError(f"--vars: the dbt package has no variable {name!r}. {advice}")


@contextmanager
def alone(address: str, schema: str, arguments: Sequence[str] = ("build",)) -> Iterator[None]:
    """Within it no report reads the marts, if these arguments of dbt replace them. Raises `CommandError` while one
    does."""
    if REPLACING.isdisjoint(arguments):
        yield
        return
    with open_database(address) as database, database.building(schema):
        yield


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments]


def build(environment: Mapping[str, str], variables: Mapping[str, Any], show: Callable[[str], None]) -> str:
    """`dbt build` with the tests of the data. Shows warnings and errors, and returns dbt's counts."""
    # YAML has dates, JSON has none.
    given = json.dumps(variables, default=str)
    logs = ("--log-format", "json", "--log-format-file", "text", "--no-use-colors")
    # Unit tests are the package's own: they have rows of their own, and take a third of the time.
    arguments = command(*logs, "build", "--exclude-resource-type", "unit_test", "--vars", given)
    counts = ""
    home = Path(environment["DBT_TARGET_PATH"])
    home.mkdir(parents=True, exist_ok=True)
    # In another directory dbt could find files of another project.
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=dict(environment), cwd=home) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                try:
                    event = json.loads(line)["info"]
                except (ValueError, TypeError, KeyError):  # What dbt says before it has read its options.
                    show(line.rstrip())
                    continue
                if event["name"] == "StatsLine":
                    counts = event["msg"].removeprefix("Done. ").strip()
                elif event["level"] in SHOWN and (event["level"], event["name"]) not in REPEATED:
                    show(f"{SHOWN[event['level']]}: {event['msg'].strip()}")
        finally:
            process.kill()
    if process.returncode != 0:
        raise CommandError(f"dbt build failed. {counts}".strip())
    return counts
