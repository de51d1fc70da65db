"""The fields of an answer, and the heads by which the column of one is known without a map."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from learning360.loading.catalog import Stream

TABLE = "feedback"
PERSON = ("userId", "userMail")
TRAINING = (
    "classroomSlotId", "classroomSlotName", "sessionId", "sessionName", "courseId", "courseName", "pathId", "pathName",
)  # fmt: skip
OPINION = ("score", "wouldRecommend", "comment")
# What a line of a file with one line per question has instead of an opinion.
QUESTION = ("question", "answer")
# Every field that a column can be mapped to.
FIELDS = ("answerId", *PERSON, *TRAINING, "answeredAt", "scaleMin", "scaleMax", *OPINION, *QUESTION)
# Never shown in a message.
PERSONAL = frozenset({"userMail", "comment"})

TYPES = {"answeredAt": {"type": "string", "format": "date-time"}, "wouldRecommend": {"type": "boolean"}}
TYPES |= {name: {"type": "number"} for name in ("score", "scaleMin", "scaleMax")}
TYPES |= {"sourceLine": {"type": "number", "airbyte_type": "integer"}}
# As dbt/models/staging/_feedback.yml describes it.
COLUMNS = (
    "_id", *PERSON, *TRAINING, "answeredAt", "score", "scaleMin", "scaleMax", "wouldRecommend", "comment",
    "sourceFile", "sourceLine",
)  # fmt: skip

# `score` and `note` alone are not here: in an export of 360Learning they are the result of a quiz. Nor is `id`, which
# may be that of anything.
HEADS = {
    "answerId": "answer id|response id|id de la réponse|identifiant de la réponse|n° de réponse",
    "userId": "user id|learner id|id utilisateur|id de l'utilisateur|identifiant de l'utilisateur|id de l'apprenant",
    "userMail": "email|e-mail|mail|courriel|email address|e-mail address|user email|learner email|user e-mail|"
    "adresse e-mail|adresse email|adresse mail|adresse de messagerie|adresse électronique|"
    "email de l'utilisateur|e-mail de l'utilisateur|email de l'apprenant|e-mail de l'apprenant|votre adresse e-mail",
    "classroomSlotId": "slot id|classroom slot id|id de la séance|id du créneau",
    "classroomSlotName": "slot|slot name|classroom slot|séance|nom de la séance|créneau|nom du créneau",
    "sessionId": "session id|path session id|id de la session",
    "sessionName": "session|session name|path session|program session|nom de la session|session de parcours",
    "courseId": "course id|id du cours",
    "courseName": "course|course name|course title|cours|nom du cours|titre du cours",
    "pathId": "path id|program id|id du parcours",
    "pathName": "path|path name|program|program name|parcours|nom du parcours|programme",
    "answeredAt": "completion time|timestamp|answered at|answer date|submitted at|submission date|date|heure de fin|"
    "horodateur|date de réponse|date de la réponse|date d'envoi",
    "scaleMin": "scale min|lowest score|note minimale",
    "scaleMax": "scale max|highest score|note maximale",
    "score": "satisfaction|satisfaction score|rating|course rating|note de satisfaction|satisfaction globale|"
    "appréciation|appréciation globale",
    "wouldRecommend": "would recommend|recommend|recommendation|nps|recommande|recommandation|"
    "je recommande cette formation|je recommande|"
    "recommanderiez-vous cette formation ?|would you recommend this training?|would you recommend this course?",
    "comment": "comment|comments|free comment|commentaire|commentaires|commentaire libre|remarques|verbatim",
    "question": "question|question text|question title|intitulé de la question|libellé de la question",
    "answer": "answer|response|answer text|réponse|texte de la réponse",
}
# A figure of 360Learning for a whole course, from -100 to 100: its column is mapped by hand or not used.
REACTION = frozenset({"reaction score", "score de réaction", "score de réactions"})
REACTION_SCALE = ("-100", "100")

PLAIN = str.maketrans({**dict.fromkeys("’‘ʼ′`", "'"), **dict.fromkeys("‐‑‒–—−", "-"), "\ufeff": "", "\u200b": ""})


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """The form in which texts are compared: NFC, lower case, single blanks, straight quotes."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).translate(PLAIN)).strip().casefold()


def plain_head(text: str) -> str:
    """The same of a head, without the star of a required question."""
    return plain(text).strip(" :*")


KNOWN = {plain_head(head): field for field, heads in HEADS.items() for head in (*heads.split("|"), field)}


def stream() -> Stream:
    """The table, as the loader writes the streams of the API."""
    properties = {name: TYPES.get(name, {"type": "string"}) for name in COLUMNS}
    return Stream(
        {
            "name": TABLE,
            "json_schema": {"properties": properties},
            "supported_sync_modes": ["full_refresh"],
            "source_defined_primary_key": [["_id"]],
        }
    )
