"""The command line."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from learning360 import CommandError, build, feedback, nightly, report
from learning360.loading import catalog
from learning360.loading.database import open_database
from learning360.loading.source import Source, installed
from learning360.loading.sync import Sync
from learning360.loading.tables import Tables
from learning360.report import scope
from learning360.settings import read_settings

Options = Callable[[Callable[..., None]], Callable[..., None]]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ADDRESS = (
    "postgresql://USER@HOST/DATABASE (without a password: set PGPASSWORD or write it into ~/.pgpass), or duckdb:FILE"
)


def names(_: click.Context, parameter: click.Parameter, value: str | None) -> list[str]:
    """Names with commas between them."""
    if value is None:
        return []
    every = [name.strip() for name in value.split(",")]
    if not all(every):
        raise click.BadParameter("a name is missing; write names with commas between them.", param=parameter)
    return every


def options(*all_of_them: Options) -> Options:
    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(all_of_them):
            command = option(command)
        return command

    return decorate


WRITING = options(
    click.option("--to", "address", required=True, metavar="DATABASE", help=f"{ADDRESS}."),
    click.option("--raw-schema", default="raw_360learning", show_default=True, help="The schema of the tables."),
)
READING = options(
    click.option("--config", type=FILE, required=True, help="The connector's configuration, a JSON file."),
    WRITING,
    click.option(
        "--streams",
        metavar="NAMES",
        callback=names,
        help="The streams to read, with commas between them, or `all`. Default: those of a training report.",
    ),
    click.option(
        "--full-refresh",
        metavar="[NAMES]",
        is_flag=False,
        flag_value=catalog.ALL,
        callback=names,
        help="The streams to read in full, so that deleted rows disappear; without names all, or `none`. "
        f"Default: all but {', '.join(sorted(catalog.INCREMENTAL))}.",
    ),
    click.option("--source", type=FILE, help="The connector. Default: the one that is installed."),
)
MAP = options(
    click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="FIELD=COLUMN | FILE.yml",
        help="Which column of a file of answers is which field (repeatable), or a file that says so.",
    ),
    click.option(
        "--time-zone", help="The time zone of dates that name none. Default: Europe/Paris, or in `run` that of --vars."
    ),
)
SCHEMA = click.option("--schema", default="analytics", show_default=True, help="The beginning of the marts' schemas.")
OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path), default=".", show_default=True, help="The directory to write to."
)


FILES = options(
    click.option("--firm", metavar="NAME", help="Only the trainings of this firm, with nothing of the others."),
    click.option(
        "--per-firm",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Also write a workbook and a page for each firm into this directory.",
    ),
    click.option("--quarter", metavar="QUARTER", help="Only this quarter, such as 2026-T1."),
    click.option("--template", type=FILE, help="Also fill a copy of this workbook; needs --mapping."),
    click.option("--mapping", type=FILE, help="Which columns of the report fill the template, a YAML file."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="learning360")
def cli() -> None:
    """360Learning in PostgreSQL or DuckDB, with training KPIs and a report."""


@cli.command()
@READING
def load(**chosen: Any) -> None:
    """Load the streams into tables. A load that was stopped continues where it was."""
    click.echo(loaded(**chosen))


@cli.command(name="feedback")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE.csv...")
@WRITING
@MAP
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Write the rejected lines to this CSV."
)
@click.option("--strict", is_flag=True, help="Load nothing if one line is rejected.")
@click.option("--replace", is_flag=True, help="Replace the answers of a file even if the new one has none of them.")
def load_feedback(files: tuple[Path, ...], **chosen: Any) -> None:
    """Load answers of learners from CSV exports of the platform or of a form into the table `feedback`.

    A file that is loaded again replaces its own answers. Exit code 0: loaded, and rejected lines are listed; 1: nothing
    was loaded; 2: the command line is wrong.
    """
    click.echo(answered(files, **chosen))


# What follows the first argument belongs to dbt.
@cli.command(name="dbt", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--to", "address", required=True, metavar="DATABASE", help=f"{ADDRESS}.")
@SCHEMA
@OUTPUT
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="DBT_ARGUMENTS...")
def run_dbt(address: str, schema: str, output: Path, arguments: tuple[str, ...]) -> None:
    """Run dbt on the installed dbt package: `learning360 dbt --to DATABASE build`."""
    environment = build.environment(address, schema, output)
    with build.alone(address, schema, arguments):
        code = subprocess.run(build.command(*arguments), env=environment, check=False).returncode
    sys.exit(code)


@cli.command()
def dbt_path() -> None:
    """Print the directory of the dbt package, for `local:` in the packages.yml of your own project."""
    click.echo(build.PACKAGE)


@cli.command(name="report")
@click.option("--database", "address", required=True, metavar="DATABASE", help=f"{ADDRESS}.")
@SCHEMA
@click.option("--account", help="The raw schema of the account, if the marts have several.")
@click.option("--from", "first", metavar="DATE", help="Only from this day, month or year on, such as 2026-01-15.")
@click.option("--to", "last", metavar="DATE", help="Only up to this day, month or year, included.")
@FILES
@OUTPUT
def write_report(address: str, schema: str, account: str | None, output: Path, **chosen: Any) -> None:
    """Write the workbook and the page from the marts."""
    for file in written(address, schema, account, output, report_options(**chosen)):
        click.echo(file)


@cli.command()
@READING
@SCHEMA
@click.option("--vars", "variables", type=FILE, help="Variables of the dbt package, a YAML file.")
@click.option("--feedback", "answers", type=FILE, multiple=True, help="A CSV of learners' answers (repeatable).")
@MAP
@FILES
@OUTPUT
def run(
    address: str,
    raw_schema: str,
    schema: str,
    variables: Path | None,
    answers: tuple[Path, ...],
    maps: tuple[str, ...],
    time_zone: str | None,
    output: Path,
    **chosen: Any,
) -> None:
    """Load, build the marts with dbt and write the report; stop at the first failure. For cron and systemd."""
    files = {name: chosen.pop(name) for name in ("firm", "per_firm", "quarter", "template", "mapping")}
    options = report_options(**files)

    def built() -> str:
        given = {**read_variables(variables), "learning360_raw_schema": raw_schema}
        environment = build.environment(address, schema, output)
        with build.alone(address, schema):
            return build.build(environment, given, complain)

    def reported() -> str:
        files = written(address, schema, raw_schema, output, options)
        return ", ".join(map(str, files[:3])) + (f" and {len(files) - 3} more" if len(files) > 3 else "")

    steps: list[nightly.Step] = [
        ("load", lambda: loaded(address=address, raw_schema=raw_schema, **chosen)),
        ("dbt", built),
        ("report", reported),
    ]
    # The marts put an answer into the day of this zone.
    zone = read_variables(variables).get("learning360_time_zone") if answers else None
    if answers:
        steps.insert(1, ("feedback", lambda: answered(answers, address, raw_schema, maps, time_zone, zone)))
    with nightly.alone(chosen["config"]):
        # What is wrong with the options shows before an hour of loading.
        build.environment(address, schema, output)
        build.check_variables(read_variables(variables))
        feedback.read_mapping(maps, time_zone, zone)
        report.prepare(output, options)
        nightly.run(steps, click.echo)


def loaded(
    config: Path, address: str, raw_schema: str, streams: list[str], full_refresh: list[str], source: Path | None
) -> str:
    """Loads, and returns the last line of the output."""
    begun = time.monotonic()
    connector = Source(source.absolute() if source else installed(), config)
    read: list[str] = []

    def finished(name: str, rows: int) -> None:
        click.echo(f"{rows:>10,}  {name}")
        read.append(name)

    try:
        with open_database(address) as database:
            database.lock()
            rows = Sync(connector, Tables(database, raw_schema, connector.origin), finished).run(streams, full_refresh)
    finally:
        for text in connector.notes:
            complain(f"note: {text}")
        for text, times in connector.warnings.items():
            complain(f"warning: {text}" + (f" ({times} times)" if times > 1 else ""))
        for name, count in connector.unstorable.items():
            if count:
                complain(f"warning: {name}: {count} rows had NUL (left out) or half a surrogate pair (now U+FFFD).")
    streams_read = "1 stream" if len(read) == 1 else f"{len(read)} streams"
    return f"{rows:,} rows of {streams_read} in {time.monotonic() - begun:.1f} s"


def answered(
    files: tuple[Path, ...],
    address: str,
    raw_schema: str,
    maps: tuple[str, ...],
    time_zone: str | None,
    usual_zone: str | None = None,
    **chosen: Any,
) -> str:
    """Loads answers of learners, and returns the last line of the output."""
    begun = time.monotonic()
    mapping = feedback.read_mapping(maps, time_zone, usual_zone)
    with open_database(address) as database:
        database.lock()
        result = feedback.load(database, raw_schema, files, mapping, click.echo, complain, **chosen)
    return f"{result}, in {time.monotonic() - begun:.1f} s"


def report_options(
    firm: str | None,
    per_firm: Path | None,
    quarter: str | None,
    template: Path | None,
    mapping: Path | None,
    first: str | None = None,
    last: str | None = None,
) -> report.Options:
    """The options of the report. Raises `CommandError` for those that contradict each other."""
    if quarter is not None and (first is not None or last is not None):
        raise CommandError("--quarter and --from or --to contradict each other: give one of them.")
    if firm is not None and per_firm is not None:
        raise CommandError("--firm and --per-firm contradict each other: give one of them.")
    if (template is None) != (mapping is None):
        raise CommandError("--template and --mapping go together: give both.")
    try:
        days = scope.quarter(quarter) if quarter is not None else (None, None)
        begin = scope.day(first, last=False) if first is not None else days[0]
        end = scope.day(last, last=True) if last is not None else days[1]
    except ValueError as error:
        name = "--quarter" if quarter is not None else "--from and --to"
        raise CommandError(f"{name}: {error}") from error
    if begin and end and begin > end:
        raise CommandError(f"--from {first} is after --to {last}: exchange them.")
    return report.Options(scope.Scope(begin, end, firm), per_firm, template, mapping)


def written(address: str, schema: str, account: str | None, output: Path, options: report.Options) -> list[Path]:
    """Writes the report, names files that are no longer up to date, and returns the files written."""
    result = report.write(address, schema, account, output, options)
    if result.stale:
        names = ", ".join(file.name for file in result.stale)
        complain(
            f"warning: {options.per_firm} has files of firms without a training in this report: {names}. Delete them."
        )
    if result.lost:
        complain(f"warning: The filled copy of {options.template} lacks its {', '.join(result.lost)}.")
    return result.files


def read_variables(file: Path | None) -> dict[str, Any]:
    return read_settings(file, "variables", "learning360_time_zone: Europe/Paris") if file else {}


def complain(text: str) -> None:
    click.echo(text, err=True)


def stopped(*_: object) -> None:
    """Ends with an exception, so that the connector and dbt are stopped on the way out."""
    click.echo("learning360: It was stopped. Run it again: a load continues where it was.", err=True)
    sys.exit(143)


def main() -> None:
    signal.signal(signal.SIGTERM, stopped)
    if any(re.search(r"client_secret\W*:", argument) for argument in sys.argv[1:]):
        # click's own text would repeat it.
        complain("learning360: --config takes the path of a file, not the JSON itself.")
        sys.exit(2)
    try:
        cli()
    except CommandError as error:
        sys.exit(f"learning360: {error}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EPIPE):
            raise
        # What is still in the buffer of standard output can go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"learning360: There is no room to write: {error.strerror}. Make room, and run it again.")
