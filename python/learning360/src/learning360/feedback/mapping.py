"""A map: which column, or which question, has which field of an answer, and how its values are read."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from learning360 import CommandError
from learning360.settings import read_settings

from . import values
from .fields import FIELDS, KNOWN, OPINION, QUESTION, REACTION, REACTION_SCALE, TRAINING, plain, plain_head

ZONE = "Europe/Paris"
RECOMMENDS_FROM = Decimal(9)
MEMBERS = "columns set questions values scale recommends_from time_zone date_order encoding".split()


class FeedbackError(CommandError):
    """The reason why a file of answers is not loaded."""


@dataclass
class Mapping:
    """A map as it was given. Without any, known heads are recognized."""

    columns: dict[str, str] = field(default_factory=dict)
    # A value that all answers of the files have.
    set: dict[str, str] = field(default_factory=dict)
    # By field, the wordings of the question whose answer it is.
    questions: dict[str, list[str]] = field(default_factory=dict)
    # By field, what a text means.
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    scale: tuple[Decimal, Decimal] | None = None
    recommends_from: Decimal | None = None
    zone: tzinfo = timezone.utc
    day_first: bool = True
    encoding: str | None = None


@dataclass
class Columns:
    """Where the fields are in one file."""

    at: dict[str, int]
    unused: list[str]
    # The scale of scores that name none.
    scale: tuple[Decimal, Decimal] | None

    @property
    def per_question(self) -> bool:
        return all(name in self.at for name in QUESTION)


def field_name(name: Any, where: str) -> str:
    known = {one.lower(): one for one in FIELDS}
    found = known.get(str(name).strip().lower().replace("_", ""))
    if not found:
        near = get_close_matches(str(name).lower(), known, 1)
        advice = f"Did you mean {known[near[0]]}?" if near else f"There are {', '.join(FIELDS)}."
        raise FeedbackError(f"{where}: answers have no field {str(name)!r}. {advice}")
    return found


def text_of(value: Any) -> str:
    return "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)


def read_mapping(given: Sequence[str], time_zone: str | None = None, usual_zone: str | None = None) -> Mapping:
    """The map of `--map` options: files, and FIELD=COLUMN, which wins over a file. `time_zone` wins over a file's, and
    that over the usual one."""
    content: dict[str, Any] = {}
    pairs: dict[str, str] = {}
    for one in given:
        name, equals, column = one.partition("=")
        if equals and not Path(one).is_file():
            pairs[field_name(name, "--map")] = column
        elif Path(one).is_file():
            content |= read_settings(Path(one), "map", "columns: {score: Satisfaction}")
        else:
            raise FeedbackError(f"--map {one}: it is neither FIELD=COLUMN nor a file that exists.")
    if unknown := [name for name in content if name not in MEMBERS]:
        near = get_close_matches(str(unknown[0]), MEMBERS, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"It may have {', '.join(MEMBERS)}."
        raise FeedbackError(f"The map has an unknown member {str(unknown[0])!r}. {advice}")
    try:
        return built(content, pairs, time_zone or content.get("time_zone") or usual_zone or ZONE)
    except (AttributeError, TypeError, ValueError, ArithmeticError) as error:
        raise FeedbackError(f"The map cannot be read: {error}. docs/fr/avis.md has an example.") from error


def built(content: dict[str, Any], pairs: dict[str, str], time_zone: str) -> Mapping:
    def members(name: str) -> dict[str, Any]:
        inside = content.get(name) or {}
        if not isinstance(inside, dict):
            raise FeedbackError(f"The map: {name} is not a list of `field: …` lines.")
        return {field_name(key, f"The map, {name}"): value for key, value in inside.items()}

    questions = {
        name: [str(one) for one in (texts if isinstance(texts, list) else [texts])]
        for name, texts in members("questions").items()
    }
    if wrong := [name for name in questions if name not in OPINION]:
        raise FeedbackError(f"The map, questions: {wrong[0]} is not a question; there are {', '.join(OPINION)}.")
    texts = [text for name in questions for text in questions[name]]
    forms = [plain(text) for text in texts]
    if twice := next((text for text, form in zip(texts, forms, strict=True) if forms.count(form) > 1), None):
        raise FeedbackError(f"The map, questions: {twice!r} is the question of two fields; write it once.")
    known_values = {
        name: {plain(str(text)): text_of(value) for text, value in words.items()}
        for name, words in members("values").items()
    }
    scale = content.get("scale")
    order = content.get("date_order", "dmy")
    if order not in ("dmy", "mdy"):
        raise FeedbackError("The map: date_order is dmy (day first) or mdy (month first).")
    lowest_yes = content.get("recommends_from")
    found = Mapping(
        columns={name: str(column) for name, column in members("columns").items()} | pairs,
        set={name: text_of(value) for name, value in members("set").items()},
        questions=questions,
        values=known_values,
        scale=read_scale(scale) if scale is not None else None,
        recommends_from=None if lowest_yes is None else values.decimal(str(lowest_yes)),
        zone=zone_of(time_zone),
        day_first=order == "dmy",
        encoding=content.get("encoding"),
    )
    if both := found.columns.keys() & found.set.keys():
        raise FeedbackError(f"The map has a column and a set value for {min(both)}; write one of them.")
    return found


def read_scale(ends: Any) -> tuple[Decimal, Decimal]:
    if not isinstance(ends, list) or len(ends) != 2:
        raise FeedbackError("The map: scale has the lowest and the highest score, as in scale: [1, 5].")
    lowest, highest = (values.decimal(str(end)) for end in ends)
    if lowest >= highest:
        raise FeedbackError(f"The map: scale: {lowest} is not below {highest}.")
    return lowest, highest


def zone_of(name: Any) -> tzinfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FeedbackError(f"There is no time zone {str(name)!r}; write one such as Europe/Paris.") from error


def find_columns(head: Sequence[str], mapping: Mapping, file: str) -> Columns:
    """The columns of a file, by the map, else by known heads."""
    forms = [plain_head(cell) for cell in head]
    at = {name: mapped(column, head, forms, name, file) for name, column in mapping.columns.items()}
    candidates: dict[str, list[int]] = {}
    for place, form in enumerate(forms):
        name = KNOWN.get(form)
        if name and name not in at and name not in mapping.set and place not in at.values():
            candidates.setdefault(name, []).append(place)
    for name, places in candidates.items():
        if len(places) > 1:
            several = ", ".join(repr(head[place].strip()) for place in places)
            raise FeedbackError(
                f"{file}: the columns {several} may all be {name}. Name one: --map {name}='{head[places[0]].strip()}'."
            )
        at[name] = places[0]
    scale = mapping.scale
    if scale is None and "score" in at and forms[at["score"]] in REACTION:
        scale = (Decimal(REACTION_SCALE[0]), Decimal(REACTION_SCALE[1]))
    unused = [cell.strip() for place, cell in enumerate(head) if place not in at.values() and cell.strip()]
    found = Columns(at, unused, scale)
    check(found, head, forms, mapping, file)
    return found


def mapped(column: str, head: Sequence[str], forms: Sequence[str], name: str, file: str) -> int:
    places = [place for place, form in enumerate(forms) if form == plain_head(column)]
    if len(places) == 1:
        return places[0]
    if places:
        raise FeedbackError(f"{file}: {len(places)} columns are called {column!r}; give them different names.")
    near = get_close_matches(plain_head(column), forms, 3, 0.5)
    shown = [head[forms.index(form)].strip() for form in near] or [cell.strip() for cell in head if cell.strip()]
    raise FeedbackError(f"{file}: no column is called {column!r} (--map {name}). The nearest: {quoted(shown)}.")


def quoted(names: Sequence[str]) -> str:
    """Some names of columns, shortened."""
    shown = [repr(name if len(name) <= 60 else f"{name[:57]}…") for name in names[:12]]
    return ", ".join(shown) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def check(found: Columns, head: Sequence[str], forms: Sequence[str], mapping: Mapping, file: str) -> None:
    """Raises `FeedbackError` if a line of the file cannot be an answer about a training."""
    given: Dict[str, Any] = found.at | mapping.set
    columns = quoted([cell.strip() for cell in head if cell.strip()])
    if len(set(QUESTION) & found.at.keys()) == 1 and not set(OPINION) & given.keys():
        missing = next(name for name in QUESTION if name not in found.at)
        raise FeedbackError(f"{file}: no column is the {missing}. Name it: --map {missing}=…, one of {columns}.")
    if not found.per_question and not set(OPINION) & given.keys():
        reaction = next((cell.strip() for cell, form in zip(head, forms, strict=True) if form in REACTION), None)
        if reaction:
            raise FeedbackError(
                f"{file}: {reaction!r} is one figure for each course, of all its learners, and not the answer of one. "
                f"If each course is to count as one answer, from -100 to 100, write --map score='{reaction}'."
            )
        raise FeedbackError(
            f"{file}: no column is known as the score, the recommendation or the comment. Name one, as in "
            f"--map score=…; the columns are {columns}."
        )
    if not set(TRAINING) & given.keys():
        raise FeedbackError(
            f"{file}: no column says which training an answer is about. Name one, as in --map sessionName=…, or write "
            f"it into a map, as in set: {{sessionName: …}}; the columns are {columns}."
        )
