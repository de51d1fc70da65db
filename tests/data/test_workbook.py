"""The workbook of a made account: hostile texts, many firms, long lists, templates, and what goes wrong."""

from __future__ import annotations

import atexit
import functools
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from datetime import date
from pathlib import Path
from unittest import mock

import yaml
from learning360 import CommandError
from learning360.loading.database import open_database
from learning360.report import workbook, workbook_book
from learning360.report.marts import Marts
from learning360.report.scope import Scope, quarter
from learning360.report.scope import day as day_of
from learning360.report.workbook_lists import lists
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

from . import reporting, scopes
from .made_lists import WRITTEN, made
from .made_marts import HOSTILE
from .support import ROOT, Case

# A firm that is named None must not look like a value that is missing.
FIRMS = [*HOSTILE[:-1], *(f"Étude n° {number:02} & associés" for number in range(20))]
EXAMPLES = ROOT / "python" / "learning360" / "examples"


@functools.cache
def account(*firms: str) -> str:
    """The address of an account with these firms, for all tests."""
    place = tempfile.mkdtemp(prefix="data-tests-made-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return made(Path(place) / "made.duckdb", list(firms))


class Workbooks(Case):
    address: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.address = account(*FIRMS)

    def written(self, scope: Scope, name: str = "report.xlsx") -> Path:
        with open_database(self.address, read_only=True) as database:
            workbook.write(Marts(database, "analytics"), scope, self.home / name)
        return self.home / name

    def test_whatever_learners_have_written_arrives_as_text(self) -> None:
        sheets = reporting.read(self, self.written(Scope()))
        # Excel reads _x005F_ as an underscore, openpyxl does so only in shared texts.
        texts = [row["Commentaires"] for row in reporting.body(sheets["Formations"])]
        self.assertIn("_x005F_x0041_", texts)
        comments = {text.replace("_x005F_", "_") for text in texts}
        cut = next(text for text in comments if text.endswith("…"))
        self.assertEqual(len(cut.encode("utf-16-le")) // 2, 32_767 - (len(cut.encode("utf-16-le")) // 2 < 32_767))
        self.assertTrue(WRITTEN[3].startswith(cut[:-1]))
        self.assertEqual(
            comments - {cut}, {"a\ufffdb\ufffd\ufffd", *(text for text in WRITTEN[1:] if text != WRITTEN[3])}
        )

    def test_titles_of_users_are_unique_and_days_that_excel_lacks_are_texts(self) -> None:
        rows = reporting.body(reporting.read(self, self.written(Scope()))["Stagiaires"])
        days = {row["Né\ufffdle\ufffd"] for row in rows}
        self.assertIn("02/01/1850", days)
        self.assertIn(date(9999, 12, 31), {day.date() for day in days if not isinstance(day, str)})
        self.assertIn("nom (2)", rows[0])

    def test_firms_beyond_twenty_are_one_in_curves_and_sheets(self) -> None:
        file = self.written(Scope())
        names = reporting.visible(file)
        firms = names[1 : names.index("Prévisions")]
        self.assertEqual((len(firms), firms[-1]), (21, "Autres cabinets"))
        curves = reporting.read(self, file)["Données de la courbe"]
        self.assertEqual((len(curves[0]), curves[0][-1]), (22, "Autres cabinets"))
        with open_database(self.address, read_only=True) as database:
            marts = Marts(database, "analytics")
            trained = sum(row["clients_trained"] for row in marts.rows("facts_trainings") if row["completed_date"])
        self.assertEqual(sum(curves[-1][1:]), trained)

    def test_the_file_of_a_firm_names_no_other_even_if_clients_have_moved(self) -> None:
        firms, folder = FIRMS[2:3] + FIRMS[-4:], self.home / "firms"
        ended = reporting.write(account(*firms), self.home / "all", "--per-firm", str(folder))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        files = sorted(folder.iterdir())
        self.assertEqual(len(files), 2 * len(firms))
        seen = set()
        for file in files:
            text = scopes.content(file)
            named = [firm for firm in firms if firm in text]
            self.assertEqual(len(named), 1, file.name)
            seen.add(named[0])
        self.assertEqual(seen, set(firms))

    def test_files_of_firms_that_are_gone_are_named_and_kept(self) -> None:
        folder = self.home / "firms"
        folder.mkdir()
        (folder / "rapport-france-num-ancien.xlsx").write_text("old")
        ended = reporting.write(account(*FIRMS[:2]), self.home / "all", "--per-firm", str(folder))
        self.assertIn("rapport-france-num-ancien.xlsx. Delete them.", ended.stderr)
        self.assertTrue((folder / "rapport-france-num-ancien.xlsx").exists())

    def test_a_list_longer_than_a_sheet_goes_on_in_the_next(self) -> None:
        whole = reporting.body(reporting.read(self, self.written(Scope()))["Formations"])
        with mock.patch.object(workbook_book, "MOST_ROWS", len(whole) // 2 + 10):
            sheets = reporting.read(self, self.written(Scope(), "long.xlsx"))
        parts = [reporting.body(sheets[name]) for name in ("Formations", "Formations (2)")]
        self.assertEqual(parts[0] + parts[1], whole)

    def test_an_empty_period_has_empty_lists(self) -> None:
        sheets = reporting.read(self, self.written(Scope(date(1990, 1, 1), date(1990, 3, 31))))
        self.assertEqual(reporting.body(sheets["Formations"]), [])
        self.assertEqual(reporting.cover(sheets)["Inscriptions"], 0)

    def test_the_page_about_the_report_names_every_list_and_column(self) -> None:
        page = (ROOT / "docs" / "fr" / "rapport.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \| (.*?) ?\|$", page, re.M)
        shown = {name: (columns, more) for name, columns, more in rows}
        fields = {"Né\ufffdle\ufffd", "nom (2)", "nom"}
        with open_database(self.address, read_only=True) as database:
            known = {
                one.title: tuple(
                    ", ".join(column.title for column in columns if column.title not in fields)
                    for columns in (one.columns, one.more)
                )
                for one in lists(Marts(database, "analytics"), Scope())
            }
        self.assertEqual(shown, known)


class Failures(Case):
    def test_a_report_that_cannot_be_written_leaves_the_old_one(self) -> None:
        address, output = account(*FIRMS[:2]), self.home / "out"
        output.mkdir()
        old = output / reporting.WORKBOOK
        old.write_text("old")
        lock = output / f".~lock.{reporting.WORKBOOK}#"
        lock.write_text("")
        ended = reporting.write(address, output)
        self.assert_sentence(ended, "is open in another program", lock.name)
        lock.unlink()
        ended = self.limited(address, output)
        self.assert_sentence(ended, "cannot be written to", "File too large", "The old files are kept")
        self.assertEqual(old.read_text(), "old")
        self.assertEqual([file.name for file in output.iterdir()], [reporting.WORKBOOK])

    def limited(self, address: str, output: Path) -> subprocess.CompletedProcess[str]:
        """The report where a file may have a few kilobytes, as if the disk was full."""

        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))

        command = [sys.executable, "-m", "learning360", "report", "--database", address, "--output", str(output)]
        return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)

    def test_options_that_are_wrong_are_a_sentence(self) -> None:
        address = account(*FIRMS[:2], *FIRMS[-1:])
        for options, words in (
            (["--quarter", "2026-T5"], "'2026-T5' is not a quarter; write one as 2026-T1"),
            (["--from", "2026-02-30"], "'2026-02-30' is not a day of the calendar"),
            (["--from", "hier"], "'hier' is not a day"),
            (["--from", "2027", "--to", "2026"], "--from 2027 is after --to 2026"),
            (["--quarter", "2026Q1", "--to", "2026"], "contradict each other"),
            (["--firm", "x", "--per-firm", "y"], "contradict each other"),
            (["--template", str(EXAMPLES / "modele.xlsx")], "--template and --mapping go together"),
            (["--firm", "Etude n° 18 et associés"], "Did you mean 'Étude n° 19 & associés'?"),
            (["--per-firm", __file__], "cannot be a directory: it is a file"),
        ):
            ended = reporting.write(address, self.home / "out", *options)
            self.assert_sentence(ended, words)

    def test_names_of_firms_are_found_without_regard_to_case_spaces_and_accents(self) -> None:
        address = account(*FIRMS[-1:])
        ended = reporting.write(address, self.home, "--firm", "  ETUDE n°  19 & ASSOCIES")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def assert_sentence(self, ended: subprocess.CompletedProcess[str], *words: str) -> None:
        self.assertEqual((ended.returncode, ended.stdout), (1, ""), ended.stderr)
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
        for word in words:
            self.assertIn(word, ended.stderr)


