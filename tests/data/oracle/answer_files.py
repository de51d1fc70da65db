"""The sandbox's files of answers, read a second time: without the loader, whose ids alone are taken from the table."""

from __future__ import annotations

import csv
import io
import re
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from learning360.loading.database import open_database, quoted

from .streams import Account, Row

# The map of docs/fr/avis that fits each file of the sandbox.
MAPS = {"questions.csv": "questions.yml", "form.csv": "formulaire.yml", "form-excel.csv": "formulaire-excel.yml"}
PARIS = ZoneInfo("Europe/Paris")
WORDS = {
    "Quelle note donnez-vous à ce cours ?": "score",
    "Recommanderiez-vous ce cours ?": "wouldRecommend",
    "Un commentaire ?": "comment",
}
OUI = {"Oui": True, "Non": False, "": None}


def answer_file(url: str, name: str) -> bytes:
    with urllib.request.urlopen(f"{url}/__sandbox/feedback/{name}", timeout=120) as response:
        content: bytes = response.read()
        return content


def lines(content: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line below the head, with the number of the line on which they begin."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    next(reader)
    begin = reader.line_num + 1
    for cells in reader:
        yield begin, cells
        begin = reader.line_num + 1


def note(text: str) -> str | None:
    """A score from 1 to 5 as the sandbox writes it; none for a word."""
    if text and set(text) <= {"★", "☆"}:
        return str(text.count("★"))
    found = re.fullmatch(r"(\d(?:,\d)?)(?:/5| sur 5)?", text)
    return found[1].replace(",", ".") if found else None


def local(text: str, form: str) -> str | None:
    try:
        moment = datetime.strptime(text, form).replace(tzinfo=PARIS)
    except ValueError:
        return None
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def form(content: bytes, is_excel: bool) -> Iterator[Row]:
    text = content.decode("cp1252" if is_excel else "utf-8")
    for line, (at, mail, slot, score, recommends, comment) in lines(text, ";" if is_excel else ","):
        answered = local(at, "%d/%m/%Y %H:%M" if is_excel else "%d/%m/%Y %H:%M:%S")
        is_unreadable = answered is None or (score != "" and note(score) is None)
        if is_unreadable or not (score or recommends or comment):
            continue
        likely = int(recommends) >= 9 if is_excel and recommends else OUI.get(recommends)
        yield {
            "userMail": mail, "classroomSlotName": slot, "answeredAt": answered, "score": note(score),
            "wouldRecommend": likely, "comment": comment or None, "sourceLine": line,
        }  # fmt: skip


def questions(content: bytes) -> Iterator[Row]:
    """The answers to several questions by one learner about one course; a second time is another answer."""
    of_learner: dict[tuple[str, str], list[tuple[str, int, str, str]]] = defaultdict(list)
    mails = {}
    for line, (at, user, mail, course, question, answer) in lines(content.decode(), ","):
        kind = WORDS.get(question)
        if kind and answer and answer != "bof":
            of_learner[user, course].append((at, line, kind, answer))
            mails[user] = mail
    for (user, course), given in of_learner.items():
        rounds: list[dict[str, tuple[str, int, str]]] = [{}]
        for at, line, kind, answer in sorted(given):
            if kind in rounds[-1]:
                rounds.append({})
            rounds[-1][kind] = (at, line, answer)
        for one in rounds:
            answers = {kind: answer for kind, (_, _, answer) in one.items()}
            yield {
                "userId": user, "userMail": mails[user], "courseName": course,
                "answeredAt": max(at for at, _, _ in one.values()), "score": note(answers.get("score", "")),
                "wouldRecommend": OUI[answers.get("wouldRecommend", "")], "comment": answers.get("comment"),
                "sourceLine": min(line for _, line, _ in one.values()),
            }  # fmt: skip


def answers(url: str) -> Iterator[Row]:
    """The answers of all files, without ids."""
    for name in MAPS:
        content = answer_file(url, name)
        found = questions(content) if name == "questions.csv" else form(content, name == "form-excel.csv")
        for row in found:
            yield row | {"sourceFile": name, "scaleMin": "1", "scaleMax": "5"}


def with_answers(account: Account, url: str, destination: str, synced: frozenset[str]) -> Account:
    """The account with the answers of the sandbox's files, which `learning360 feedback` loaded."""
    with open_database(destination) as database:
        query = f"SELECT {quoted('sourceFile')}, {quoted('sourceLine')}, {quoted('_id')} FROM "
        ids = {(file, line): key for file, line, key in database.execute(query + quoted(account.schema, "feedback"))}
    rows: list[dict[str, Any]] = []
    for row in answers(url):
        place = row["sourceFile"], row["sourceLine"]
        rows.append(row | {"_id": ids.pop(place, f"not loaded: {place}")})
    return Account(account.schema, lambda stream: rows if stream == "feedback" else account.rows(stream), synced)
