"""What a template has stays in its filled copy or is named; files of firms that cannot be written."""

from __future__ import annotations

import re
import tempfile
import unittest
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from learning360 import CommandError, report
from learning360.loading.database import open_database
from learning360.report import page, template
from learning360.report.marts import Marts
from learning360.report.scope import Scope
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import Rule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from . import reporting
from .made_lists import made
from .support import Case

TITLE = "Mes données, l'an 2"
HEADS = ("Nom", "Formation", "Heures", "Double", "Avis")
MAPPED = {"Nom": "Nom", "Formation": "Formation", "Heures": "Heures au total"}
# As Excel stores a list of another sheet, and bars.
EXTENSIONS = """<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"
xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1"
xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" allowBlank="1"
showErrorMessage="1"><x14:formula1><xm:f>Choix!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>E5:E6</xm:sqref>
</x14:dataValidation></x14:dataValidations></ext><ext uri="{05C60535-1F16-4FD2-B633-F4F36F0B64E0}"/></extLst>"""


class Template(Case):
    address: str

    @classmethod
    def setUpClass(cls) -> None:
        place = tempfile.TemporaryDirectory(prefix="data-tests-")
        cls.addClassCleanup(place.cleanup)
        cls.address = made(Path(place.name) / "made.duckdb", ["A", "B"])

    def setUp(self) -> None:
        super().setUp()
        self.file, self.mapping = self.home / "modele.xlsx", self.home / "modele.yml"
        sheet = {"sheet": TITLE, "head_row": 4, "list": "Formations", "columns": MAPPED}
        self.mapping.write_text(yaml.safe_dump({"sheets": [sheet]}), encoding="utf-8")
        self.book = Workbook()
        del self.book["Sheet"]
        self.sheet: Any = self.book.create_sheet(TITLE)
        for place, title in enumerate(HEADS, 1):
            self.sheet.cell(4, place, title)
        self.sheet["D5"] = "=2*C5"

    def filled(self, change: Callable[[str, bytes], bytes] = lambda _, content: content) -> tuple[Any, list[str]]:
        """The sheet of the filled copy, and what the copy lacks; parts of the template may be changed."""
        saved = self.home / "saved.xlsx"
        self.book.save(saved)
        with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(self.file, "w") as changed:
            for name in parts.namelist():
                changed.writestr(name, change(name, parts.read(name)))
        with open_database(self.address, read_only=True) as database, warnings.catch_warnings():
            warnings.simplefilter("error")
            found = template.Template(self.file, self.mapping, Marts(database, "analytics"), Scope())
            found.write(self.home / "copy.xlsx")
        return load_workbook(self.home / "copy.xlsx")[TITLE], found.lost

    def assert_refused(self, *words: str) -> None:
        with self.assertRaises(CommandError) as raised:
            self.filled()
        for word in words:
            self.assertIn(word, str(raised.exception))
        self.assertNotIn("\n", str(raised.exception))
        self.assertFalse((self.home / "copy.xlsx").exists())

    def test_a_total_below_a_formula_that_goes_on_is_refused(self) -> None:
        self.sheet["D20"] = "=SUM(D5:D19)"
        self.assert_refused("has content in D20", "Leave only row 5")

    def test_merged_cells_below_a_formula_that_goes_on_are_refused(self) -> None:
        self.sheet.merge_cells("D7:E7")
        self.assert_refused("has merged cells in D7:E7")

    def test_what_stands_below_in_a_column_that_is_not_filled_stays(self) -> None:
        self.sheet["E9"], self.sheet["E9"].number_format = 0.5, "0 %"
        self.sheet["E5"].number_format = "@"
        sheet, lost = self.filled()
        self.assertEqual((sheet["E9"].value, sheet["E9"].number_format, sheet["E8"].number_format), (0.5, "0 %", "@"))
        self.assertEqual(lost, [])

    def test_formulas_that_cannot_go_on_are_refused(self) -> None:
        for formula, words in (
            (ArrayFormula("D5", "=SUM(A5:A6*B5:B6)"), "has an array formula or a data table in D5"),
            (DataTableFormula(ref="D5", r1="A1"), "has an array formula or a data table in D5"),
            ("=A5#", "has a formula in D5 that cannot go on"),
        ):
            self.sheet["D5"] = formula
            self.assert_refused(words)

    def test_hidden_rows_would_hide_learners(self) -> None:
        self.sheet.row_dimensions[7].hidden = True
        self.assert_refused("hides row 7")
        self.sheet.row_dimensions[7].hidden = False
        self.sheet.sheet_format.zeroHeight = True
        self.assert_refused("hides row 5")

    def test_an_encrypted_workbook_and_one_with_macros_are_refused(self) -> None:
        for name, content, words in (
            ("x.xlsx", bytes.fromhex("d0cf11e0a1b11ae1"), "it has a password or is of Excel 97"),
            ("x.xlsm", b"", "save it as one, without macros"),
        ):
            (self.home / name).write_bytes(content)
            with self.assertRaisesRegex(CommandError, words):
                template.Template(self.home / name, self.mapping, mock.Mock(), Scope())

    def test_print_areas_names_rules_and_lists_become_as_long_as_the_rows(self) -> None:
        listed = DataValidation(type="list", formula1='"a,b"', sqref="E5:E7")
        self.sheet.add_data_validation(listed)
        self.sheet.conditional_formatting.add("A5:B5 D5:D6", Rule(type="expression", formula=["A5=1"]))
        quoted = f"'{TITLE.replace(chr(39), chr(39) * 2)}'"
        for name, value in {
            "Zone": f"{quoted}!$A$4:$E$5",
            "Cellule": f"{quoted}!$A$5",
            "Calcul": f"OFFSET({quoted}!$A$4:$A$5,1,0)",
            "Ailleurs": "Choix!$A$4:$A$5",
        }.items():
            self.book.defined_names[name] = DefinedName(name, attr_text=value)
        self.sheet.print_area = "A4:E5,G1:H2"
        self.book.create_sheet("Choix")
        sheet, lost = self.filled()
        last = sheet.max_row
        self.assertGreater(last, 8)
        self.assertEqual(sheet.print_area, f"{quoted}!$A$4:$E${last},{quoted}!$G$1:$H$2")
        names = {name: one.value for name, one in sheet.parent.defined_names.items()}
        self.assertEqual(names["Zone"], f"{quoted}!$A$4:$E${last}")
        self.assertEqual(names["Cellule"], f"{quoted}!$A$5")
        self.assertEqual(names["Calcul"], f"OFFSET({quoted}!$A$4:$A$5,1,0)")
        self.assertEqual(names["Ailleurs"], "Choix!$A$4:$A$5")
        self.assertEqual([str(one.sqref) for one in sheet.data_validations.dataValidation], [f"E5:E{last}"])
        (rule,) = sheet.conditional_formatting
        self.assertEqual(set(str(rule.sqref).split()), {f"A5:B{last}", f"D5:D{last}"})
        self.assertEqual(lost, [])

    def test_totals_above_and_on_other_sheets_count_all_rows(self) -> None:
        quoted = f"'{TITLE.replace(chr(39), chr(39) * 2)}'"
        self.sheet["C1"], self.sheet["C2"] = "=SUM(C5:C7)+C5", ArrayFormula("C2", "=SUM(C$5:C$6*D5:D6)")
        self.sheet["D5"] = "=SUM(C$5:C5)"
        other: Any = self.book.create_sheet("Bilan")
        other["A1"], other["A2"] = f"=COUNTA({quoted}!$A$5:$A$9)&Bilan!A5:A6", "=SUM(C5:C7)"
        sheet, lost = self.filled()
        last, bilan = sheet.max_row, sheet.parent["Bilan"]
        self.assertEqual(sheet["C1"].value, f"=SUM(C5:C{last})+C5")
        self.assertEqual(sheet["C2"].value.text, f"=SUM(C$5:C${last}*D5:D{last})")
        self.assertEqual(bilan["A1"].value, f"=COUNTA({quoted}!$A$5:$A${last})&Bilan!A5:A6")
        self.assertEqual((bilan["A2"].value, sheet["D7"].value, lost), ("=SUM(C5:C7)", "=SUM(C$5:C7)", []))

    def test_merged_heads_hidden_columns_and_protection_stay(self) -> None:
        self.sheet["C4"], self.sheet["C3"] = None, "Heures"
        self.sheet.merge_cells("C3:C4")
        self.sheet["A2"] = "Bénéficiaires"
        self.sheet.merge_cells("A2:E2")
        self.sheet.column_dimensions["B"].hidden = True
        self.sheet.protection.set_password("secret")
        self.sheet.protection.enable()
        hashed = self.sheet.protection.password
        sheet, lost = self.filled()
        self.assertIsNotNone(sheet["C6"].value)
        self.assertEqual({str(one) for one in sheet.merged_cells.ranges}, {"C3:C4", "A2:E2"})
        self.assertTrue(sheet.column_dimensions["B"].hidden)
        self.assertEqual((sheet.protection.sheet, sheet.protection.password), (True, hashed))
        self.assertEqual(lost, [])

    def test_a_list_of_another_sheet_stays_and_what_is_lost_is_named_without_a_warning_in_english(self) -> None:
        self.book.create_sheet("Choix")
        self.sheet.print_area = "A1:E5"

        def changed(name: str, content: bytes) -> bytes:
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</worksheet>", EXTENSIONS.encode() + b"</worksheet>")
            if name == "xl/workbook.xml":
                content = re.sub(rb"!\$A\$1:\$E\$5", rb"!$A:$E", content)
            return content

        sheet, lost = self.filled(changed)
        (kept,) = sheet.data_validations.dataValidation
        self.assertEqual((kept.formula1, str(kept.sqref)), ("Choix!$A$1:$A$3", f"E5:E{sheet.max_row}"))
        self.assertEqual(lost, ["sparklines", "print area, which is no fixed range of cells"])

    def test_a_chart_that_stays_is_not_said_to_be_lost_and_shapes_are(self) -> None:
        chart = BarChart()
        chart.add_data(Reference(self.sheet, min_col=3, min_row=4, max_row=5))
        self.sheet.add_chart(chart, "H2")
        self.assertEqual(self.filled()[1], [])

        def with_shape(name: str, content: bytes) -> bytes:
            shape = b"<xdr:sp/>" if b"<xdr:" in content else b"<sp/>"
            end = b"</xdr:wsDr>" if b"<xdr:" in content else b"</wsDr>"
            return content.replace(end, shape + end) if name.startswith("xl/drawings/drawing") else content

        self.assertIn("drawings", self.filled(with_shape)[1])


