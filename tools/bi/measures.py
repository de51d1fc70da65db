"""The measures of BI tools: sums and distinct counts over columns of one mart, and quotients of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Sum:
    column: str


@dataclass(frozen=True)
class Distinct:
    """The number of different values, without NULL."""

    column: str


@dataclass(frozen=True)
class Blanks:
    """The number of rows whose value is NULL."""

    column: str


@dataclass(frozen=True)
class Rows:
    pass


@dataclass(frozen=True)
class Divide:
    numerator: Expression
    denominator: Expression | int


@dataclass(frozen=True)
class Where:
    """Over the rows where each column has the value, or one of the values, or is greater."""

    expression: Expression
    conditions: tuple[tuple[str, str, str | int | bool | tuple[str, ...]], ...]


@dataclass(frozen=True)
class On:
    """By another date of the fact than the one of its active relation."""

    expression: Expression
    date: str


@dataclass(frozen=True)
class Known:
    """Nothing while some rows are unknown, so that a figure is never too small."""

    unknown: Expression
    expression: Expression


@dataclass(frozen=True)
class ToDate:
    """From the beginning to the last day of the period."""

    expression: Expression


Expression = Sum | Distinct | Blanks | Rows | Divide | Where | On | Known | ToDate


class Measure(NamedTuple):
    """`metric` is the metric of the dbt package with the title and the description."""

    metric: str
    table: str
    folder: str
    unit: str
    expression: Expression


def where(expression: Expression, **conditions: str | int | bool | tuple[str, ...]) -> Where:
    return Where(expression, tuple((column, "=", value) for column, value in conditions.items()))


def of_limited_slots(expression: Expression, *timings: str) -> Where:
    limited = (("capacity", ">", 0), ("timing", "=", timings if len(timings) > 1 else timings[0]))
    return Where(expression, limited)


HOUR = 3_600_000  # Milliseconds.
BEGUN = ("past", "running")
PATHS, SLOTS, SHEETS, ANSWERS, PLACES = "Parcours", "Inscriptions aux séances", "Émargement", "Appréciations", "Places"
FREE = Sum("registered"), Sum("capacity")
MEASURES = [
    Measure("enrolments", "Formations", PATHS, "number", Sum("enrolments")),
    Measure("enrolments_completed", "Formations", PATHS, "number", Sum("enrolments_completed")),
    Measure("completion_rate", "Formations", PATHS, "rate", Divide(Sum("enrolments_completed"), Sum("enrolments"))),
    Measure(
        "enrolments_successful",
        "Formations",
        PATHS,
        "number",
        Known(Blanks("enrolments_successful"), Sum("enrolments_successful")),
    ),
    Measure(
        "average_score",
        "Formations",
        PATHS,
        "decimal",
        Known(where(Blanks("online_ms"), enrolments=1), Divide(Sum("score"), Sum("scores"))),
    ),
    Measure("clients_enrolled", "Formations", PATHS, "number", where(Distinct("learner_key"), enrolments=1)),
    Measure("trainings", "Formations", PATHS, "number", Distinct("training_key")),
    Measure(
        "enrolments_coming",
        "Formations",
        PATHS,
        "number",
        where(On(Sum("enrolments"), "start_date"), timing="coming"),
    ),
    Measure("completions", "Formations", PATHS, "number", On(Sum("completions"), "completed_date")),
    Measure("clients_trained", "Formations", PATHS, "number", On(Sum("clients_trained"), "completed_date")),
    Measure(
        "clients_trained_to_date",
        "Formations",
        PATHS,
        "number",
        ToDate(On(Sum("clients_trained"), "completed_date")),
    ),
    Measure(
        "online_hours",
        "Formations",
        PATHS,
        "decimal",
        On(
            Known(where(Blanks("online_ms"), training_kind="path"), Divide(Sum("online_ms"), HOUR)),
            "online_date",
        ),
    ),
    Measure("registrations", "Inscriptions aux séances", SLOTS, "number", Sum("registrations")),
    Measure("registrations_declined", "Inscriptions aux séances", SLOTS, "number", Sum("declined")),
    Measure("registrations_attended", "Inscriptions aux séances", SLOTS, "number", Sum("attended")),
    Measure("registrations_recorded", "Inscriptions aux séances", SLOTS, "number", Sum("recorded")),
    Measure("attended_rate", "Inscriptions aux séances", SLOTS, "rate", Divide(Sum("attended"), Sum("recorded"))),
    Measure("learners_registered", "Inscriptions aux séances", SLOTS, "number", Distinct("learner_key")),
    Measure(
        "registrations_coming",
        "Inscriptions aux séances",
        SLOTS,
        "number",
        where(Sum("registrations"), timing="coming", is_client=True),
    ),
    Measure("half_days", "Demi-journées", SHEETS, "number", Sum("lines")),
    Measure("half_days_signed", "Demi-journées", SHEETS, "number", Sum("signed_lines")),
    Measure("half_days_present", "Demi-journées", SHEETS, "number", Sum("signed_present")),
    Measure("attendance_rate", "Demi-journées", SHEETS, "rate", Divide(Sum("signed_present"), Sum("signed_lines"))),
    Measure("attended_hours", "Demi-journées", SHEETS, "decimal", Divide(Sum("attended_ms"), HOUR)),
    Measure("sheets", "Demi-journées", SHEETS, "number", Distinct("sheet_key")),
    Measure("answers", "Appréciations", ANSWERS, "number", Sum("answers")),
    Measure("answers_scored", "Appréciations", ANSWERS, "number", Sum("scores")),
    Measure("satisfaction_percent", "Appréciations", ANSWERS, "decimal", Divide(Sum("score_percent"), Sum("scores"))),
    Measure("answers_recommending", "Appréciations", ANSWERS, "number", Sum("recommended")),
    Measure(
        "recommendation_rate", "Appréciations", ANSWERS, "rate", Divide(Sum("recommended"), Sum("recommendations"))
    ),
    Measure("slots", "Séances", PLACES, "number", Rows()),
    Measure("slots_in_person", "Séances", PLACES, "number", where(Rows(), is_virtual=False)),
    Measure("places", "Séances", PLACES, "number", of_limited_slots(Sum("capacity"), *BEGUN)),
    Measure("places_taken", "Séances", PLACES, "number", of_limited_slots(Sum("registered"), *BEGUN)),
    Measure("fill_rate", "Séances", PLACES, "rate", of_limited_slots(Divide(*FREE), *BEGUN)),
    Measure("places_coming", "Séances", PLACES, "number", of_limited_slots(Sum("capacity"), "coming")),
    Measure("places_taken_coming", "Séances", PLACES, "number", of_limited_slots(Sum("registered"), "coming")),
    Measure("fill_rate_coming", "Séances", PLACES, "rate", of_limited_slots(Divide(*FREE), "coming")),
    Measure("seats_left_coming", "Séances", PLACES, "number", where(Sum("seats_left"), timing="coming")),
    Measure("waitlisted", "Séances", PLACES, "number", Sum("waitlisted")),
]
