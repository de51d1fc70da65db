"""The report to France Num: the marts as an Excel workbook and as one HTML page, both in French."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from learning360 import CommandError, extra
from learning360.loading.database import open_database

from .files import WORKBOOK_NAME, names_of_firms, stale
from .marts import Marts
from .scope import Scope

WORKBOOK, PAGE = f"{WORKBOOK_NAME}.xlsx", "tableau-de-bord.html"


@dataclass(frozen=True)
class Options:
    """What is written: the report of `scope`; one for each firm in `per_firm`; a filled copy of `template`."""

    scope: Scope = field(default_factory=Scope)
    per_firm: Path | None = None
    template: Path | None = None
    mapping: Path | None = None


@dataclass
class Written:
    """The files that were written, and files of earlier reports for firms that are gone."""

    files: list[Path]
    stale: list[Path]
    # What the template has and its filled copy lacks.
    lost: list[str]


def prepare(output: Path, options: Options = Options()) -> None:
    """Makes the directories of the report, and reads the mapping. Raises `CommandError` if the report could not be
    written there."""
    with extra("report"):
        from . import page, template, workbook  # noqa: F401, PLC0415 - the packages that write files are optional
    for name, place in (("--output", output), ("--per-firm", options.per_firm)):
        if place is not None:
            make(name, place)
    if options.template and options.mapping:
        template.read_mapping(options.mapping)
        if (output / options.template.name).resolve() == options.template.resolve():
            raise CommandError(f"--template {options.template} is in --output: the filled copy would replace it.")


def make(name: str, place: Path) -> None:
    """Makes a directory, or says why it cannot be written to."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if place.is_file() else (error.strerror or "").lower()
        raise CommandError(f"{name} {place} cannot be a directory: {reason}. Name another one.") from error
    if not os.access(place, os.W_OK):
        raise CommandError(f"{name} {place} is not writable for this user.")


def write(address: str, schema: str, account: str | None, output: Path, options: Options = Options()) -> Written:
    """Writes workbook and page into a directory, and what the options add. Old files stay until all are written."""
    prepare(output, options)
    from . import page, template, workbook  # noqa: PLC0415 - they are there, see above

    with open_database(address, read_only=True) as database, database.snapshot(schema):
        marts = Marts(database, schema, account)
        scope = options.scope
        if scope.firm is not None:
            scope = replace(scope, firm=marts.firm(scope.firm))

        def report_of(part: Scope, place: Path, suffix: str = "") -> list[tuple[Path, Callable[[Path], object]]]:
            names = (WORKBOOK_NAME + suffix + ".xlsx", PAGE.replace(".html", f"{suffix}.html"))
            writers = (workbook.write, page.write)
            return [
                (place / name, lambda file, write=write: write(marts, part, file))  # type: ignore[misc]
                for name, write in zip(names, writers, strict=True)
            ]

        jobs, lost = report_of(scope, output), list[str]()
        if options.template and options.mapping:
            filled = template.Template(options.template, options.mapping, marts, scope)
            copy = output / options.template.name
            if copy.name.casefold() in {file.name.casefold() for file, _ in jobs}:
                raise CommandError(f"--template {options.template} has the name of a file of the report: rename it.")
            jobs.append((copy, filled.write))
            lost += filled.warnings
        files = written(output, jobs)
        left: list[Path] = []
        if options.per_firm is not None:
            firms = names_of_firms(marts.firms())
            for firm, slug in firms.items():
                part = replace(scope, firm=firm)
                files += written(options.per_firm, report_of(part, options.per_firm, f"-{slug}"))
            left = stale(options.per_firm, files)
    return Written(files, left, lost)


def written(place: Path, jobs: list[tuple[Path, Callable[[Path], object]]]) -> list[Path]:
    """Writes files of one directory: all of them, or none."""
    with failures(place), tempfile.TemporaryDirectory(prefix=".rapport-", dir=place) as temporary:
        for file, _ in jobs:
            check_closed(file)
        parts = [Path(temporary) / file.name for file, _ in jobs]
        for part, (_, write_to) in zip(parts, jobs, strict=True):
            write_to(part)
        for part, (file, _) in zip(parts, jobs, strict=True):
            part.replace(file)
    return [file for file, _ in jobs]


@contextmanager
def failures(place: Path) -> Iterator[None]:
    """Turns what a file system refuses into a sentence."""
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - it is there, see `prepare`

    try:
        yield
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) and error.args else error
        reason = getattr(cause, "strerror", None) or str(cause)
        raise CommandError(f"The report cannot be written to {place}: {reason}. The old files are kept.") from error


def check_closed(file: Path) -> None:
    """Raises `CommandError` if the file is open in LibreOffice or Excel, which would write the old one again."""
    for lock in (file.with_name(f".~lock.{file.name}#"), file.with_name(f"~${file.name}")):
        if lock.exists():
            raise CommandError(
                f"{file} is open in another program: {lock.name} is beside it. Close it there (or delete that file if "
                "no program has it open), and write the report again."
            )
