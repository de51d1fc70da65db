"""Reads the marts from DuckDB or PostgreSQL: rows in a fixed order, all at once or one by one."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from learning360 import CommandError
from learning360.loading.database import Database, quoted

from .scope import Scope

Row = dict[str, Any]


class MartsError(CommandError):
    """A mart that cannot be read; the text has the advice for the user."""


# What belongs to a training is at its firm of the report, anything else at the firm of now.
FIRM = "coalesce(t.firm_of_report, x.firm)"
# The label of unknown values, unless the variables of dbt have another.
UNKNOWN = "Non renseigné"
# What a stream that is not synced leaves unknown: it is no zero, and the report says so.
UNSYNCED = {
    "course_stats": ("modules", "modules_completed", "module_minutes", "modules_detail"),
    "classroom_slot_waitlist": ("waitlisted",),
}


def literal(value: str | dt.date) -> str:
    """A value as a constant of SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"date '{value:%Y-%m-%d}'"


def known_sum(value: str) -> str:
    """The sum of values in SQL; NULL if one of them is."""
    return f"case when count({value}) = count(*) then sum({value}) end"


def folded(name: str) -> str:
    """A name as names are compared: without regard to case, kinds of blanks, apostrophes, hyphens and accents."""
    for given, common in (("\u2019\u02bc`\u00b4", "'"), ("\u2010\u2011\u2012\u2013\u2014\u2212", "-")):
        name = name.translate({ord(one): common for one in given})
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.split())


