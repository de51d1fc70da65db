"""The page: the KPIs as charts and tables with filters, in one file that reads nothing else."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..labels import NOT_SYNCED
from ..marts import Marts
from ..scope import Scope
from .data import collect
from .totals import TILES, totals

FOLDER = Path(__file__).parent
# In the order in which they need one another.
SCRIPTS = """vendor/d3.min.js vendor/plot.umd.min.js format.js figures.js tables.js charts.js sections.js filters.js
app.js""".split()
MONTHS = """janvier février mars avril mai juin juillet août septembre octobre novembre décembre""".split()


def write(marts: Marts, scope: Scope, path: Path) -> None:
    """Writes the page of what the scope covers. With a firm, the file has nothing of other firms."""
    loader = FileSystemLoader(FOLDER)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters.update(spaced=spaced)
    data, definitions = collect(marts, scope), {total["kpi"]: total for total in marts.totals()}
    values = totals(data)
    scripts = [inline(FOLDER / name) for name in SCRIPTS]
    text = environment.get_template("template.html.jinja").render(
        overview=marts.overview(),
        shown=shown(scope),
        tiles=[{**definitions[kpi], "text": values[kpi]} for kpi in TILES],
        not_synced=NOT_SYNCED,
        style=Markup((FOLDER / "style.css").read_text(encoding="utf-8")),
        scripts=[Markup(script) for script in scripts],
        hashes=[digest(script) for script in scripts],
        data=Markup(embedded(data)),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def inline(file: Path) -> str:
    """A script as it can be between two tags."""
    return file.read_text(encoding="utf-8").replace("</script", "<\\/script")


def digest(script: str) -> str:
    """By this, and only by this, the page's policy lets a script run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def embedded(data: dict[str, Any]) -> str:
    """JSON in which no name can end its element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def shown(scope: Scope) -> str:
    """What the page covers, in words; `filters.js` writes the same line under filters."""
    firm = f"Cabinet {isolated(scope.firm)}" if scope.firm else "Tous les cabinets"
    return f"{firm}, {period(scope.first, scope.last)}"


def spaced(text: str) -> str:
    """With the spaces of French typography, which do not break a line."""
    return re.sub(" ([»:;?!%])", "\u00a0\\1", text.replace("« ", "«\u00a0"))


def isolated(name: str) -> str:
    """A name whose direction of writing does not change that of the sentence."""
    return f"\u2068{name}\u2069"


def long_date(date: dt.date) -> str:
    """1er janvier 2026"""
    return f"{date.day}{'er' if date.day == 1 else ''} {MONTHS[date.month - 1]} {date.year}"


def period(first: dt.date | None, last: dt.date | None) -> str:
    if first and last:
        return long_date(first) if first == last else f"du {long_date(first)} au {long_date(last)}"
    if first:
        return f"depuis le {long_date(first)}"
    return f"jusqu'au {long_date(last)}" if last else "toute la période"
