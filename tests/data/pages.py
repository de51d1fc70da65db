"""Tests of pages of made accounts, in a browser that starts once."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any, ClassVar

from learning360.loading.database import open_database
from learning360.report import page as report_page
from learning360.report.marts import Marts
from learning360.report.scope import Scope
from playwright.sync_api import Browser

from .browser import browser
from .made_marts import SCHEMA, MadeMarts


class Pages(unittest.TestCase):
    """Pages of accounts that are made once, in a browser that starts once."""

    home: ClassVar[Path]
    chromium: ClassVar[Browser]

    @classmethod
    def setUpClass(cls) -> None:
        cls.home = Path(cls.enter(tempfile.TemporaryDirectory(prefix="data-tests-")))
        cls.chromium = cls.enter(browser())

    @classmethod
    def enter(cls, manager: Any) -> Any:
        """Enters a context that ends with the class."""
        entered = manager.__enter__()
        cls.addClassCleanup(manager.__exit__, None, None, None)
        return entered

    @classmethod
    def written(cls, made: MadeMarts, scope: Scope | None = None, name: str = "page") -> Path:
        """The page of an account."""
        file = cls.home / f"{name}.html"
        with open_database(made.address, read_only=True) as database:
            report_page.write(Marts(database, SCHEMA), scope or Scope(), file)
        return file

    def made(self, firms: list[str], **options: Any) -> MadeMarts:
        place = tempfile.TemporaryDirectory(prefix="data-tests-")
        self.addCleanup(place.cleanup)
        return MadeMarts(Path(place.name) / "marts.duckdb", firms, **options)
