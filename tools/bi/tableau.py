"""The data sources of Tableau: each fact, joined with the learners, with the measures as calculated fields."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from . import measures as m
from .model import CALENDAR, LABELS, LEARNERS, Column, Table
from .powerbi import PARAMETERS

CONNECTION = "postgres.learning360"
TYPES = {
    "text": ("string", "nominal"),
    "bigint": ("integer", "ordinal"),
    "boolean": ("boolean", "nominal"),
    "date": ("date", "ordinal"),
    "timestamp": ("datetime", "ordinal"),
}
FORMATS = {"number": "n#,##0", "decimal": "n#,##0.00", "rate": "p0.0%"}


def files(
    tables: list[Table],
    columns: dict[str, list[Column]],
    metrics: dict[str, tuple[str, str]],
    labels: dict[str, dict[str, str]],
) -> dict[str, str]:
    by_name = {table.name: table for table in tables}
    return {
        f"Tableau/{table.name}.tds": data_source(table, by_name[LEARNERS], columns, metrics, labels)
        for table in tables
        if table.name not in (CALENDAR, LEARNERS)
    }


def data_source(
    table: Table,
    learners: Table,
    columns: dict[str, list[Column]],
    metrics: dict[str, tuple[str, str]],
    labels: dict[str, dict[str, str]],
) -> str:
    root = ET.Element(
        "datasource",
        {"formatted-name": f"federated.{table.mart}", "inline": "true", "version": "18.1", "caption": table.name},
    )
    federated = ET.SubElement(root, "connection", {"class": "federated"})
    server, _, port = PARAMETERS["Serveur"][0].partition(":")
    named = ET.SubElement(ET.SubElement(federated, "named-connections"), "named-connection")
    named.attrib |= {"caption": server, "name": CONNECTION}
    connection = {"class": "postgres", "dbname": PARAMETERS["Base"][0], "port": port, "server": server}
    ET.SubElement(named, "connection", connection | {"one-time-sql": "", "sslmode": "", "username": ""})
    used = [table, learners] if table.is_fact else [table]
    parent = joined(federated, table, learners) if table.is_fact else federated
    for one in used:
        place = f"[{PARAMETERS['SchemaMarts'][0]}].[{one.mart}]"
        ET.SubElement(parent, "relation", connection=CONNECTION, name=one.name, table=place, type="table")
    mapped = ET.SubElement(federated, "cols")
    fields = []
    for one in used:
        for column in columns[one.name]:
            if column.name == column.source:
                name = f"[{column.name}]" if one is table else f"[{column.name} ({one.name})]"
                ET.SubElement(mapped, "map", key=name, value=f"[{one.name}].[{column.name}]")
                fields.append((name, column, one))
    ET.SubElement(root, "aliases", enabled="yes")
    for name, column, one in fields:
        shown = next((label for label in columns[one.name] if label.name == f"{column.name}_label"), column)
        add_field(root, name, column.data_type, shown, labels)
    for measure in m.MEASURES:
        if measure.table == table.name:
            add_measure(root, measure, table, metrics)
    ET.indent(root)
    return "<?xml version='1.0' encoding='utf-8' ?>\n" + ET.tostring(root, encoding="unicode") + "\n"


def joined(parent: ET.Element, table: Table, learners: Table) -> ET.Element:
    """A left join, which repeats no row: a learner is in one row."""
    relation = ET.SubElement(parent, "relation", join="left", type="join")
    both = ET.SubElement(ET.SubElement(relation, "clause", type="join"), "expression", op="AND")
    for column in ("source_relation", "user_id"):
        equal = ET.SubElement(both, "expression", op="=")
        for one in (table, learners):
            ET.SubElement(equal, "expression", op=f"[{one.name}].[{column}]")
    return relation


def add_field(root: ET.Element, name: str, data_type: str, shown: Column, labels: dict[str, dict[str, str]]) -> None:
    """A column of the mart; a code has its labels as aliases."""
    datatype, kind = TYPES.get(data_type, ("real", "ordinal"))
    field = ET.SubElement(
        root, "column", caption=shown.title, datatype=datatype, name=name, role="dimension", type=kind
    )
    if shown.is_hidden:
        field.set("hidden", "true")
    if shown.name != shown.source:
        aliases = ET.SubElement(field, "aliases")
        for code, label in labels[LABELS[shown.source]].items():
            ET.SubElement(aliases, "alias", key=f'"{code}"', value=label)


def add_measure(root: ET.Element, measure: m.Measure, table: Table, metrics: dict[str, tuple[str, str]]) -> None:
    title, description = metrics[measure.metric]
    datatype = "integer" if measure.unit == "number" else "real"
    field = ET.SubElement(
        root, "column", caption=title, datatype=datatype, name=f"[Calcul_{measure.metric}]", role="measure"
    )
    field.attrib |= {"type": "quantitative", "default-format": FORMATS[measure.unit]}
    formula = calculation(measure.expression, table)
    ET.SubElement(field, "calculation", {"class": "tableau", "formula": formula})
    text = ET.SubElement(ET.SubElement(field, "desc"), "formatted-text")
    ET.SubElement(text, "run").text = description


def calculation(expression: m.Expression | int, table: Table, condition: str = "") -> str:
    """The formula; the dates of a measure are chosen in the worksheet."""

    def value(column: str) -> str:
        source = f"[source_relation] + '|' + [{table.keys[column]}]" if column in table.keys else f"[{column}]"
        return f"IF {condition} THEN {source} END" if condition else source

    match expression:
        case m.Sum(column):
            return f"SUM({value(column)})"
        case m.Distinct(column):
            return f"COUNTD({value(column)})"
        case m.Rows():
            return f"COUNT({value('slot_id')})"
        case m.Blanks(column):
            also = f" AND {condition}" if condition else ""
            return f"SUM(IF ISNULL([{column}]){also} THEN 1 ELSE 0 END)"
        case m.Divide(numerator, denominator):
            return f"{calculation(numerator, table, condition)} / {calculation(denominator, table, condition)}"
        case m.Known(unknown, known):
            return f"IF {calculation(unknown, table, condition)} = 0 THEN {calculation(known, table, condition)} END"
        case m.Where(inner, conditions):
            written = " AND ".join(compared(*one) for one in conditions)
            return calculation(inner, table, written)
        case m.On(inner, _):
            return calculation(inner, table, condition)
        case m.ToDate(inner):
            return f"RUNNING_SUM({calculation(inner, table, condition)})"
        case int():
            return str(expression)


def compared(column: str, sign: str, value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return f"[{column}]" if value else f"NOT [{column}]"
    if isinstance(value, tuple):
        return "(" + " OR ".join(f"[{column}] = '{one}'" for one in value) + ")"
    return f"[{column}] {sign} '{value}'" if isinstance(value, str) else f"[{column}] {sign} {value}"
