"""What decides how all lines of a file are read, found by reading it once before."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from difflib import get_close_matches
from typing import NamedTuple

from . import values
from .fields import plain
from .files import Source
from .mapping import RECOMMENDS_FROM, Columns, FeedbackError, Mapping, quoted

# The most questions of a file that are remembered for a message.
MOST_QUESTIONS = 1_000
USUAL_HIGHEST = 5
OF_NPS = re.compile(r"([2-9]|10)(?:[.,]0)?(?:\s*/\s*10)?", re.ASCII)


class Survey(NamedTuple):
    """The field of each question, and the lowest note from 0 to 10 that is a recommendation, if notes are given."""

    questions: dict[str, str]
    recommends_from: Decimal | None


def survey(source: Source, columns: Columns, mapping: Mapping) -> Survey:
    fields = {plain(text): name for name, texts in mapping.questions.items() for text in texts}
    asked: Counter[str] = Counter()
    has_notes = False
    for record in source.records():

        def text(name: str, cells: list[str] = record.cells) -> str:
            place = columns.at.get(name, len(cells))
            return cells[place].strip() if place < len(cells) else ""

        if record.problem:
            continue
        if mapping.day_first and values.fits_month_first_only(text("answeredAt")):
            column = source.head[columns.at["answeredAt"]].strip()
            raise FeedbackError(
                f"{source.name}, line {record.line}, {column!r}: the month comes before the day. Write date_order: mdy "
                "into a map, so that all dates are read so."
            )
        opinion = {"score": text("score"), "wouldRecommend": text("wouldRecommend")}
        if columns.per_question:
            question = text("question")
            if question and (len(asked) < MOST_QUESTIONS or question in asked):
                asked[question] += 1
            opinion = {fields.get(plain(question), ""): text("answer")}
        check_scale(source, record.line, opinion.get("score", ""), columns, mapping)
        likely = opinion.get("wouldRecommend", "")
        known = mapping.values.get("wouldRecommend", {})
        has_notes = has_notes or bool(OF_NPS.fullmatch(likely) and plain(likely) not in known)
    if columns.per_question:
        check_questions(source, asked, fields, mapping)
    lowest_yes = mapping.recommends_from
    return Survey(fields, RECOMMENDS_FROM if lowest_yes is None and has_notes else lowest_yes)


def check_scale(source: Source, line: int, text: str, columns: Columns, mapping: Mapping) -> None:
    """Raises `FeedbackError` for a score above 5 without a scale: then 3 may be 3 of 10 as well."""
    if columns.scale or "scaleMax" in columns.at or "scaleMax" in mapping.set:
        return
    try:
        found = values.score(mapping.values.get("score", {}).get(plain(text), text))
    except ValueError:
        return
    if found.highest is None and found.value > USUAL_HIGHEST:
        raise FeedbackError(
            f"{source.name}, line {line}: a score is {found.value}, and nothing says on which scale. Write its lowest "
            "and highest score into a map, as in scale: [0, 10]."
        )


def check_questions(source: Source, asked: Counter[str], fields: dict[str, str], mapping: Mapping) -> None:
    every = [question for question, _ in asked.most_common()]
    if not fields:
        raise FeedbackError(
            f"{source.name} has one line per question. Write into a map which one is the score, the recommendation or "
            f"the comment, as in questions: {{score: …}}; the file asks {quoted(every)}."
        )
    forms = {plain(question): question for question in every}
    if len(asked) == MOST_QUESTIONS or not asked:
        return
    for name, texts in mapping.questions.items():
        # Perhaps the learners left no comment.
        if name == "comment" or any(plain(text) in forms for text in texts):
            continue
        near = get_close_matches(plain(texts[0]), forms, 3, 0.5)
        shown = [forms[form] for form in near] or every
        raise FeedbackError(
            f"{source.name}: no question is {texts[0]!r} (questions: {name}). The nearest: {quoted(shown)}."
        )
