"""The columns of a table and the values in them, as destination-postgres 3 writes them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, timezone
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

BIGINT = range(-(2**63), 2**63)
# A date, or a date and a time; the last group is the offset. No database knows one of 16 hours.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:([T ]\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?)?")
LONGEST_NAME = 63
# A value that does not fit is NULL, and `_airbyte_meta` holds one of these reasons.
MISMATCH, TOO_LARGE = "DESTINATION_SERIALIZATION_ERROR", "DESTINATION_FIELD_SIZE_LIMITATION"


class Column(NamedTuple):
    """A column: its name in the table, the record's field, and a type of PostgreSQL."""

    name: str
    field: str
    type: str


META = (
    Column("_airbyte_raw_id", "", "VARCHAR"),
    Column("_airbyte_extracted_at", "", "TIMESTAMP WITH TIME ZONE"),
    Column("_airbyte_meta", "", "JSONB"),
    Column("_airbyte_generation_id", "", "BIGINT"),
)


def column_name(field: str) -> str:
    """A field's name as a column: the case stays; anything but letters and digits becomes `_`."""
    name = re.sub(r"[^\w]", "_", field)
    if name[:1].isdigit():
        name = f"_{name}"
    if len(name.encode()) > LONGEST_NAME:
        name = f"{name[:50]}_{sha256(name.encode()).hexdigest()[:8]}"
    return name


def column_type(schema: dict[str, Any]) -> str:
    """The type of a field's column."""
    kinds = schema.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    kinds.discard("null")
    if len(kinds) != 1:
        return "JSONB"
    kind = kinds.pop()
    if kind == "number" and schema.get("airbyte_type") == "integer":
        kind = "integer"
    if kind == "string" and schema.get("format") == "date-time":
        naive = schema.get("airbyte_type") == "timestamp_without_timezone"
        return "TIMESTAMP" if naive else "TIMESTAMP WITH TIME ZONE"
    if kind == "string" and schema.get("format") == "date":
        return "DATE"
    types = {"string": "VARCHAR", "integer": "BIGINT", "number": "DECIMAL(38, 9)", "boolean": "BOOLEAN"}
    return types.get(kind, "JSONB")


def columns(properties: dict[str, Any]) -> list[Column]:
    """The columns of a stream's table, without those of Airbyte."""
    return [Column(column_name(field), field, column_type(schema)) for field, schema in properties.items()]


class ValueMismatchError(Exception):
    """A value that its column cannot hold; the argument is Airbyte's reason."""


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def as_integer(value: Any) -> str:
    number = int(value) if isinstance(value, (int, str)) or value == int(value) else None
    if number is None or isinstance(value, bool):
        raise ValueMismatchError(MISMATCH)
    if number not in BIGINT:
        raise ValueMismatchError(TOO_LARGE)
    return str(number)


def as_number(value: Any) -> str:
    if isinstance(value, bool):
        raise ValueMismatchError(MISMATCH)
    number = float(value)
    if not abs(number) < 1e29:
        raise ValueMismatchError(TOO_LARGE)
    return str(value)


def as_boolean(value: Any) -> str:
    if not isinstance(value, bool):
        raise ValueMismatchError(MISMATCH)
    return "true" if value else "false"


def as_timestamp(value: str) -> str:
    parts = INSTANT.fullmatch(value)
    if not parts:
        raise ValueMismatchError(MISMATCH)
    datetime.fromisoformat(value[:19])
    time, offset = parts.groups()
    return value if offset else f"{value}Z" if time else f"{value}T00:00:00Z"


def as_date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


ENCODERS: dict[str, Callable[[Any], str]] = {
    "VARCHAR": as_text,
    "JSONB": as_json,
    "BIGINT": as_integer,
    "DECIMAL(38, 9)": as_number,
    "BOOLEAN": as_boolean,
    "TIMESTAMP WITH TIME ZONE": as_timestamp,
    "TIMESTAMP": lambda value: as_timestamp(value)[:19],
    "DATE": as_date,
}

Row = tuple["str | None", ...]


class Encoder:
    """Turns the records of one stream into rows of text, which both databases read."""

    def __init__(self, wanted: list[Column], generation: int, sync: int) -> None:
        self.columns = [(column.field, ENCODERS[column.type]) for column in wanted]
        self.generation, self.sync = str(generation), sync
        self.clean = self.meta([])

    def meta(self, changes: list[dict[str, str]]) -> str:
        return as_json({"sync_id": self.sync, "changes": changes})

    def row(self, record: dict[str, Any]) -> Row:
        data = record["data"]
        changes: list[dict[str, str]] = (record.get("meta") or {}).get("changes") or []
        values: list[str | None] = []
        for field, encode in self.columns:
            value = data.get(field)
            if value is not None:
                try:
                    value = encode(value)
                except (ValueMismatchError, ValueError, TypeError, OverflowError) as error:
                    reason = error.args[0] if isinstance(error, ValueMismatchError) else MISMATCH
                    changes = [*changes, {"field": field, "change": "NULLED", "reason": reason}]
                    value = None
            values.append(value)
        at = datetime.fromtimestamp(record["emitted_at"] / 1000, timezone.utc).isoformat()
        meta = self.meta(changes) if changes else self.clean
        return (str(uuid.uuid4()), at, meta, self.generation, *values)
