"""Reads the YAML file that says which column of the report belongs under which title of a template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from learning360 import CommandError

from .labels import MOST_ROWS

KEYS = ("sheet", "head_row", "list", "columns")


@dataclass(frozen=True)
class Constant:
    """A value that is the same in each row."""

    value: str | int | float | bool | dt.date


@dataclass(frozen=True)
class Filling:
    """What fills one sheet: for each title in the head row a column of the list, or a constant."""

    sheet: str
    head_row: int
    list: str
    columns: dict[str, str | Constant]


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice: YAML would keep the last one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"{twice!r} is there twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def nearest(name: str, names: Iterable[str]) -> str:
    """The advice that names the nearest of the names that exist."""
    known = list(names)
    near = get_close_matches(name.casefold(), {one.casefold() for one in known}, 1, 0.5)
    found = [one for one in known if near and one.casefold() == near[0]]
    return f"Did you mean {found[0]!r}?" if found else f"It has: {', '.join(known[:12]) or 'none'}."


def read_mapping(file: Path) -> list[Filling]:
    """The mapping. Raises `CommandError` for what is not one."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"--mapping {file} is not YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise CommandError(f"--mapping {file} cannot be read: {error.strerror}.") from error
    sheets = content.get("sheets") if isinstance(content, dict) else None
    if not isinstance(sheets, list) or not sheets or set(content) != {"sheets"}:
        raise CommandError(f"--mapping {file} needs a list `sheets` and nothing else; see the documentation.")
    return [filling_of(file, place, one) for place, one in enumerate(sheets, 1)]


def filling_of(file: Path, place: int, given: Any) -> Filling:
    where = f"--mapping {file}: sheet {place}"
    if not isinstance(given, dict):
        raise CommandError(f"{where} needs the keys {', '.join(KEYS)}.")
    for key in given:
        if key not in KEYS:
            raise CommandError(f"{where} has the unknown key {key!r}. {nearest(str(key), KEYS)}")
    missing = [key for key in KEYS if key not in given]
    if missing:
        raise CommandError(f"{where} lacks {', '.join(missing)}.")
    head_row, columns = given["head_row"], given["columns"]
    if not isinstance(head_row, int) or isinstance(head_row, bool) or not 0 < head_row < MOST_ROWS:
        raise CommandError(f"{where}: head_row must be the number of the row that has the titles.")
    if not isinstance(columns, dict) or not columns:
        raise CommandError(f"{where}: columns must have a line for each title, as `Nom du stagiaire: Nom`.")
    return Filling(
        str(given["sheet"]),
        head_row,
        str(given["list"]),
        {same(str(title)): source_of(where, title, column) for title, column in columns.items()},
    )


def source_of(where: str, title: Any, column: Any) -> str | Constant:
    if isinstance(column, dict) and set(column) == {"constant"}:
        value = column["constant"]
        if isinstance(value, dt.datetime):
            # Excel has no time zones.
            value = value.replace(tzinfo=None)
        if isinstance(value, (str, int, float, bool, dt.date)):
            return Constant(value)
    if isinstance(column, str):
        return column
    raise CommandError(f"{where}: {title!r} must be a column of the report, or `{{constant: VALUE}}`.")


def same(title: str) -> str:
    """A title as titles are compared: on one line."""
    return " ".join(title.split())
