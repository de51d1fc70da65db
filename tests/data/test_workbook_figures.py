"""The figures of a made account in the workbook: who is counted, and what is unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from learning360.loading.database import open_database
from learning360.report import workbook
from learning360.report.marts import Marts
from learning360.report.scope import Scope

from . import reporting, scopes
from .made_lists import made
from .support import Case

FIRMS = ["Cabinet Arvor", "Brocéval", "Conseil & Fils", "Dupré"]
FACTS = "facts_trainings facts_registrations facts_half_days".split()
TABLE = "analytics_learning360_marts.learning360__{}".format


class WorkbookFigures(Case):
    def sheets(self, marts: Marts, scope: Scope) -> reporting.Sheets:
        file: Path = self.home / "report.xlsx"
        workbook.write(marts, scope, file)
        return reporting.read(self, file)

    def test_sheets_of_firms_regions_and_months_count_clients_only(self) -> None:
        quarter = date(2026, 1, 1), date(2026, 3, 31)
        with open_database(made(self.home / "made.duckdb", FIRMS), read_only=True) as database:
            marts = Marts(database, "analytics")
            rows = {name: marts.rows(name) for name in FACTS}
            for scope in (Scope(), Scope(*quarter), Scope(firm="Dupré"), Scope(*quarter, firm="Dupré")):
                with self.subTest(scope=scope):
                    scopes.of_clients(self, self.sheets(marts, scope), rows, scope.covers, scope.firm)

    def test_what_internal_staff_do_is_in_the_totals_of_the_cover_only(self) -> None:
        with open_database(made(self.home / "made.duckdb", FIRMS)) as database:
            marts, scope = Marts(database, "analytics"), Scope(date(2024, 1, 1), date(2027, 12, 31))
            for mart in ("facts_registrations", "facts_half_days"):
                database.execute(f"update {TABLE(mart)} set is_client = false, training_id = null, region = 'Staff'")
            count = sum(scope.covers(row["slot_date"]) for row in marts.rows("facts_registrations"))
            sheets = self.sheets(marts, scope)
        self.assertGreater(count, 0)
        self.assertEqual(reporting.cover(sheets)["Inscriptions aux séances"], count)
        self.assertNotEqual(reporting.cover(sheets)["Taux de présence (feuilles signées)"], "–")
        regions = reporting.body(sheets["Régions"])
        self.assertNotIn("Staff", {row["Région"] for row in regions})
        self.assertEqual(reporting.numbers(regions, "Inscriptions aux séances"), 0)
        coming = reporting.body(sheets["Prévisions"])
        self.assertEqual(reporting.numbers(coming, "Inscriptions aux séances à venir"), 0)
        shown = {row[0]: row[1] for row in sheets["Dupré"] if row[0]}
        self.assertEqual((shown["Demi-journées signées"], shown["Heures en présentiel"]), (0, 0))

    def test_hours_of_slots_without_duration_are_empty_in_each_list(self) -> None:
        with open_database(made(self.home / "made.duckdb", FIRMS), read_only=True) as database:
            marts, scope = Marts(database, "analytics"), Scope(date(2024, 1, 1), date(2027, 12, 31))
            rows = {name: marts.rows(name) for name in FACTS}
            sheets = self.sheets(marts, scope)
        shown = reporting.body(sheets["Formations"])
        lines = [row for row in rows["facts_half_days"] if row["training_id"] and scope.covers(row["slot_date"])]
        unknown = [line for line in lines if line["attended_ms"] is None]
        self.assertTrue(unknown)
        scopes.known_hours(self, shown, lines)
        scopes.of_clients(self, sheets, rows, scope.covers, None)
        # All learners of a made account are of one company without a name.
        (company,) = reporting.body(sheets["Entreprises"])
        for title, is_virtual in (("Heures en présentiel", False), ("Heures en classe virtuelle", True)):
            is_unknown = any(line["is_virtual"] is is_virtual for line in unknown)
            self.assertEqual(company[title] is None, is_unknown, title)
        self.assertIsNone(company["Heures au total"])
        self.assertIsNotNone(company["Heures en ligne"])

    def test_hours_that_are_unknown_are_so_for_an_archived_enrollment_too(self) -> None:
        title = "Heures de formation en ligne"
        with open_database(made(self.home / "made.duckdb", FIRMS)) as database:
            marts = Marts(database, "analytics")
            before = {row[0]: row[1] for row in self.sheets(marts, Scope())["Dupré"] if row[0]}
            archived = "enrolments = 0, online_ms = null where firm_of_report = 'Dupré' and online_date is not null"
            database.execute(f"update {TABLE('facts_trainings')} set {archived}")
            after = {row[0]: row[1] for row in self.sheets(marts, Scope())["Dupré"] if row[0]}
            scoped = reporting.cover(self.sheets(marts, Scope(date(2000, 1, 1), date(2027, 12, 31))))
        self.assertGreater(before[title], 0)
        self.assertEqual((after[title], scoped[title]), ("–", "–"))

    def test_a_waiting_list_that_is_not_synced_is_unknown_where_there_is_no_slot_either(self) -> None:
        row = "'stream not synced', 'classroom_slot_waitlist'"
        with open_database(made(self.home / "made.duckdb", FIRMS)) as database:
            marts = Marts(database, "analytics")
            values = f"(source_relation, kind, place) values ('{marts.account}', {row})"
            database.execute(f"insert into {TABLE('warnings')} {values}")
            sheets = self.sheets(Marts(database, "analytics"), Scope(date(1999, 1, 1), date(1999, 3, 31)))
        self.assertEqual(reporting.cover(sheets)["Séances"], 0)
        self.assertEqual(reporting.cover(sheets)["En liste d'attente"], "non synchronisé")

    def test_hours_in_online_slots_are_rounded_once(self) -> None:
        with open_database(made(self.home / "made.duckdb", FIRMS[:1])) as database:
            # Twenty minutes of each kind, forty in all.
            hours = "in_person_hours = 0.33, virtual_hours = 0.33, attended_hours = 0.67"
            database.execute(f"update {TABLE('france_num_report')} set {hours}")
            sheets = self.sheets(Marts(database, "analytics"), Scope())
        self.assertEqual({row["Heures en classe virtuelle"] for row in reporting.body(sheets["Formations"])}, {0.33})

    def test_the_profile_of_learners_who_have_left_a_firm_is_unknown_in_its_file(self) -> None:
        firm = FIRMS[0]
        with open_database(made(self.home / "left.duckdb", FIRMS)) as database:
            marts = Marts(database, "analytics")
            kind = f"case when firm = '{firm}' then 'Salarié' else 'Dirigeant' end"
            database.execute(f"update {TABLE('learners')} set kind = {kind}")
            names = "source_relation, dimension, dimension_label, value, position"
            for place, kind in enumerate(("Dirigeant", "Salarié"), 1):
                row = f"'{marts.account}', 'kind', 'Statut', '{kind}', {place}"
                database.execute(f"insert into {TABLE('kpi_learner_breakdown')} ({names}) values ({row})")
            sheets = self.sheets(marts, Scope(firm=firm))
            homes = {row["user_id"]: row["firm"] for row in marts.rows("learners")}
            trainings = marts.rows("facts_trainings")
        enrolled = {row["user_id"] for row in trainings if row["enrolments"] and row["firm_of_report"] == firm}
        there = sum(homes[user] == firm for user in enrolled)
        self.assertGreater(len(enrolled), there)
        rows = reporting.body(sheets["Répartition"])
        found = [(row["Critère"], row["Valeur"], row["Stagiaires inscrits"]) for row in rows]
        wanted = [("Statut", "Salarié", there), ("Statut", "Non renseigné", len(enrolled) - there)]
        self.assertEqual(found, wanted)
