"""The commands `dbt` and `learning360`, in processes that are forked from one that has imported both: imports take most
of the time of a small load, and three seconds of each build."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess

# Where the function of each command is, as in the scripts that pip installs.
COMMANDS = {"dbt": ("dbt.cli.main", "cli"), "learning360": ("learning360.cli", "main")}
USED = ["duckdb", "pandas", "psycopg", "dbt.adapters.duckdb", "dbt.adapters.postgres"]

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([*(module for module, _ in COMMANDS.values()), *USED])


def run(
    command: str,
    arguments: Sequence[str],
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> CompletedProcess[str]:
    """Runs a command with this environment in this directory. Not for threads, and without its `atexit` functions."""
    line = [command, *arguments]
    given = dict(os.environ if environment is None else environment)
    with tempfile.TemporaryDirectory(prefix="data-tests-") as place:
        printed = [Path(place) / "stdout", Path(place) / "stderr"]
        for file in printed:
            file.touch()
        process = _processes.Process(target=_become, args=(line, given, directory or Path.cwd(), printed))
        process.start()
        try:
            process.join()
        finally:
            process.kill()
        assert process.exitcode is not None
        return CompletedProcess(line, process.exitcode, *(file.read_text(encoding="utf-8") for file in printed))


def _become(line: list[str], environment: dict[str, str], directory: Path, printed: list[Path]) -> None:
    """Makes this process the command."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for number, file in enumerate(printed, start=1):
        os.dup2(os.open(file, os.O_WRONLY), number)
    sys.argv = line
    module, function = COMMANDS[line[0]]
    getattr(import_module(module), function)()
