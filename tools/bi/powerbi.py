"""The Power BI project: a semantic model in TMDL, an empty report, and a file that opens the database."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from . import measures as m
from .model import CALENDAR, GROUPS, LABELS, LEARNERS, SORTED_BY, Column, Table

NAME = "Formations 360Learning"
SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
TYPES = {"text": "string", "bigint": "int64", "boolean": "boolean", "date": "dateTime", "timestamp": "dateTime"}
FORMATS = {"date": "dd/MM/yyyy", "timestamp": "dd/MM/yyyy HH:mm", "bigint": "0"}
UNITS = {"number": "#,##0", "decimal": "#,##0.00", "rate": "0.0 %"}
PARAMETERS = {
    "Serveur": ("localhost:5432", "Serveur PostgreSQL et port."),
    "Base": ("postgres", "Base de données."),
    "SchemaMarts": ("analytics_learning360_marts", "Schéma des marts."),
    "LibelleInconnu": ("Non renseigné", "Libellé des stagiaires sans cabinet, agence ou région."),
}


def files(
    tables: list[Table],
    columns: dict[str, list[Column]],
    metrics: dict[str, tuple[str, str]],
    labels: dict[str, dict[str, str]],
) -> dict[str, str]:
    """The text of each file of the project, by path."""
    model = f"{NAME}.SemanticModel"
    found = {
        f"{model}/definition/database.tmdl": "database\n\tcompatibilityLevel: 1600\n",
        f"{model}/definition/model.tmdl": model_tmdl(tables),
        f"{model}/definition/expressions.tmdl": "\n".join(parameter(name) for name in PARAMETERS),
        f"{model}/definition/relationships.tmdl": "\n".join(relationships(tables, columns)),
    }
    for table in tables:
        path = f"{model}/definition/tables/{table.name}.tmdl"
        found[path] = table_tmdl(table, columns, metrics, labels)
    return found | {
        path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in shells().items()
    }


def shells() -> dict[str, Any]:
    """The files in JSON: the project, the model's settings, a report of one empty page, the source."""
    report, model, page = f"{NAME}.Report", f"{NAME}.SemanticModel", "synthese"
    server, database = PARAMETERS["Serveur"][0], PARAMETERS["Base"][0]
    connection = {"protocol": "postgresql", "address": {"server": server, "database": database}}
    return {
        f"{NAME}.pbip": {
            "$schema": f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": report}}],
            "settings": {"enableAutoRecovery": True},
        },
        f"{NAME}.pbids": {"version": "0.1", "connections": [{"details": connection, "options": {}, "mode": "Import"}]},
        f"{model}/definition.pbism": {
            "$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
            "version": "4.2",
            "settings": {},
        },
        f"{report}/definition.pbir": {
            "$schema": f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{model}"}},
        },
        f"{report}/definition/version.json": {
            "$schema": f"{SCHEMAS}/item/report/definition/versionMetadata/1.0.0/schema.json",
            "version": "2.0.0",
        },
        f"{report}/definition/report.json": {
            "$schema": f"{SCHEMAS}/item/report/definition/report/3.0.0/schema.json",
            "themeCollection": {},
        },
        f"{report}/definition/pages/pages.json": {
            "$schema": f"{SCHEMAS}/item/report/definition/pagesMetadata/1.0.0/schema.json",
            "pageOrder": [page],
            "activePageName": page,
        },
        f"{report}/definition/pages/{page}/page.json": {
            "$schema": f"{SCHEMAS}/item/report/definition/page/2.0.0/schema.json",
            "name": page,
            "displayName": "Synthèse",
            "displayOption": "FitToPage",
            "height": 720,
            "width": 1280,
        },
        **{
            f"{folder}/.platform": {
                "$schema": f"{SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
                "metadata": {"type": kind, "displayName": NAME},
                "config": {"version": "2.0", "logicalId": str(uuid.uuid5(uuid.NAMESPACE_URL, folder))},
            }
            for folder, kind in ((model, "SemanticModel"), (report, "Report"))
        },
    }


def quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else "'" + name.replace("'", "''") + "'"


