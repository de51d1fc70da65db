"""Joins the lines of a file with one line per question: those of one learner about one training are one answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import groupby
from typing import Any

from .answers import Answer, Reader, Rejection, identity
from .fields import OPINION

# Lines in the order of their times; those of one time by question, so that a comment follows its score.
CREATE = "CREATE TABLE lines (who TEXT, at TEXT, kind INTEGER, line INTEGER, answer TEXT)"
INSERT = "INSERT INTO lines VALUES (?, ?, ?, ?, ?)"
SORTED = "SELECT who, answer FROM lines ORDER BY who, at, CASE WHEN at = '' THEN 0 ELSE kind END, line"
BATCH = 5_000


def joined(reader: Reader) -> Iterator[Answer | Rejection]:
    """The answers of the file. Its lines wait in a temporary file, and not in memory."""
    # An empty name is that of a temporary file that SQLite deletes.
    with closing(sqlite3.connect("")) as waiting:
        waiting.execute(CREATE)
        batch: list[tuple[Any, ...]] = []
        for answer in reader.read():
            if isinstance(answer, Rejection):
                yield answer
                continue
            batch.append(line_of(answer))
            if len(batch) >= BATCH:
                waiting.executemany(INSERT, batch)
                batch.clear()
        waiting.executemany(INSERT, batch)
        for _, lines in groupby(waiting.execute(SORTED), key=lambda row: row[0]):
            yield from attempts([restored(json.loads(answer)) for _, answer in lines], reader)


def line_of(answer: Answer) -> tuple[Any, ...]:
    who = [answer.get("answerId") or "", *identity(answer)]
    if not who[0] and not who[1]:
        who.append(str(answer["sourceLine"]))
    kind = next(place for place, name in enumerate(OPINION) if name in answer)
    text = json.dumps(answer, default=str)
    return json.dumps(who), answer.get("answeredAt") or "", kind, answer["sourceLine"], text


def restored(answer: Answer) -> Answer:
    numbers = ("score", "scaleMin", "scaleMax")
    return answer | {name: Decimal(answer[name]) for name in numbers if answer.get(name) is not None}


def attempts(lines: list[Answer], reader: Reader) -> Iterator[Answer]:
    """The answers of one learner about one training, in order: a question that comes again begins another answer."""
    current: Answer = {}
    for line in lines:
        kind = next(name for name in OPINION if name in line)
        is_same_time = line.get("answeredAt") == current.get("answeredAt")
        if kind in current and is_same_time and line[kind] == current[kind]:
            reader.skipped["repeated"] += 1
            continue
        if kind in current and not (kind == "comment" and is_same_time):
            yield current
            current = {}
        elif kind in current:
            line["comment"] = f"{current['comment']}\n{line['comment']}"
        first = min(line["sourceLine"], current.get("sourceLine", line["sourceLine"]))
        current = current | line | {"sourceLine": first}
    yield current
