"""The report to France Num: the marts as an Excel workbook and as one HTML page, both in French."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from learning360 import CommandError, extra
from learning360.loading.database import open_database

from .files import WORKBOOK_NAME, names_of_firms, stale
from .marts import Marts
from .scope import Scope

WORKBOOK, PAGE = f"{WORKBOOK_NAME}.xlsx", "tableau-de-bord.html"
KEPT = "The old files are kept."
# A file, and what writes it.
Job = tuple[Path, Callable[[Path], object]]


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
        from . import page, template, template_mapping, workbook  # noqa: F401, PLC0415 - the packages are optional
    for name, place in (("--output", output), ("--per-firm", options.per_firm)):
        if place is not None:
            make(name, place)
    if options.template and options.mapping:
        template_mapping.read_mapping(options.mapping)
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

        def report_of(part: Scope, place: Path, suffix: str = "") -> list[Job]:
            names = (WORKBOOK_NAME + suffix + ".xlsx", PAGE.replace(".html", f"{suffix}.html"))
            writers = (workbook.write, page.write)
            return [
                (place / name, lambda file, write=write: write(marts, part, file))  # type: ignore[misc]
                for name, write in zip(names, writers, strict=True)
            ]

        jobs, filled = report_of(scope, output), None
        if options.per_firm is not None:
            for firm, slug in names_of_firms(marts.firms()).items():
                jobs += report_of(replace(scope, firm=firm), options.per_firm, f"-{slug}")
        if options.template and options.mapping:
            filled = template.Template(options.template, options.mapping, marts, scope)
            copy = output / options.template.name
            if place_of(copy) in {place_of(file) for file, _ in jobs}:
                raise CommandError(f"--template {options.template} has the name of a file of the report: rename it.")
            jobs.append((copy, filled.write))
        files = written(jobs)
        left = stale(options.per_firm, files) if options.per_firm is not None else []
    return Written(files, left, filled.lost if filled else [])


def place_of(file: Path) -> str:
    """The place of a file, as a file system without upper case compares it."""
    return str(file.resolve()).casefold()


def written(jobs: list[Job]) -> list[Path]:
    """Writes all files beside their places, and only then puts them there: all of them, or none."""
    with ExitStack() as stack:
        folders: dict[Path, Path] = {}
        for place in dict.fromkeys(file.parent for file, _ in jobs):
            with failures(place, KEPT):
                temporary = tempfile.TemporaryDirectory(prefix=".rapport-", dir=place)
            folders[place] = Path(stack.enter_context(temporary))
        check_closed(jobs)
        for file, write_to in jobs:
            with failures(file.parent, KEPT):
                write_to(folders[file.parent] / file.name)
        # Writing may have taken minutes.
        check_closed(jobs)
        for number, (file, _) in enumerate(jobs):
            names = ", ".join(str(one) for one, _ in jobs[:number])
            with failures(file, f"These files are new, the others are old: {names}." if names else KEPT):
                (folders[file.parent] / file.name).replace(file)
    return [file for file, _ in jobs]


@contextmanager
def failures(place: Path, state: str) -> Iterator[None]:
    """Turns what a file system refuses into a sentence, and one that says which files are old."""
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - it is there, see `prepare`

    try:
        yield
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) and error.args else error
        reason = getattr(cause, "strerror", None) or str(cause)
        raise CommandError(f"The report cannot be written to {place}: {reason}. {state}") from error


def check_closed(jobs: list[Job]) -> None:
    """Raises `CommandError` if a file is open in LibreOffice or Excel, which would write the old one again, or if it is
    a directory."""
    for file, _ in jobs:
        if file.is_dir():
            raise CommandError(f"The report cannot be written to {file}: it is a directory. {KEPT}")
        for lock in (file.with_name(f".~lock.{file.name}#"), file.with_name(f"~${file.name}")):
            if lock.exists():
                raise CommandError(
                    f"{file} is open in another program: {lock.name} is beside it. Close it there (or delete that file "
                    f"if no program has it open), and write the report again. {KEPT}"
                )
