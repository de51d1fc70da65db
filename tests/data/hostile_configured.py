"""What variables do: names, groups as roles, the history of roles over two builds, and readers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from learning360.loading.database import open_database

from .accounts import Streams
from .accounts_configured import CONFIGURED, READER, UNKNOWN, VARIABLES, history_after
from .hostile import MARTS_SCHEMA, Warehouse
from .oracle.compare import Comparison

# The recomputation knows no history: these have the firm at completion.
OF_HISTORY = (
    "learning360__kpi_clients_trained",
    "learning360__france_num_report",
    "learning360__facts_trainings",
    "learning360__completion_certificates",
)


class Configured(Warehouse):
    accounts: ClassVar[dict[str, Callable[[], Streams]]] = dict(CONFIGURED)
    as_of = "2190-01-01T08:00:00.000Z"
    variables: ClassVar[dict[str, Any]] = dict(VARIABLES)
    first_day: ClassVar[list[Comparison]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.accounts, cls.variables = dict(CONFIGURED), dict(VARIABLES)
        super().setUpClass()

    @classmethod
    def build_marts(cls) -> str:
        if cls.engine == "postgres":
            cls.variables["learning360_readers"] = [READER]
        super().build_marts()
        cls.first_day = cls().recomputed()
        cls.accounts["raw_history"] = history_after
        cls.load_account("raw_history", history_after(), day=2, refreshed=("path_sessions", "user_custom_field_values"))
        database = open_database(cls.destination)
        if cls.engine == "postgres":
            database.execute(f'GRANT USAGE ON SCHEMA {MARTS_SCHEMA} TO "{READER}"')
        database.close()
        return super().build_marts()

    def test_every_account_equals_the_recomputation_before_and_after_roles_change(self) -> None:
        self.assert_equal(self.first_day)
        self.assert_recomputed(only=lambda mart: () if mart in OF_HISTORY else None)

    def test_an_answer_about_a_course_that_is_only_in_other_paths_does_not_count(self) -> None:
        found = self.by("facts_feedback", "raw_courses", "answer_id", "score_percent")
        self.assertEqual(set(found), {"inside", "both", "alone"})

    def test_fields_that_the_variable_does_not_name_keep_their_defaults(self) -> None:
        found = self.by("learners", "raw_configured", "user_id", "firm", "siret", "company")
        self.assertEqual(found["anna"], ("Arvor", "01234567800012", "Océan"))

    def test_a_role_set_to_null_or_nothing_has_no_field(self) -> None:
        self.assertEqual(self.by("learners", "raw_configured", "user_id", "funding", "kind")["anna"], (None, None))

    def test_the_first_field_with_a_value_counts_and_an_id_names_a_field(self) -> None:
        found = self.by("learners", "raw_configured", "user_id", "agency", "region")
        self.assertEqual((found["anna"], found["bran"]), (("Brest", "Ouest"), ("Quimper", None)))

    def test_each_misspelt_name_is_a_warning_with_the_nearest_one(self) -> None:
        for words in (
            ("learning360_custom_fields.headcount", "Efectif", "the nearest is Effectif"),
            ("learning360_programme_paths", "Facture électronic", "the nearest is Facture"),
            ("learning360_internal_groups", "Formateurs de Brets"),
            ("learning360_group_roles.firm", "CABINETS"),
        ):
            self.assert_warned("raw_configured", *words)
        self.assert_warned(
            "raw_firms", "learning360_internal_groups", "Formateurs de Brets", "the nearest is Formateurs de Brest"
        )
        self.assert_warned("raw_firms", "learning360_group_roles.town", "Cabinet", "the nearest is Cabinets")

    def test_a_headcount_of_a_misspelt_field_is_unknown(self) -> None:
        self.assertIsNone(self.by("learners", "raw_configured", "user_id", "headcount_text")["anna"])

    def test_only_the_paths_of_the_program_count_and_slots_outside_of_paths(self) -> None:
        self.assertEqual(set(self.by("france_num_report", "raw_configured", "training_id", "timing")), {"e_anna", "e3"})
        slots = self.by("kpi_slot_fill", "raw_configured", "slot_id", "session_id")
        self.assertEqual(slots, {"l1": "s1", "l3": "s3", "l4": "s4", "l5": "s5", "free": None, "lost": None})

    def test_satisfaction_is_on_the_scale_of_the_variable(self) -> None:
        found = self.by("in_person_training", "raw_configured", "slot_id", "satisfaction")
        self.assertEqual(
            [found[f"l{number}"] for number in (1, 3, 4, 5)], [Decimal(9), Decimal("9.25"), None, Decimal("4.5")]
        )

    def test_months_and_slots_without_zone_are_in_the_time_zone_of_the_variable(self) -> None:
        months = {str(row["month"]) for row in self.rows("learning360__kpi_clients_trained", "raw_configured")}
        self.assertEqual(months, {"2026-03-01"})
        found = self.by("kpi_slot_fill", "raw_configured", "slot_id", "slot_date", "time_zone")
        self.assertEqual((str(found["l1"][0]), found["l1"][1]), ("2026-02-28", "America/Martinique"))
        self.assertEqual((str(found["free"][0]), found["free"][1]), ("2026-03-01", "Europe/Paris"))

    def test_the_label_of_unknown_values_comes_out_whole(self) -> None:
        found = self.by("kpi_enrolments", "raw_configured", "firm", "agency", "region")
        self.assertEqual(found["Arvor"], ("Brest", "Ouest"))
        regions = {row["region"] for row in self.rows("learning360__kpi_enrolments", "raw_firms")}
        self.assertEqual(regions, {UNKNOWN})

    def test_firms_and_agencies_are_groups(self) -> None:
        found = self.by("learners", "raw_firms", "user_id", "firm", "agency")
        self.assertEqual(
            {name: found[name] for name in ("anna", "bran", "carl", "dora", "hal")},
            {"anna": ("Arvor", "Brest"), "bran": ("Arvor", "Quimper"), "carl": (None, None),
                "dora": ("Bélier", "Bélier"),
             "hal": ("Arvor", "Brest")},
        )  # fmt: skip

    def test_the_group_wins_over_the_field_and_the_field_fills_in(self) -> None:
        found = self.by("learners", "raw_firms", "user_id", "firm")
        self.assertEqual((found["gina"], found["fred"]), ("Arvor", "Océan"))

    def test_a_learner_of_two_firms_is_a_warning(self) -> None:
        self.assertEqual(self.by("learners", "raw_firms", "user_id", "firm")["eve"], "Bélier")
        self.assert_warned("raw_firms", "learning360_group_roles.firm", "several")

    def test_members_of_a_group_below_a_named_internal_group_are_no_clients(self) -> None:
        self.assertFalse(self.by("learners", "raw_firms", "user_id", "is_client")["prof"])

    def trained(self) -> dict[tuple[str, bool], int]:
        """Clients trained, by firm and whether before the change."""
        rows = self.rows("learning360__kpi_clients_trained", "raw_history")
        return {
            (row["firm"], str(row["month"]) == "2026-02-01"): row["completions"] for row in rows if row["completions"]
        }

    def test_a_change_of_firm_does_not_rewrite_months_already_reported(self) -> None:
        found = self.trained()
        self.assertEqual((found["Arvor", True], found["Bélier", True], found["Bélier", False]), (2, 1, 1))
        firms = self.by("france_num_report", "raw_history", "training_id", "firm")
        self.assertEqual((firms["e_anna"], firms["e_again"]), ("Arvor", "Bélier"))
        self.assertEqual(self.by("learners", "raw_history", "user_id", "firm")["anna"], "Bélier")

    def test_a_pseudonymized_learner_keeps_the_firm_of_the_completion(self) -> None:
        self.assertIsNone(self.by("learners", "raw_history", "user_id", "firm")["bran"])
        self.assertEqual(self.by("france_num_report", "raw_history", "training_id", "firm")["e_bran"], "Arvor")

    def test_a_firm_that_most_learners_now_spell_in_another_way_is_still_one_firm(self) -> None:
        self.assertEqual({firm for firm, _ in self.trained()}, {"Arvor", "Bélier", "Océan"})
        self.assertEqual(self.trained()["Océan", True], 4)
