"""The files of `deploy/bi`: what they name is in the contracts, and each has the form that its tool documents.

Power BI, Tableau and Excel do not run here: no test opens a file in them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from . import powerbi
from .support import ROOT, Case
from .tmdl import Node, TmdlError, parse

PLACE = ROOT / "deploy" / "bi"
SCHEMAS = ROOT / "tests" / "fixtures" / "power-bi"
TYPES = {"text": "string", "bigint": "int64", "boolean": "boolean", "date": "dateTime", "timestamp": "dateTime"}
TABLEAU = {"text": "string", "bigint": "integer", "boolean": "boolean", "date": "date", "timestamp": "datetime"}
ADDED = re.compile(r'Table\.AddColumn\(\w+, "(\w+)", each (.+), (type text|Int64\.Type)\)')


def contracts() -> dict[str, dict[str, str]]:
    """The columns of each mart and their types."""
    found = {}
    for file in (ROOT / "dbt" / "models" / "marts").glob("_*.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = {one["name"]: one.get("data_type", "") for one in model["columns"]}
    return found


CONTRACTS = contracts()


def quoted_names(text: str) -> list[str]:
    return re.findall(r'"([^"]*)"', text)


class BiFiles(Case):
    def test_the_files_are_those_that_make_generate_writes(self) -> None:
        command = [sys.executable, "-m", "bi", "--check"]
        ended = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_json_files_are_valid_by_the_schemas_that_microsoft_publishes(self) -> None:
        known = {one["$id"]: one for one in map(load, SCHEMAS.glob("*.json"))}
        files = [file for file in PLACE.rglob("*") if file.suffix in (".json", ".pbip", ".pbir", ".pbism", ".platform")]
        files += PLACE.rglob(".platform")
        seen = set()
        for file in files:
            content = load(file)
            seen.add(content["$schema"])
            self.assertEqual(list(Draft7Validator(known[content["$schema"]]).iter_errors(content)), [], file.name)
        self.assertEqual(seen, set(known))
        source = load(next(PLACE.glob("*.pbids")))
        self.assertEqual(source["version"], "0.1")
        self.assertEqual(source["connections"][0]["details"]["protocol"], "postgresql")
        report = PLACE / load(next(PLACE.glob("*.pbip")))["artifacts"][0]["report"]["path"]
        model = report / load(report / "definition.pbir")["datasetReference"]["byPath"]["path"]
        self.assertTrue((model / "definition.pbism").is_file())

    def test_each_table_and_column_of_the_power_bi_model_is_in_a_contract_with_its_type(self) -> None:
        for table in powerbi.tables():
            mart, columns, added = query(self, table)
            self.assertEqual(set(columns), set(CONTRACTS[mart]), table.name)
            for column in table.of("column"):
                source = column.properties["sourceColumn"]
                wanted = TYPES.get(CONTRACTS[mart].get(source, "text"), "double")
                self.assertEqual(column.properties["dataType"], added.get(source, wanted), f"{table.name}.{source}")
                self.assertEqual(column.properties["summarizeBy"], "none", "only measures add up")
                self.assertTrue(column.description or "isHidden" in column.flags, f"{table.name}.{source}")
            found = [column.properties["sourceColumn"] for column in table.of("column")]
            self.assertEqual(sorted(found), sorted([*columns, *added]))
            titles = [one.name.lower() for one in table.children if one.kind in ("column", "measure")]
            self.assertEqual(len(titles), len(set(titles)), "a column and a measure of one name")
            ids = {one.name for one in table.of("column") if one.name.endswith(("_id", "_key"))}
            self.assertEqual(
                ids, {one.name for one in table.of("column") if one.name in ids and "isHidden" in one.flags}
            )

    def test_each_relation_joins_existing_columns_of_one_type_and_each_fact_has_one_active_date(self) -> None:
        tables = {table.name: table for table in powerbi.tables()}
        active: dict[str, list[str]] = {}
        for relation in powerbi.file("relationships").of("relationship"):
            (of, key), (to, other) = (powerbi.place(relation.properties[end]) for end in ("fromColumn", "toColumn"))
            columns = [
                next(one for one in tables[table].of("column") if one.name == name)
                for table, name in ((of, key), (to, other))
            ]
            self.assertEqual(len({one.properties["dataType"] for one in columns}), 1)
            if relation.properties.get("isActive") != "false":
                active.setdefault(of, []).append(to)
        facts = {name for name, table in tables.items() if "__facts_" in table.of("partition")[0].properties["source"]}
        # No table is reached on two ways, which Power BI refuses.
        self.assertEqual(
            {name: sorted(to) for name, to in active.items()},
            {name: ["Calendrier", "Stagiaires"] for name in facts} | {"Séances": ["Calendrier"]},
        )

    def test_the_model_names_its_tables_and_parameters(self) -> None:
        names = {one.name for one in powerbi.file("model").of("ref")}
        self.assertEqual(names, {table.name for table in powerbi.tables()})
        parameters = {one.name: one.expression for one in powerbi.file("expressions").of("expression")}
        for expression in parameters.values():
            self.assertRegex(
                expression, r'^"[^"]+" meta \[IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true\]$'
            )
        sources = " ".join(table.of("partition")[0].properties["source"] for table in powerbi.tables())
        for name in ("Serveur", "Base", "SchemaMarts", "LibelleInconnu"):
            self.assertIn(name, parameters)
            self.assertRegex(sources, rf"\b{name}\b")

    def test_a_measure_has_the_title_of_a_metric_a_format_and_a_folder(self) -> None:
        metrics = set(powerbi.metrics().values())
        measures = [one for table in powerbi.tables() for one in table.of("measure")]
        page = (ROOT / "docs" / "fr" / "tableaux-de-bord.md").read_text(encoding="utf-8")
        self.assertIn(f"{len(measures)} mesures", page)
        for measure in measures:
            self.assertIn(measure.name, metrics)
            self.assertEqual(measure.properties.keys(), {"formatString", "displayFolder"})
            self.assertTrue(measure.description)

    def test_each_field_of_the_tableau_sources_is_in_a_contract_with_its_type(self) -> None:
        files = sorted((PLACE / "Tableau").glob("*.tds"))
        self.assertEqual(len(files), 5)
        for file in files:
            root = ET.fromstring(file.read_text(encoding="utf-8").encode())
            relations = [one for one in root.iter("relation") if one.get("type") == "table"]
            marts = {one.attrib["name"]: re.findall(r"\[(\w+)\]", one.attrib["table"])[1] for one in relations}
            self.assertTrue(all(mart in CONTRACTS for mart in marts.values()))
            fields = {}
            for one in root.iter("map"):
                table, column = re.findall(r"\[([^\]]+)\]", one.attrib["value"])
                fields[one.attrib["key"]] = CONTRACTS[marts[table]][column]
            self.assertEqual(len(fields), sum(len(CONTRACTS[mart]) for mart in marts.values()))
            for one in root.iter("expression"):
                for table, column in re.findall(r"\[([^\]]+)\]\.\[([^\]]+)\]", one.attrib["op"]):
                    self.assertIn(column, CONTRACTS[marts[table]])
            for one in root.findall("column"):
                formula = one.find("calculation")
                if formula is None:
                    self.assertEqual(one.attrib["datatype"], TABLEAU.get(fields[one.attrib["name"]], "real"))
                else:
                    for name in re.findall(r"\[[^\]]+\]", formula.attrib["formula"]):
                        self.assertIn(name, fields, file.name)
            captions = [one.attrib["caption"] for one in root.findall("column") if one.get("hidden") != "true"]
            self.assertTrue(all(captions))

    def test_each_column_of_the_power_query_recipe_is_in_a_contract(self) -> None:
        files = sorted((PLACE / "Power Query").glob("* par cabinet.pq"))
        self.assertEqual(len(files), 4)
        parameters = (PLACE / "Power Query" / "Parametres.pq").read_text(encoding="utf-8")
        for file in files:
            text = file.read_text(encoding="utf-8")
            mart = re.findall(r'Item = "(\w+)"', text)[0]
            for name in re.findall(r"Parametres\[(\w+)\]", text):
                self.assertRegex(parameters, rf"\b{name} = ")
            period = re.findall(r"\[(\w+)\] (?:>=|<=) Parametres", text)
            self.assertEqual({CONTRACTS[mart][name] for name in period}, {"date"})
            groups = quoted_names(re.findall(r"Table\.Group\(Periode, \{([^}]*)\}", text)[0])
            sums = re.findall(r'\{"(\w+)", each List\.Sum\(\[(\w+)\]\)', text)
            self.assertLessEqual({*groups, *(column for _, column in sums)}, set(CONTRACTS[mart]), file.name)
            used = re.findall(r"\[(somme_\w+)\]", text)
            self.assertEqual(set(used), {name for name, _ in sums})
            titles = re.findall(r'Table\.AddColumn\(\w+, "([^"]+)"', text)
            self.assertLessEqual(set(titles), set(powerbi.metrics().values()))
            steps = re.findall(r"^    (\w+) = (\w+)", text, re.M)
            self.assertEqual(text.count("("), text.count(")"))
            self.assertEqual(len({name for name, _ in steps}), len(steps))

    def test_a_line_that_is_no_tmdl_is_noticed(self) -> None:
        good = "table A\n\n\tcolumn b\n\t\tdataType: string\n"
        self.assertEqual(parse(good).children[0].children[0].properties, {"dataType": "string"})
        for bad in (
            good.replace("\t\tdata", "\t data"),
            good.replace("dataType", "datatype"),
            good.replace("table A", "table A B"),
            good + "\tcolumn b\n",
            good.replace("\tcolumn", "\t\tcolumn"),
            good + "\tmeasure c\n",
            good.strip(),
        ):
            with self.assertRaises(TmdlError):
                parse(bad)


def load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def query(case: Case, table: Node) -> tuple[str, list[str], dict[str, str]]:
    """The mart of a table, its columns, and the columns that are made from them, with their types."""
    (partition,) = table.of("partition")
    text = partition.properties["source"]
    case.assertEqual((partition.expression, partition.properties["mode"]), ("m", "import"))
    (mart,) = re.findall(r'\[Schema = SchemaMarts, Item = "(\w+)"\]', text)
    (selected,) = re.findall(r"Table\.SelectColumns\(Mart, \{([^}]*)\}\)", text)
    added = {}
    for name, value, kind in ADDED.findall(text):
        added[name] = "string" if kind == "type text" else "int64"
        case.assertLessEqual(set(re.findall(r"(?<!FieldOrDefault\()\[(\w+)\]", value)), set(CONTRACTS[mart]))
    lines = text.split("\n")
    case.assertEqual((lines[0], lines[-2]), ("let", "in"))
    steps = [line.strip().split(" = ")[0] for line in lines[1:-2]]
    case.assertEqual(steps[-1], lines[-1].strip())
    for step, following in zip(steps, lines[2:-2], strict=False):
        case.assertRegex(following, rf"\b{step}\b", "each step begins with the one before it")
    return mart, quoted_names(selected), added