def model_tmdl(tables: list[Table]) -> str:
    lines = [
        "model Model",
        "\tculture: fr-FR",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tdiscourageImplicitMeasures",
        "\tsourceQueryCulture: fr-FR",
        "\tdataAccessOptions",
        "\t\tlegacyRedirects",
        "\t\treturnErrorValuesAsNull",
        "",
        "annotation __PBI_TimeIntelligenceEnabled = 0",
        "",
        *(f"ref table {quoted(table.name)}" for table in tables),
    ]
    return "\n".join(lines) + "\n"


def parameter(name: str) -> str:
    value, description = PARAMETERS[name]
    meta = 'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
    return f'/// {description}\nexpression {name} = "{value}" {meta}\n'


def title(columns: list[Column], name: str) -> str:
    return next(one.title for one in columns if one.name == name)


def relationships(tables: list[Table], columns: dict[str, list[Column]]) -> Iterable[str]:
    """Each fact to the calendar, actively by its first date only, and to the learners."""
    day = title(columns[CALENDAR], "date_day")
    for table in tables:
        found = [(date, CALENDAR, day) for date in table.dates]
        if table.is_fact:
            found.append(("learner_key", LEARNERS, "learner_key"))
        for column, to, key in found:
            name = uuid.uuid5(uuid.NAMESPACE_URL, f"{table.mart}.{column}")
            inactive = "\tisActive: false\n" if column in table.dates[1:] else ""
            yield (
                f"relationship {name}\n{inactive}"
                f"\tfromColumn: {quoted(table.name)}.{quoted(title(columns[table.name], column))}\n"
                f"\ttoColumn: {quoted(to)}.{quoted(key)}\n"
            )


def table_tmdl(
    table: Table,
    columns: dict[str, list[Column]],
    metrics: dict[str, tuple[str, str]],
    labels: dict[str, dict[str, str]],
) -> str:
    lines = [f"/// {table.description}", f"table {quoted(table.name)}"]
    if table.name == CALENDAR:
        lines.append("\tdataCategory: Time")
    for measure in m.MEASURES:
        if measure.table == table.name:
            name, description = metrics[measure.metric]
            lines += [
                "",
                f"\t/// {description}",
                f"\tmeasure {quoted(name)} = {dax(measure.expression, table.name, columns)}",
                f"\t\tformatString: {UNITS[measure.unit]}",
                f"\t\tdisplayFolder: {measure.folder}",
            ]
    for column in columns[table.name]:
        lines += column_tmdl(table, column, columns[table.name])
    query = power_query(table, columns[table.name], labels)
    lines += ["", f"\tpartition {quoted(table.name)} = m", "\t\tmode: import", "\t\tsource ="]
    lines += ["\t\t\t\t" + line for line in query]
    return "\n".join(lines) + "\n"


def column_tmdl(table: Table, column: Column, columns: list[Column]) -> list[str]:
    kind = TYPES.get(column.data_type, "double")
    lines = [""]
    if column.description:
        lines.append(f"\t/// {column.description}")
    lines += [f"\tcolumn {quoted(column.title)}", f"\t\tdataType: {kind}"]
    if column.is_hidden:
        lines.append("\t\tisHidden")
    if table.name == CALENDAR and column.name == "date_day":
        lines.append("\t\tisKey")
    if kind == "double":
        lines.append("\t\tformatString: " + UNITS["rate" if column.data_type == "numeric(9,4)" else "decimal"])
    elif column.data_type in FORMATS:
        lines.append(f"\t\tformatString: {FORMATS[column.data_type]}")
    lines += ["\t\tsummarizeBy: none", f"\t\tsourceColumn: {column.name}"]
    if table.name == CALENDAR and column.name in SORTED_BY:
        lines.append(f"\t\tsortByColumn: {quoted(title(columns, SORTED_BY[column.name]))}")
    if column.data_type == "date":
        lines += ["", "\t\tannotation UnderlyingDateTimeDataType = Date"]
    return lines