class Periods(unittest.TestCase):
    def test_quarters_months_and_years_are_days(self) -> None:
        for text in ("2026-T4", "2026T4", "2026Q4", "t4 2026", "T4-2026"):
            self.assertEqual(quarter(text), (date(2026, 10, 1), date(2026, 12, 31)), text)
        for text, first, last in (
            ("2024", date(2024, 1, 1), date(2024, 12, 31)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
            ("5/2/2024", date(2024, 2, 5), date(2024, 2, 5)),
            ("2024-02-05", date(2024, 2, 5), date(2024, 2, 5)),
            ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ):
            self.assertEqual((day_of(text, last=False), day_of(text, last=True)), (first, last), text)


class Templates(Case):
    def setUp(self) -> None:
        super().setUp()
        self.address = account(*FIRMS[:3])
        self.template, self.mapping = self.home / "modele.xlsx", self.home / "modele.yml"
        shutil.copy(EXAMPLES / "modele.xlsx", self.template)
        self.mapping.write_text((EXAMPLES / "modele.yml").read_text(encoding="utf-8"), encoding="utf-8")

    def fill(self, *options: str) -> subprocess.CompletedProcess[str]:
        given = ("--template", str(self.template), "--mapping", str(self.mapping))
        return reporting.write(self.address, self.home / "out", *given, *options)

    def test_the_example_is_what_its_command_writes(self) -> None:
        again = self.home / "again.xlsx"
        subprocess.run([sys.executable, str(EXAMPLES / "make_template.py"), str(again)], check=True)
        found, wanted = (
            [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in load_workbook(file)]
            for file in (EXAMPLES / "modele.xlsx", again)
        )
        self.assertEqual(found, wanted)

    def test_a_filled_template_keeps_its_order_formats_formulas_and_other_sheets(self) -> None:
        ended = self.fill()
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        book = load_workbook(self.home / "out" / "modele.xlsx")
        self.assertEqual(book.sheetnames, ["Notice", "Bénéficiaires"])
        sheet = book["Bénéficiaires"]
        report = load_workbook(self.home / "out" / reporting.WORKBOOK)["Formations"]
        self.assertEqual(sheet.max_row - 4, report.max_row - 3)
        self.assertEqual(sheet.freeze_panes, "A5")
        heads = [cell.value for cell in report[3]]
        names = {"F": "Formation", "G": "Début", "I": "Heures au total"}
        for line in range(5, sheet.max_row + 1):
            for letter, title in names.items():
                wanted = report.cell(line - 1, heads.index(title) + 1).value
                self.assertEqual(sheet[f"{letter}{line}"].value, wanted, f"{letter}{line}")
            self.assertEqual(sheet[f"A{line}"].value, "France Num")
            self.assertEqual(sheet[f"J{line}"].value, f"=MIN(I{line},35)")
            self.assertEqual(sheet[f"G{line}"].number_format, "dd/mm/yyyy")
        self.assertEqual(str(sheet.data_validations.dataValidation[0].sqref), "K5:K20000")

    def test_a_mapping_is_checked_before_anything_is_written(self) -> None:
        good = self.mapping.read_text(encoding="utf-8")
        for old, new, words in (
            ("sheet: Bénéficiaires", "sheet: Beneficiaires", "no sheet 'Beneficiaires'. Did you mean 'Bénéficiaires'?"),
            ("list: Formations", "list: Formation", "no list 'Formation'. Did you mean 'Formations'?"),
            ("N° SIRET:", "No SIRET:", "has no title 'No SIRET'. Did you mean 'N° SIRET'?"),
            ("Début", "Debut", "has no column 'Debut'. Did you mean 'Début'?"),
            ("head_row: 4", "head_row: four", "head_row must be the number of the row"),
            ("head_row: 4", "headrow: 4", "unknown key 'headrow'. Did you mean 'head_row'?"),
            ("Code NAF: Code NAF", "N° SIRET: Code NAF", "'N° SIRET' is there twice"),
            ("{constant: France Num}", "{const: x}", "'Dispositif' must be a column of the report, or `{constant"),
            ("sheets:", "sheets: [", "is not YAML"),
        ):
            self.assertIn(old, good)
            self.mapping.write_text(good.replace(old, new, 1), encoding="utf-8")
            ended = self.fill()
            self.assertEqual((ended.returncode, ended.stdout), (1, ""), ended.stderr)
            self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
            self.assertIn(words, ended.stderr)
            self.assertEqual(list((self.home / "out").glob("*.xlsx")), [])

    def test_a_template_that_cannot_be_filled_is_refused(self) -> None:
        book = load_workbook(self.template)
        book["Bénéficiaires"]["B9"] = "déjà là"
        book.save(self.template)
        ended = self.fill()
        self.assertIn("has content in B9", ended.stderr)
        self.template.write_text("no workbook")
        self.assertIn("cannot be read as an Excel workbook", self.fill().stderr)

    def test_what_rows_of_the_report_would_break_is_refused(self) -> None:
        def merged(book: Workbook) -> None:
            book["Bénéficiaires"].merge_cells("A5:B5")

        def with_totals(book: Workbook) -> None:
            sheet = book["Bénéficiaires"]
            for name in list(sheet.tables):
                del sheet.tables[name]
            table = Table(displayName="Totaux", ref=f"A4:{get_column_letter(sheet.max_column)}6")
            table.totalsRowCount = 1
            sheet.add_table(table)

        for change, words in ((merged, "merged cells in A5:B5"), (with_totals, "with a totals row")):
            book = load_workbook(EXAMPLES / "modele.xlsx")
            change(book)
            book.save(self.template)
            ended = self.fill()
            self.assertEqual((ended.returncode, words in ended.stderr), (1, True), ended.stderr)
        text = self.mapping.read_text(encoding="utf-8")
        self.mapping.write_text(text + text.split("sheets:", 1)[1], encoding="utf-8")
        shutil.copy(EXAMPLES / "modele.xlsx", self.template)
        self.assertIn("is there twice", self.fill().stderr)

    def test_a_template_replaces_neither_itself_nor_a_file_of_the_report(self) -> None:
        (self.home / "out").mkdir()
        for place, words in (
            (self.home / reporting.WORKBOOK, "rename it"),
            (self.home / "out" / "x.xlsx", "would replace it"),
        ):
            shutil.copy(EXAMPLES / "modele.xlsx", place)
            self.template = place
            before = place.read_bytes()
            ended = self.fill()
            self.assertEqual((ended.returncode, words in ended.stderr), (1, True), ended.stderr)
            self.assertEqual(place.read_bytes(), before)

    def test_constants_alone_and_rules_of_the_first_row_reach_every_row(self) -> None:
        head = load_workbook(EXAMPLES / "modele.xlsx")["Bénéficiaires"]["A4"].value
        book = Workbook()
        sheet = book.active
        assert sheet
        sheet.title = "S"
        sheet["A1"] = head
        sheet.conditional_formatting.add("A2", Rule(type="expression", formula=['A2="x"']))
        sheet.auto_filter.ref = "A1:A2"
        sheet.print_area = "A1:A2"
        sheet.row_dimensions[2].height = 33
        book.save(self.template)
        constant = {"constant": "x"}
        sheets = [{"sheet": "S", "head_row": 1, "list": "Formations", "columns": {head: constant}}]
        self.mapping.write_text(yaml.safe_dump({"sheets": sheets}), encoding="utf-8")
        ended = self.fill()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        filled = load_workbook(self.home / "out" / "modele.xlsx")["S"]
        last = filled.max_row
        self.assertGreater(last, 3)
        self.assertEqual({cell.value for cell in filled["A"][1:]}, {"x"})
        self.assertEqual([str(one.sqref) for one in filled.conditional_formatting], [f"A2:A{last}"])
        self.assertEqual(filled.auto_filter.ref, f"A1:A{last}")
        self.assertIn(f"$A$1:$A${last}", filled.print_area)
        self.assertEqual(filled.row_dimensions[last].height, 33)

    def test_a_learner_writes_no_formula_into_a_template(self) -> None:
        text = self.mapping.read_text(encoding="utf-8").replace("formation: Formation", "formation: Commentaires")
        self.mapping.write_text(text, encoding="utf-8")
        ended = self.fill()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        sheet = load_workbook(self.home / "out" / "modele.xlsx")["Bénéficiaires"]
        cells = [sheet[f"F{line}"] for line in range(5, sheet.max_row + 1)]
        self.assertIn("=1+1", {cell.value for cell in cells})
        self.assertEqual({cell.data_type for cell in cells if cell.value == "=1+1"}, {"s"})


class Memory(Case):
    def test_a_query_that_does_not_fit_into_the_memory_of_a_report_runs_all_the_same(self) -> None:
        file = self.home / "x.duckdb"
        with open_database(f"duckdb:{file}") as database:
            database.execute("create table t as select range as n, repeat(range::text, 30) as x from range(300000)")
        query = "select string_agg(x), count(distinct x) from t group by n % 90000 order by 1"
        with (
            mock.patch("learning360.loading.duck.READER_MEMORY", "20MB"),
            open_database(f"duckdb:{file}", read_only=True) as database,
        ):
            rows = sum(1 for _ in database.stream(query))
        self.assertEqual(rows, 90_000)

    def test_a_database_that_refuses_is_a_sentence(self) -> None:
        address = account(*FIRMS[:1])
        with open_database(address, read_only=True) as database, self.assertRaisesRegex(CommandError, "cannot be read"):
            list(Marts(database, "analytics").stream("select nothing from nowhere"))