class FilesOfFirms(Case):
    def setUp(self) -> None:
        super().setUp()
        self.address = made(self.home / "made.duckdb", ["A", "B"])
        self.output, self.firms = self.home / "out", self.home / "firms"
        self.firms.mkdir()
        self.old = [self.firms / f"rapport-france-num-{firm}.xlsx" for firm in "ab"]
        self.old += [self.firms / f"tableau-de-bord-{firm}.html" for firm in "ab"]
        self.output.mkdir()
        self.old += [self.output / name for name in (report.PAGE, report.WORKBOOK)]
        for file in self.old:
            file.write_text("old")

    def written(self) -> str:
        """What the report refuses; no temporary file is left."""
        with self.assertRaises(CommandError) as raised:
            report.write(self.address, "analytics", None, self.output, report.Options(per_firm=self.firms))
        self.assertEqual({file for place in (self.output, self.firms) for file in place.glob(".rapport*")}, set())
        return str(raised.exception)

    def assert_all_old(self) -> None:
        self.assertEqual({file.read_text() for file in self.old}, {"old"})

    def test_no_file_is_new_if_the_file_of_one_firm_is_open(self) -> None:
        lock = self.firms / ".~lock.tableau-de-bord-b.html#"
        lock.write_text("")
        self.assertIn("The old files are kept", self.written())
        self.assert_all_old()
        lock.unlink()
        write = page.write

        def opened_meanwhile(*given: Any) -> None:
            write(*given)
            lock.write_text("")

        with mock.patch.object(page, "write", opened_meanwhile):
            self.assertIn("is open in another program", self.written())
        self.assert_all_old()

    def test_no_file_is_new_if_the_disk_is_full_at_the_last_firm(self) -> None:
        write = page.write

        def full(marts: Any, scope: Scope, file: Path) -> None:
            if scope.firm == "B":
                raise OSError(28, "No space left on device")
            write(marts, scope, file)

        with mock.patch.object(page, "write", full):
            self.assertIn("No space left on device. The old files are kept.", self.written())
        self.assert_all_old()

    def test_new_files_are_named_if_one_cannot_be_replaced(self) -> None:
        replace = Path.replace

        def refused(part: Path, file: Path) -> Path:
            if file.name == "rapport-france-num-b.xlsx":
                raise PermissionError(1, "Operation not permitted")
            return replace(part, file)

        with mock.patch.object(Path, "replace", refused):
            sentence = self.written()
        new = {str(file) for file in self.old if file.read_bytes() != b"old"}
        self.assertTrue(new)
        self.assertEqual(set(sentence.split("the others are old: ")[1].rstrip(".").split(", ")), new)

    def test_a_directory_in_the_place_of_a_file_is_a_sentence(self) -> None:
        self.old.pop(0).unlink()
        (self.firms / "rapport-france-num-a.xlsx").mkdir()
        self.assertIn("it is a directory. The old files are kept.", self.written())
        self.assert_all_old()

    def test_a_template_with_the_name_of_a_firms_file_replaces_none(self) -> None:
        book, file = Workbook(), self.home / "rapport-france-num-a.xlsx"
        sheet: Any = book.active
        sheet["A1"] = "Nom"
        book.save(file)
        mapping = self.home / "m.yml"
        one = {"sheet": sheet.title, "head_row": 1, "list": "Formations", "columns": {"Nom": "Nom"}}
        mapping.write_text(yaml.safe_dump({"sheets": [one]}), encoding="utf-8")
        given = ("--per-firm", str(self.output), "--template", str(file), "--mapping", str(mapping))
        ended = reporting.write(self.address, self.output, *given)
        self.assertEqual((ended.returncode, "rename it" in ended.stderr), (1, True), ended.stderr)


if __name__ == "__main__":
    unittest.main()