def power_query(table: Table, columns: list[Column], labels: dict[str, dict[str, str]]) -> list[str]:
    """The M query of a table: the columns of the contract, then labels and keys."""
    made = {*table.keys, *(f"{name}_label" for name in LABELS), "quarter_order"}
    names = [column.name for column in columns if column.name not in made]
    steps = [
        ("Source", "PostgreSQL.Database(Serveur, Base, [CreateNavigationProperties = false])"),
        ("Mart", f'Source{{[Schema = SchemaMarts, Item = "{table.mart}"]}}[Data]'),
        ("Colonnes", f"Table.SelectColumns(Mart, {names_in_m(names)})"),
    ]
    numbers = [one.name for one in columns if one.data_type.startswith("numeric")]
    if numbers:
        types = ", ".join(f'{{"{name}", type number}}' for name in numbers)
        steps.append(("Nombres", f"Table.TransformColumnTypes({steps[-1][0]}, {{{types}}})"))
    if table.name == LEARNERS:
        replaced = (
            f"Table.ReplaceValue({steps[-1][0]}, null, LibelleInconnu, Replacer.ReplaceValue, {names_in_m(GROUPS)})"
        )
        steps.append(("AvecInconnus", replaced))
    for column in columns:
        if column.name in made:
            step = f"Avec_{column.name}"
            steps.append((step, added(table, column, steps[-1][0], labels)))
    lines = [f"    {name} = {expression}," for name, expression in steps]
    return ["let", *lines[:-1], lines[-1].rstrip(","), "in", f"    {steps[-1][0]}"]


def names_in_m(names: Iterable[str]) -> str:
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


def added(table: Table, column: Column, before: str, labels: dict[str, dict[str, str]]) -> str:
    """The step that adds a key, a label or an order."""
    value, kind = f'[source_relation] & "|" & [{column.source}]', "type text"
    if column.name == "quarter_order":
        value, kind = "[year] * 10 + [quarter]", "Int64.Type"
    elif column.name not in table.keys:
        pairs = ", ".join(f'{code} = "{label}"' for code, label in labels[LABELS[column.source]].items())
        source = f"[{column.source}]"
        value = f"if {source} = null then null else Record.FieldOrDefault([{pairs}], {source}, {source})"
    return f'Table.AddColumn({before}, "{column.name}", each {value}, {kind})'


def dax(expression: m.Expression, table: str, columns: dict[str, list[Column]]) -> str:
    day = f"'{CALENDAR}'[{title(columns[CALENDAR], 'date_day')}]"

    def reference(name: str, of: str = table) -> str:
        return "'" + of.replace("'", "''") + f"'[{title(columns[of], name)}]"

    def literal(value: str | int | bool | tuple[str, ...]) -> str:
        if isinstance(value, tuple):
            return "{" + ", ".join(literal(one) for one in value) + "}"
        if isinstance(value, bool):
            return "TRUE()" if value else "FALSE()"
        return f'"{value}"' if isinstance(value, str) else str(value)

    def calculated(inner: m.Expression, filters: list[str]) -> str:
        """One CALCULATE, also of an expression that is one already."""
        text = written(inner)
        if isinstance(inner, m.Where | m.On | m.ToDate):
            return f"{text[:-1]}, {', '.join(filters)})"
        return f"CALCULATE({', '.join([text, *filters])})"

    def written(part: m.Expression | int) -> str:
        match part:
            case m.Sum(column):
                return f"SUM({reference(column)})"
            case m.Distinct(column):
                return f"DISTINCTCOUNTNOBLANK({reference(column)})"
            case m.Blanks(column):
                return f"COUNTBLANK({reference(column)})"
            case m.Rows():
                return f"COUNTROWS('{table}')"
            case m.Divide(numerator, denominator):
                return f"DIVIDE({written(numerator)}, {written(denominator)})"
            case m.Known(unknown, known):
                return f"IF({written(unknown)} = 0, {written(known)})"
            case m.Where(inner, conditions):
                # KEEPFILTERS: a reader's filter on the same column is not lifted.
                filters = [
                    f"KEEPFILTERS({reference(column)} {'IN' if isinstance(value, tuple) else sign} {literal(value)})"
                    for column, sign, value in conditions
                ]
                return calculated(inner, filters)
            case m.On(inner, date):
                return calculated(inner, [f"USERELATIONSHIP({reference(date)}, {day})"])
            case m.ToDate(inner):
                return calculated(inner, [f"DATESBETWEEN({day}, BLANK(), MAX({day}))"])
            case int():
                return str(part)

    return written(expression)
