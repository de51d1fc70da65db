"""Words and numbers as a French reader expects them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

# A column of a mart, its title, the look of its values (text, int, decimal, rate, date, yes, timing) and its width.
IN_PERSON = [
    ("slot_date", "Date", "date", 11),
    ("slot_name", "Séance", "text", 48),
    ("group_name", "Groupe", "text", 30),
    ("region", "Région", "text", 14),
    ("location", "Lieu", "text", 34),
    ("trainers", "Formateurs", "text", 24),
    ("timing", "Période", "timing", 11),
    ("duration_hours", "Durée (h)", "decimal", 10),
    ("capacity", "Places", "int", 9),
    ("registered", "Inscrits", "int", 9),
    ("fill_rate", "Remplissage", "rate", 12),
    ("signed_sheets", "Feuilles signées", "int", 10),
    ("attendance_rate", "Taux de présence (feuilles signées)", "rate", 16),
    ("average_score", "Note moyenne (%)", "decimal", 11),
    ("satisfaction", "Satisfaction", "decimal", 12),
]

# The look of a KPI of the seed `kpi_definitions`, by its unit.
UNITS = {"nombre": "int", "taux": "rate", "heures": "decimal", "pourcentage": "decimal"}

# A session that was deleted has no period.
TIMINGS = {"past": "passée", "running": "en cours", "coming": "à venir", "unknown": "inconnue"}

# Excel's own limits: characters of a cell (UTF-16), rows of a sheet.
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_576

NOT_SYNCED = "non synchronisé"

# What XML 1.0 forbids. A carriage return is allowed, but Excel shows it as _x000D_.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MONTHS = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.".split()


def number(value: Any, decimals: int = 0) -> str:
    """1234.5 as 1 234,5 (with narrow no-break spaces), rounded half up as in the workbook; a dash for NULL."""
    if value is None:
        return "–"
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text: str = f"{rounded:,.{decimals}f}"
    return text.replace(",", "\u202f").replace(".", ",")


def show(value: Any, kind: str) -> str:
    """A value as page and workbook show it: with the decimals of the marts, so that it is rounded once."""
    if value is None:
        return "–"
    if kind == "rate":
        return number(Decimal(str(value)) * 100, 2) + "\u00a0%"
    if kind == "decimal":
        return number(value, 2)
    if kind == "int":
        return number(value)
    if kind == "date":
        return f"{value:%d/%m/%Y}"
    if kind == "yes":
        return "oui" if value else "non"
    if kind == "timing":
        return TIMINGS[value]
    return str(value)


def month(date: dt.date) -> str:
    """janv. 2026"""
    return f"{MONTHS[date.month - 1]} {date.year}"


def period(overview: dict[str, Any]) -> str:
    """The period that the figures cover, as a sentence."""
    start, end = overview["period_start_date"], overview["period_end_date"]
    if start is None:
        return f"Aucune formation au {end:%d/%m/%Y}"
    return f"Du {start:%d/%m/%Y} au {end:%d/%m/%Y}"


def printable(text: str) -> str:
    """The text with U+FFFD for characters that no XML file can hold, and with plain line breaks."""
    if not text.isprintable():
        text = FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters as Excel counts them (UTF-16), with an ellipsis if it is longer."""
    if len(text) * 2 <= length or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= length:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (length - 1)]
    # Half of a pair at the end is dropped.
    return units.decode("utf-16-le", "ignore") + "…"
