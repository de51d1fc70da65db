"""A case for files of answers, loaded by `learning360 feedback`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from learning360.cli import main
from learning360.loading.database import open_database

from .support import ROOT, Case

HEAD = "Horodateur;Adresse e-mail;Séance;Satisfaction;Recommande;Commentaire\n"
LINE = "01/03/2026 10:05:00;anna@x.example;Séance L1;4;oui;Très bien\n"
MAPS = ROOT / "docs" / "fr" / "avis"


@contextmanager
def chdir(place: Path) -> Iterator[None]:
    """Works in a directory; `contextlib.chdir` is newer than Python 3.10."""
    before = Path.cwd()
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)


class Answers(Case):
    """Files and a DuckDB of their own."""

    engine = "duckdb"

    def setUp(self) -> None:
        super().setUp()
        self.destination = self.database(self.engine)

    def file(self, content: str | bytes, name: str = "avis.csv") -> Path:
        file = self.home / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def load_answers(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs the command line in this process, for speed."""
        command = ["learning360", "feedback", "--to", self.destination, *map(str, arguments)]
        stdout, stderr, code = io.StringIO(), io.StringIO(), 0
        with patch.object(sys, "argv", command), redirect_stdout(stdout), redirect_stderr(stderr):
            try:
                main()
            except SystemExit as ending:
                code = int(isinstance(ending.code, str)) or int(ending.code or 0)
                stderr.write(f"{ending.code}\n" if isinstance(ending.code, str) else "")
        return subprocess.CompletedProcess(command, code, stdout.getvalue(), stderr.getvalue())

    def loaded(self, content: str | bytes, *options: str | Path, name: str = "avis.csv") -> str:
        """Loads a file and returns all that was printed."""
        ended = self.load_answers(self.file(content, name), *options)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout + ended.stderr

    def refused(self, content: str | bytes, *options: str | Path, name: str = "avis.csv") -> str:
        """Fails to load a file, with one sentence."""
        ended = self.load_answers(self.file(content, name), *options)
        self.assertEqual(ended.returncode, 1, ended.stdout)
        return ended.stderr.strip().splitlines()[-1]

    def all_rejected(self, content: str | bytes, *options: str | Path) -> str:
        """Fails because no line of a file can be read, and returns all that was printed."""
        ended = self.load_answers(self.file(content, "avis.csv"), *options)
        self.assertEqual(ended.returncode, 1, ended.stdout)
        self.assertRegex(ended.stderr, r"All \d+ lines? rejected, so nothing was loaded\.\n$")
        return ended.stdout + ended.stderr

    def answers(self, *columns: str, schema: str = "raw_360learning") -> list[Any]:
        """The values of some columns, in the order of files and lines."""
        names = ", ".join(f'"{name}"' for name in columns)
        with open_database(self.destination) as database:
            rows = database.execute(f'SELECT {names} FROM {schema}.feedback ORDER BY "sourceFile", "sourceLine", "_id"')
        return [row[0] if len(columns) == 1 else row for row in rows]

    def yaml(self, content: Any, name: str = "map.yml") -> Path:
        return self.file(json.dumps(content), name)
