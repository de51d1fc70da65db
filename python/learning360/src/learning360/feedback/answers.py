"""Makes answers of the lines of a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from . import values
from .fields import OPINION, PERSON, PERSONAL, TRAINING, plain
from .files import Record, Source
from .mapping import Columns, Mapping
from .survey import Survey

Answer = dict[str, Any]
# An id of this length, such as one of 360Learning or a UUID, is of one answer only; Microsoft Forms counts 1, 2, 3.
LONG_ID = 12
# A value of more characters is not shown in a message.
SHOWN = 40
# The ids of answers without learner, time and id: the same text may be that of several people.
UNCERTAIN = "anonymous-"
UNJOINABLE = (
    "has neither a learner nor the id of an answer, so its questions cannot be joined; name the column of one, as in "
    "--map answerId=…"
)
CONTENT = ("score", "scaleMin", "scaleMax", "wouldRecommend", "comment")


class Rejection(NamedTuple):
    """A line that is not loaded, and why. `shown` is the value, if it may be shown."""

    file: str
    line: int
    column: str
    shown: str
    why: str
    raw: str = ""
    lines: int = 1

    @property
    def text(self) -> str:
        place = f"line {self.line}" if self.lines == 1 else f"lines {self.line} to {self.line + self.lines - 1}"
        column = f", {self.column!r}" if self.column else ""
        return f"{self.file}, {place}{column}: {self.shown or 'it'} {self.why}."


class InvalidValueError(Exception):
    """A value that cannot be read: the field, the value and the reason."""


def shortened(text: str) -> str:
    """A value as a message may show it; empty for an address, and for a text that may be a comment."""
    text = " ".join(text.split())
    return repr(text) if text and "@" not in text and len(text) <= SHOWN else ""


class Reader:
    """Reads the lines of one file."""

    def __init__(self, source: Source, columns: Columns, survey: Survey, mapping: Mapping) -> None:
        self.source, self.columns, self.survey, self.mapping = source, columns, survey, mapping
        # Lines without an opinion, lines of other questions, lines whose texts had NUL.
        self.skipped: Counter[str] = Counter()
        needed = [place for name, place in columns.at.items() if name != "comment"]
        self.least = max(needed, default=0) + 1
        given = columns.at.keys() | mapping.set.keys()
        self.about_fields = [name for name in ("answerId", *PERSON, *TRAINING) if name in given]
        # Several questions, each on a line of its own, are one answer.
        self.is_joined = columns.per_question and len(set(survey.questions.values())) > 1

    def read(self) -> Iterator[Answer | Rejection]:
        """An answer or a rejection for each line that is not counted in `skipped`."""
        for record in self.source.records():
            if not record.problem and not any(cell.strip() for cell in record.cells):
                continue
            self.skipped["nul"] += "\0" in record.raw
            if problem := record.problem or self.misfit(record.cells):
                yield Rejection(self.source.name, record.line, "", "", problem, record.raw, record.lines)
                continue
            try:
                answer = self.answer(record)
            except InvalidValueError as error:
                yield self.rejected(record, *error.args)
                continue
            if answer:
                yield answer

    def misfit(self, cells: list[str]) -> str:
        """Why the cells do not fit the head. Spreadsheets leave out empty cells at the end of a line."""
        wanted = len(self.source.head)
        if (len(cells) > wanted and any(cell.strip() for cell in cells[wanted:])) or len(cells) < self.least:
            return (
                f"has {len(cells)} cells, the head has {wanted}: a text with a separator or a line break lacks quotes"
            )
        return ""

    def rejected(self, record: Record, name: str, text: str, why: str) -> Rejection:
        column = self.source.head[self.columns.at[name]].strip() if name in self.columns.at else name
        shown = "" if name in PERSONAL else shortened(text)
        return Rejection(self.source.name, record.line, column, shown, why, record.raw)

    def text(self, name: str, cells: list[str]) -> str:
        place = self.columns.at.get(name)
        text = self.mapping.set.get(name, "") if place is None else cells[place] if place < len(cells) else ""
        text = text.strip()
        meant = self.mapping.values.get(name)
        return meant.get(plain(text), text) if meant else text

    def answer(self, record: Record) -> Answer | None:
        """The answer of a line; None if it has no opinion. Raises `InvalidValueError`."""
        cells = record.cells
        answer = self.about(record)
        if self.columns.per_question:
            kind = self.survey.questions.get(plain(self.text("question", cells)))
            if kind is None:
                self.skipped["other"] += 1
                return None
            text = self.text("answer", cells)
            meant = self.mapping.values.get(kind, {})
            answer |= self.opinion(kind, meant.get(plain(text), text), "answer")
        else:
            for kind in OPINION:
                answer |= self.opinion(kind, self.text(kind, cells), kind)
        if not any(name in answer for name in OPINION):
            self.skipped["empty"] += 1
            return None
        if self.is_joined and not answer.get("answerId") and not identity(answer)[0]:
            raise InvalidValueError("", "", UNJOINABLE)
        return self.on_scale(answer, cells)

    def about(self, record: Record) -> Answer:
        """Who, what and when."""
        answer: Answer = {"sourceFile": self.source.name, "sourceLine": record.line}
        for name in self.about_fields:
            text = self.text(name, record.cells)
            if text and not (name in PERSON and plain(text) in values.NOT_NAMED | values.NOTHING):
                answer[name] = text
        if "userMail" in answer:
            self.parsed("userMail", answer["userMail"], values.mail)
        text = self.text("answeredAt", record.cells)
        if not values.is_nothing(text):
            answer["answeredAt"], answer["timed"] = self.parsed(
                "answeredAt", text, lambda one: values.instant(one, self.mapping.zone, self.mapping.day_first)
            )
        return answer

    def parsed(self, name: str, text: str, parse: Callable[[str], Any], column: str = "") -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise InvalidValueError(column or name, text, str(error)) from error

    def opinion(self, kind: str, text: str, column: str) -> Answer:
        if values.is_nothing(text):
            return {}
        if kind == "comment":
            return {"comment": text}
        if kind == "wouldRecommend":
            lowest_yes = self.survey.recommends_from
            return {kind: self.parsed(kind, text, lambda one: values.recommends(one, lowest_yes), column)}
        found: values.Score = self.parsed(kind, text, values.score, column)
        return {"score": found.value, "scaleMin": found.lowest, "scaleMax": found.highest, "written": text}

    def on_scale(self, answer: Answer, cells: list[str]) -> Answer:
        """The answer with the ends of the scale: of the text, else of columns, else of the map."""
        text = answer.pop("written", "")
        if "score" not in answer:
            return answer
        for name in ("scaleMin", "scaleMax"):
            given = self.text(name, cells)
            if answer[name] is None and not values.is_nothing(given):
                answer[name] = self.parsed(name, given, values.decimal)
        if self.columns.scale and answer["scaleMax"] in (None, self.columns.scale[1]):
            lowest, answer["scaleMax"] = self.columns.scale
            answer["scaleMin"] = lowest if answer["scaleMin"] is None else answer["scaleMin"]
        lowest, highest = answer["scaleMin"] or Decimal(0), answer["scaleMax"]
        column = "answer" if self.columns.per_question else "score"
        if answer["score"] < lowest or (highest is not None and answer["score"] > highest):
            until = "" if highest is None else f" to {highest}"
            raise InvalidValueError(column, text, f"is not on the scale from {lowest}{until}")
        if highest is not None and highest <= lowest:
            raise InvalidValueError(column, text, f"has a scale from {lowest} to {highest}, which has no length")
        return answer


def identity(answer: Answer) -> list[str]:
    """What makes an answer one of a learner about a training; the form of names does not matter."""
    person = answer.get("userId") or plain(answer.get("userMail") or "")
    return [person, *(plain(answer[name]) if name in answer else "" for name in TRAINING)]


def identified(answer: Answer) -> Answer:
    """The answer with its `_id`, which is the same whenever the same answer is loaded again."""
    own_id, timed = answer.pop("answerId", ""), answer.pop("timed", False)
    about = [*identity(answer), answer.get("answeredAt") or ""]
    content = [str(answer.get(name)) for name in CONTENT]
    prefix = ""
    if len(own_id) >= LONG_ID:
        parts = ["id", own_id]
    elif about[0]:
        parts = ["learner", own_id, *about]
    elif timed:
        # Learners who fill in a form at the end of a slot do so in the same minute.
        parts, prefix = ["time", own_id, *about, *([] if own_id else content)], "" if own_id else UNCERTAIN
    elif own_id:
        parts = ["number", own_id, *about, answer["sourceFile"]]
    else:
        parts, prefix = ["text", *about, *content, answer["sourceFile"]], UNCERTAIN
    digest = sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return answer | {"_id": f"{prefix}{digest}"}
