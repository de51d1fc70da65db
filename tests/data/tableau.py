"""The calculated fields of the Tableau sources in SQL: each gives the total of the marts."""

from __future__ import annotations

import math
import re
import unittest
import xml.etree.ElementTree as ET

from learning360.loading.database import open_database

from . import metrics as of_marts
from .powerbi import metrics
from .support import ROOT

SOURCES = sorted((ROOT / "deploy" / "bi" / "Tableau").glob("*.tds"))
# A sum, with at most one level of parentheses in it.
DENOMINATOR = re.compile(r"/ (SUM\((?:[^()]|\([^()]*\))*\)|\d+)")


def in_sql(formula: str) -> str:
    """The formula over all rows. A running sum ends in the total."""
    text = re.sub(r"RUNNING_SUM\((.*)\)", r"\1", formula)
    text = DENOMINATOR.sub(r"* 1.0 / nullif(\1, 0)", text).replace(" + ", " || ")
    text = re.sub(r"ISNULL\(\[(\w+)\]\)", r"\1 IS NULL", text)
    text = re.sub(r"COUNTD\(", "COUNT(DISTINCT ", text)
    return re.sub(r"\bIF\b", "CASE WHEN", re.sub(r"\[(\w+)\]", r"\1", text))


def check(case: unittest.TestCase, destination: str) -> None:
    names = {title: name for name, title in metrics().items()}
    figures = {name: (fact, figure) for fact, known in of_marts.FIGURES.items() for name, figure in known.items()}
    # Over all dates both are the same.
    figures[of_marts.TO_DATE] = figures["clients_trained"]
    with open_database(destination) as database:
        for source in SOURCES:
            root = ET.fromstring(source.read_text(encoding="utf-8").encode())
            relation = next(one for one in root.iter("relation") if one.get("type") == "table")
            mart = re.findall(r"\[(\w+)\]", relation.attrib["table"])[1]
            for field in root.findall("column[calculation]"):
                formula = field.find("calculation")
                assert formula is not None
                name = names[field.attrib["caption"]]
                found = database.execute(f"select {in_sql(formula.attrib['formula'])} from {of_marts.SCHEMA}.{mart}")
                fact, figure = figures[name]
                wanted = of_marts.of_marts(database, fact, figure, "").get("", 0)
                case.assertTrue(math.isclose(float(found[0][0] or 0), wanted, rel_tol=1e-9), (name, found, wanted))
