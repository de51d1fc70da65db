"""The lists by accounting year, and for Qualiopi."""

from __future__ import annotations

from .workbook_columns import IN_PERSON_HOURS, ONLINE_HOURS, VIRTUAL_HOURS, Column, Listing, Query


class Yearly(Query):
    """Builds the lists by accounting year."""

    def _yearly(self, title: str, table: str, mart: str, note: str, order: str, columns: list[Column]) -> Listing:
        source = f"{self.marts.table(mart)} as y"
        return Listing(
            title, table, note, source, self._where("y"), order, [Column("Exercice", "year", 10, "y.year"), *columns]
        )

    def bpf_trainees(self) -> Listing:
        columns = [
            Column("Type de stagiaire", "text", 44, "y.trainee_kind_label"),
            Column("Stagiaires", "int", 11, "y.trainees"),
            Column("Personnes", "int", 11, "y.persons"),
            Column("dont à distance", "int", 11, "y.remote_trainees"),
            Column(IN_PERSON_HOURS, "decimal", 14, "y.in_person_hours"),
            Column(VIRTUAL_HOURS, "decimal", 14, "y.virtual_hours"),
            Column(ONLINE_HOURS, "decimal", 14, "y.online_hours"),
            Column("Heures-stagiaires", "decimal", 12, "y.trainee_hours"),
        ]
        note = "Bilan pédagogique et financier (Cerfa 10443) : un stagiaire est une formation qui a des heures."
        return self._yearly(
            "BPF - stagiaires", "BPF_stagiaires", "bpf_trainees", note, "y.year, y.trainee_kind", columns
        )

    def bpf_trainers(self) -> Listing:
        columns = [
            Column("Formateur", "text", 34, "y.trainer"),
            Column("Séances", "int", 10, "y.slots"),
            Column("Heures", "decimal", 11, "y.hours"),
            Column("dont en présentiel", "decimal", 12, "y.in_person_hours"),
            Column("dont feuilles signées", "decimal", 12, "y.signed_hours"),
            Column("Séances sans durée", "int", 11, "y.slots_without_hours"),
        ]
        note = "Bilan pédagogique et financier (Cerfa 10443) : heures données par chaque formateur."
        order = "y.year, y.trainer, y.trainer_id"
        return self._yearly("BPF - formateurs", "BPF_formateurs", "bpf_trainers", note, order, columns)

    def qualiopi(self) -> Listing:
        columns = [
            Column("Formation", "text", 38, "y.training_name"),
            Column("Nature", "text", 16, self._label("training_kind", "y.training_kind")),
            Column("Stagiaires", "int", 11, "y.trainees"),
            Column("Personnes", "int", 11, "y.persons"),
            Column("Commencées", "int", 13, "y.begun"),
            Column("Achevées", "int", 11, "y.completed"),
            Column("Taux d'achèvement", "rate", 13, "y.completion_rate"),
            Column("Abandons", "int", 11, "y.dropped"),
            Column("Taux d'abandon", "rate", 11, "y.dropout_rate"),
            Column("Réussies", "int", 10, "y.successful"),
            Column("Taux de réussite", "rate", 11, "y.success_rate"),
            Column("Note moyenne (%)", "decimal", 11, "y.average_score"),
            Column("Taux de présence (feuilles signées)", "rate", 16, "y.attendance_rate"),
            Column("Appréciations", "int", 14, "y.answers"),
            Column("Taux de réponse", "rate", 11, "y.response_rate"),
            Column("Satisfaction (%)", "decimal", 13, "y.satisfaction_percent"),
            Column("Taux de recommandation", "rate", 17, "y.recommendation_rate"),
        ]
        note = "Indicateurs 2, 11, 12 et 30 du référentiel, par exercice d'inscription."
        return self._yearly("Qualiopi", "Qualiopi", "qualiopi", note, "y.year, y.training_name, y.taught_id", columns)
