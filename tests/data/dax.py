"""The measures of the Power BI project in SQL. DAX cannot run here, so a measure has only what this grammar knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOKEN = re.compile(r"\s*('(?:[^']|'')+'\[[^\]]+\]|'(?:[^']|'')+'|\"[^\"]*\"|\d+|[A-Z]+|[(){},=>])")


class DaxError(ValueError):
    """A measure beyond the grammar."""


@dataclass(frozen=True)
class Sql:
    """An aggregate, the table of its rows, and the date by which a period chooses them, if it is not the active one."""

    text: Callable[[str], str]
    table: str
    date: str = ""
    is_to_date: bool = False


class Reader:
    """Reads one measure. `column` gives the mart's column of a title; a key is an expression."""

    def __init__(self, expression: str, column: Callable[[str, str], str]) -> None:
        self.tokens = list(self.split(expression))
        self.column = column
        self.table = ""

    @staticmethod
    def split(expression: str) -> Iterator[str]:
        place = 0
        while place < len(expression):
            found = TOKEN.match(expression, place)
            if not found:
                raise DaxError(f"{expression[place:]} is not understood")
            yield found[1]
            place = found.end()

    def measure(self) -> Sql:
        found = self.expression()
        if self.tokens:
            raise DaxError(f"{' '.join(self.tokens)} follows the measure")
        return found

    def take(self, *wanted: str) -> str:
        token = self.tokens.pop(0) if self.tokens else ""
        if wanted and token not in wanted:
            raise DaxError(f"{token or 'the end'} is not {' or '.join(wanted)}")
        return token

    def reference(self, table: str = "") -> str:
        """A column of the measure's own table, or of another that is named."""
        found = re.fullmatch(r"'((?:[^']|'')+)'\[([^\]]+)\]", self.take())
        if not found:
            raise DaxError("a column is expected")
        name = found[1].replace("''", "'")
        self.table = self.table or name
        if name != (table or self.table):
            raise DaxError(f"{name} is not {table or self.table}")
        return self.column(name, found[2])

    def expression(self) -> Sql:
        function = self.take()
        if function.isdigit():
            return Sql(lambda _: f"{function}.0", self.table)
        self.take("(")
        found = {
            "SUM": self.sum,
            "DISTINCTCOUNTNOBLANK": self.distinct,
            "COUNTBLANK": self.blanks,
            "COUNTROWS": self.rows,
            "DIVIDE": self.divide,
            "IF": self.known,
            "CALCULATE": self.calculate,
        }.get(function)
        if not found:
            raise DaxError(f"{function} is not in the grammar")
        sql = found()
        self.take(")")
        return sql

    def sum(self) -> Sql:
        column = self.reference()
        return Sql(lambda condition: f"sum(case when {condition} then {column} end)", self.table)

    def distinct(self) -> Sql:
        column = self.reference()
        return Sql(lambda condition: f"count(distinct case when {condition} then {column} end)", self.table)

    def blanks(self) -> Sql:
        column = self.reference()
        return Sql(lambda condition: f"count(case when {condition} and {column} is null then 1 end)", self.table)

    def rows(self) -> Sql:
        self.table = self.take().strip("'")
        return Sql(lambda condition: f"count(case when {condition} then 1 end)", self.table)

    def divide(self) -> Sql:
        part = self.expression()
        self.take(",")
        whole = self.expression()
        return Sql(lambda condition: f"{part.text(condition)} * 1.0 / nullif({whole.text(condition)}, 0)", self.table)

    def known(self) -> Sql:
        unknown = self.expression()
        for token in ("=", "0", ","):
            self.take(token)
        known = self.expression()
        return Sql(
            lambda condition: f"case when {unknown.text(condition)} = 0 then {known.text(condition)} end", self.table
        )

    def calculate(self) -> Sql:
        inner, conditions, date, is_to_date = self.expression(), [], "", False
        while self.tokens and self.tokens[0] == ",":
            self.take(",")
            if self.tokens[0] == "USERELATIONSHIP":
                date = self.relationship()
            elif self.tokens[0] == "DATESBETWEEN":
                is_to_date = self.until_the_last_day()
            else:
                conditions.append(self.condition())
        both = " and ".join(conditions)
        return Sql(
            lambda condition: inner.text(f"{condition} and {both}" if both else condition),
            self.table,
            date or inner.date,
            is_to_date or inner.is_to_date,
        )

    def relationship(self) -> str:
        self.take("USERELATIONSHIP")
        self.take("(")
        date = self.reference()
        self.take(",")
        if self.reference("Calendrier") != "date_day":
            raise DaxError("a date relates to the day of the calendar")
        self.take(")")
        return date

    def until_the_last_day(self) -> bool:
        wanted = "DATESBETWEEN ( 'Calendrier'[Jour] , BLANK ( ) , MAX ( 'Calendrier'[Jour] ) )".split(" ")
        for token in wanted:
            self.take(token)
        return True

    def condition(self) -> str:
        """Without KEEPFILTERS a condition would lift what a reader filters by the same column."""
        self.take("KEEPFILTERS")
        self.take("(")
        column, sign = self.reference(), self.take("=", ">", "IN")
        if sign != "IN":
            text = f"{column} {sign} {self.literal()}"
        else:
            self.take("{")
            values = [self.literal()]
            while self.take(",", "}") == ",":
                values.append(self.literal())
            text = f"{column} in ({', '.join(values)})"
        self.take(")")
        return text

    def literal(self) -> str:
        token = self.take()
        if token in ("TRUE", "FALSE"):
            self.take("(")
            self.take(")")
            return token.lower()
        return f"'{token[1:-1]}'" if token.startswith('"') else str(int(token))
