"""What a list of the report is: its columns, and the query for its rows. Workbook and template share them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .labels import cut, printable
from .marts import Marts, known_sum, literal
from .scope import Scope

ONLINE_HOURS, IN_PERSON_HOURS, VIRTUAL_HOURS, TOTAL_HOURS = (
    "Heures en ligne",
    "Heures en présentiel",
    "Heures en classe virtuelle",
    "Heures au total",
)

FRACTIONS = ("decimal", "rate")


class Column(NamedTuple):
    """A column of a list: its title, how its values look, its width in characters, and its expression in SQL."""

    title: str
    kind: str
    width: int
    value: str


@dataclass
class Listing:
    """A list: the columns of the workbook, more for templates, and where the rows come from."""

    title: str
    table: str
    note: str
    source: str
    where: str
    order: str
    columns: list[Column]
    more: list[Column] = field(default_factory=list)
    # Tables that only some columns need, by their alias.
    joins: dict[str, str] = field(default_factory=dict)

    def every(self) -> dict[str, Column]:
        """All columns by title."""
        return {column.title: column for column in (*self.columns, *self.more)}

    def query(self, columns: list[Column]) -> str:
        # A driver reads binary numbers faster than decimal ones; both have the same two digits in the file.
        values = [
            f"cast({one.value} as double precision)" if one.kind in FRACTIONS and not is_text(one.value) else one.value
            for one in columns
        ]
        joins = "".join(
            join for alias, join in self.joins.items() if any(re.search(rf"\b{alias}\.", one.value) for one in columns)
        )
        return f"select {', '.join(values) or '1'} from {self.source}{joins} where {self.where} order by {self.order}"

    def count(self, marts: Marts) -> int:
        return marts.count(f"select 1 as one from {self.source} where {self.where}")

    def rows(self, marts: Marts, columns: list[Column] | None = None) -> Iterator[tuple[Any, ...]]:
        return marts.stream(self.query(self.columns if columns is None else columns))


class Query:
    """Builds the lists of a scope: the parts that they share."""

    def __init__(self, marts: Marts, scope: Scope) -> None:
        self.marts, self.scope = marts, scope

    def _label(self, kind: str, column: str) -> str:
        """The French word for a code."""
        return case(column, self.marts.labels(kind))

    def _where(self, alias: str, *conditions: str) -> str:
        return " and ".join([self.marts.is_of_account(alias), *(one for one in conditions if one)])

    def _joined(self, mart: str, alias: str, other: str, *keys: str, layer: str = "marts") -> str:
        on = " and ".join(f"{alias}.{key} = {other}.{key}" for key in ("source_relation", *keys))
        return f" left join {self.marts.table(mart, layer)} as {alias} on {on}"

    def _of_report(self, alias: str = "r") -> str:
        return f"{alias}.training_id in ({self.marts.trainings(self.scope)})"

    def _firm_only(self, value: str, learner: str = "l") -> str:
        """A value that another firm may have given since: only of learners who are still with the report's firm."""
        if self.scope.firm is None:
            return value
        return f"case when {learner}.firm is null or {learner}.firm = {literal(self.scope.firm)} then {value} end"

    def _hours(self) -> str:
        """Hours and half-days of each training in the period; its hours are NULL if those of a slot are unknown."""
        marts, period = self.marts, self.marts.within(self.scope, "x.slot_date")
        in_person = known_sum("case when x.is_virtual then 0 else x.attended_ms end")
        virtual = known_sum("case when x.is_virtual then x.attended_ms else 0 end")
        return f""" left join (
            select x.training_id,
                cast({in_person} as bigint) as in_person_ms, cast({virtual} as bigint) as virtual_ms,
                cast(sum(x.lines) as bigint) as half_days, cast(sum(x.signed_lines) as bigint) as signed_lines,
                cast(sum(x.signed_present) as bigint) as signed_present
            from {marts.table("facts_half_days")} as x
            where {self._where("x", "x.training_id is not null", period)} group by x.training_id
        ) as h on r.training_id = h.training_id"""

    def _milliseconds(self) -> list[str]:
        """Milliseconds of a training online, in person and in online slots, with the join of `_hours`."""
        kinds = "in_person_ms", "virtual_ms"
        return [self._online(), *(f"case when h.training_id is null then 0 else h.{name} end" for name in kinds)]

    def _online(self) -> str:
        """Milliseconds online in the period; a training without time has 0, one whose time is not known has none."""
        return f"""case when f.training_kind <> 'path' or not ({self.marts.within(self.scope, "f.online_date")})
            or f.online_date is null then 0 else f.online_ms end"""

    def _firm(self, alias: str = "r") -> str:
        return f"{alias}.firm = {literal(self.scope.firm)}" if self.scope.firm is not None else ""

    def _person(self, report: str = "r") -> list[Column]:
        without = f"case when {report}.first_name is null then {report}.display_name end"
        return [
            Column("Nom", "text", 20, f"coalesce({report}.last_name, {without})"),
            Column("Prénom", "text", 16, f"{report}.first_name"),
        ]  # fmt: skip

    def _training(self) -> list[Column]:
        """Whose training a detail belongs to."""
        return [
            *self._person(),
            Column("Cabinet", "text", 28, "r.firm"),
            Column("Entreprise", "text", 28, "r.company"),
            Column("SIRET", "text", 18, "r.siret"),
            Column("Formation", "text", 38, "r.training_name"),
        ]


def hour_columns(online: str, in_person: str, virtual: str) -> list[Column]:
    """Hours from milliseconds: online, in person, in online slots, and their sum."""
    return [
        Column(ONLINE_HOURS, "hours", 12, online),
        Column(IN_PERSON_HOURS, "hours", 14, in_person),
        Column(VIRTUAL_HOURS, "hours", 14, virtual),
        Column(TOTAL_HOURS, "hours", 12, f"{online} + {in_person} + {virtual}"),
    ]


def share(part: str, whole: str) -> str:
    """A rate with four decimals; NULL without a denominator."""
    return f"case when {whole} > 0 then round(cast({part} as numeric(18, 6)) / {whole}, 4) end"


def is_text(value: str) -> bool:
    """Whether an expression is a constant text, such as why a number is missing."""
    return value.startswith("'")


def identifier(value: str, of: str) -> Column:
    return Column(f"Identifiant {'du' if of == 'stagiaire' else 'de la'} {of}", "text", 27, value)


def case(column: str, labels: dict[str, str]) -> str:
    """The French word for a code."""
    whens = " ".join(f"when {literal(code)} then {literal(label)}" for code, label in labels.items())
    return f"case {column} {whens} else {column} end" if whens else column


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def title_of(name: str) -> str:
    """A name of a user as the title of a column: one line, at most 255 characters."""
    return cut(" ".join(printable(name).split()), 240) or "Sans nom"


def unique(columns: list[Column]) -> list[Column]:
    """The columns with a number behind titles that repeat: Excel wants each title of a table once."""
    taken: set[str] = set()
    found = []
    for column in columns:
        title, number = column.title, 1
        while title.casefold() in taken or title.lower() in taken:
            number += 1
            title = f"{column.title} ({number})"
        taken |= {title.casefold(), title.lower()}
        found.append(column._replace(title=title))
    return found