class Marts:
    """The marts of one account in one `DBT_SCHEMA`."""

    def __init__(self, database: Database, name: str, account: str | None = None) -> None:
        self.name, self.database = name, database
        accounts = sorted({row["source_relation"] for row in self._read("kpi_overview")})
        if account is None and len(accounts) > 1:
            raise MartsError(f"The marts have several accounts: choose one with --account, of {', '.join(accounts)}.")
        if account is not None and account not in accounts:
            raise MartsError(f"The marts have no account {account}: choose one of {', '.join(accounts) or 'none'}.")
        self.account = account or accounts[0]
        missing = {row["place"] for row in self.rows("warnings") if row["kind"] == "stream not synced"}
        self.unsynced = {name for stream, names in UNSYNCED.items() if stream in missing for name in names}

    def rows(self, mart: str, order: str = "") -> list[Row]:
        """All rows of a mart, sorted by these columns."""
        return [row for row in self._read(mart, order) if row["source_relation"] == self.account]

    def table(self, mart: str, layer: str = "marts") -> str:
        """The quoted name of a mart's table."""
        return quoted(f"{self.name}_learning360_{layer}", f"learning360__{mart}")

    def columns(self, mart: str) -> set[str]:
        """The names of the columns of a mart."""
        cursor = self.database.run(f"select * from {self.table(mart)} limit 0", ())
        return {column[0] for column in cursor.description}

    def is_of_account(self, alias: str) -> str:
        """The condition that a row belongs to the account."""
        return f"{alias}.source_relation = {literal(self.account)}"

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, without all of them in memory."""
        try:
            yield from self.database.stream(query)
        except self.database.failure as error:
            reason = str(error).strip().splitlines()[0]
            hint = "Build the marts again with the dbt package of this version."
            raise MartsError(f"The marts cannot be read: {reason}. {hint}") from error

    def select(self, query: str, names: Sequence[str]) -> Iterator[Row]:
        """The same as dictionaries with these names."""
        for row in self.stream(query):
            yield dict(zip(names, row, strict=True))

    def count(self, query: str) -> int:
        """The number of rows of a query."""
        return int(next(self.stream(f"select count(*) from ({query}) as counted"))[0])

    def firms(self) -> list[str]:
        """The firms of the report, those with the most learners first."""
        query = f"""select firm_of_report, count(distinct user_id) as learners from {self.table("facts_trainings")} as f
            where {self.is_of_account("f")} group by firm_of_report"""
        return [firm for firm, _ in sorted(self.stream(query), key=lambda row: (-row[1], row[0]))]

    def firm(self, name: str) -> str:
        """The firm of this name, however it is spelled. Raises `CommandError` with the nearest one."""
        firms = self.firms()
        if name in firms:
            return name
        found = [firm for firm in firms if folded(firm) == folded(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise CommandError(f"--firm {name} is one of several: write {' or '.join(found)} exactly.")
        by_name = {folded(firm): firm for firm in firms}
        near = get_close_matches(folded(name), by_name, 1, 0.4)
        if near:
            raise CommandError(f"The report has no firm {name}. Did you mean {by_name[near[0]]!r}?")
        listed = ", ".join(firms[:10]) + (", …" if len(firms) > 10 else "")
        raise CommandError(f"The report has no firm {name}. It has: {listed or 'none'}.")

    def within(self, scope: Scope, column: str) -> str:
        """The condition that a date is in the period; without a period always true."""
        conditions = [f"{column} >= {literal(scope.first)}"] if scope.first else []
        conditions += [f"{column} <= {literal(scope.last)}"] if scope.last else []
        return " and ".join(conditions) or "true"

    def trainings(self, scope: Scope) -> str:
        """The query for the ids of the trainings of a scope: in a period those with an enrollment, a completion, online
        time, a half-day or a registration in it."""
        firm = f" and f.firm_of_report = {literal(scope.firm)}" if scope.firm is not None else ""
        own = f"select f.training_id from {self.table('facts_trainings')} as f where {self.is_of_account('f')}{firm}"
        if not scope.has_period:
            return own
        parts = [f"({self.within(scope, f'f.{date}')})" for date in ("enrolled_date", "completed_date", "online_date")]
        days = f"x.training_id is not null and {self.within(scope, 'x.slot_date')}"
        parts += [
            f"""f.training_id in (select x.training_id from {self.table(mart)} as x
                where {self.is_of_account("x")} and {days})"""
            for mart in ("facts_half_days", "facts_registrations")
        ]
        return f"{own} and ({' or '.join(parts)})"

    def with_training(self, mart: str) -> str:
        """Facts `x`, each with the training `t` to which it may belong: at the firm `FIRM`."""
        return f"""{self.table(mart)} as x left join {self.table("facts_trainings")} as t
            on x.source_relation = t.source_relation and x.training_id = t.training_id"""

    def facts(self, mart: str, columns: str, scope: Scope, date: str, sums: str = "") -> Iterator[Row]:
        """Facts of slots, half-days and answers in a scope: these columns beside `firm`, and sums over rows that are
        equal in them. A sum of which a part is unknown is NULL. A row with a training belongs to the firm of the
        training, any other to the firm of now."""
        kept = [name for name in columns.split() if name != "firm"]
        added = sums.split()
        fields = ", ".join([f"{FIRM} as firm", *(f"x.{name}" for name in kept)])
        totals = "".join(f", {known_sum(f'x.{name}')} as {name}" for name in added)
        by = f" group by {', '.join([FIRM, *(f'x.{name}' for name in kept)])}" if added else ""
        only = f" and {FIRM} = {literal(scope.firm)}" if scope.firm is not None else ""
        query = f"""select {fields}{totals} from {self.with_training(mart)}
            where {self.is_of_account("x")} and {self.within(scope, f"x.{date}")}{only}{by}"""
        yield from self.select(query, ["firm", *kept, *added])

    def unknown_label(self) -> str:
        """`learning360_unknown_label`, as the facts show it."""
        for name in ("firm", "agency", "region"):
            query = f"""select min(t.{name}) from {self.table("facts_trainings")} as t
                inner join {self.table("learners")} as l
                    on t.source_relation = l.source_relation and t.user_id = l.user_id
                where {self.is_of_account("t")} and l.{name} is null"""
            for (label,) in self.stream(query):
                if label is not None:
                    return str(label)
        return UNKNOWN

    def _read(self, table: str, order: str = "", layer: str = "marts") -> list[Row]:
        by = f" order by {order}" if order else ""
        try:
            # The names of columns are constants, never input of a user.
            return self.database.select(f"select * from {self.table(table, layer)}{by}")
        except self.database.failure as error:
            hint = "Run dbt build first, or give the name of its schemas with --schema."
            named = f"{self.name}_learning360_{layer}.learning360__{table}"
            raise MartsError(f"The table {named} cannot be read. {hint}") from error

    def overview(self) -> Row:
        """The one row of totals."""
        return self.rows("kpi_overview")[0]

    def definitions(self) -> list[Row]:
        """The names and definitions of the totals, in order: `kpi`, `label`, `unit`, `definition`."""
        return self._read("kpi_definitions", "position", layer="seeds")

    def labels(self, kind: str) -> dict[str, str]:
        """The French words for the codes of a kind."""
        return {row["code"]: row["label"] for row in self._read("labels", layer="seeds") if row["kind"] == kind}

    def totals(self) -> list[Row]:
        """The totals with their names and definitions, in order: `kpi`, `label`, `unit`, `definition`, `value`."""
        overview = self.overview()
        return [{**row, "value": overview[row["kpi"]]} for row in self.definitions()]
