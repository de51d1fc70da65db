"""The lists of half-days, modules, certificates and renewals."""

from __future__ import annotations

from .workbook_columns import IN_PERSON_HOURS, ONLINE_HOURS, TOTAL_HOURS, VIRTUAL_HOURS, Column, Listing, Query


class Details(Query):
    """Builds the lists that have several rows per training, or one per certificate."""

    def half_days(self) -> Listing:
        marts = self.marts
        source = f"{marts.table('france_num_half_days')} as d" + self._joined(
            "france_num_report", "r", "d", "training_id"
        )
        period = marts.within(self.scope, "coalesce(d.slot_date, d.slot_end_date)")
        columns = [
            *self._training(),
            Column("Séance", "text", 48, "d.slot_name"),
            Column("Date", "date", 12, "d.slot_date"),
            Column("Demi-journée", "text", 18, f"coalesce(d.sheet_name, {self._label('half_day', 'd.half_day')})"),
            # The API gives the hours of slots, not those of the half-days within.
            Column("Début de la séance", "hour", 11, "d.start_local"),
            Column("Fin de la séance", "hour", 11, "d.end_local"),
            Column("Durée (h)", "decimal", 10, "d.duration_hours"),
            Column("Modalité", "text", 14, "case when d.is_virtual then 'en ligne' else 'en présentiel' end"),
            Column("Feuille signée", "yes", 11, "coalesce(d.is_signed, false)"),
            Column("Présence", "text", 20, "d.presence_label"),
            Column("Présent", "yes", 10, "coalesce(d.is_present, false)"),
            Column("Formateurs", "text", 30, "d.trainers"),
            Column("Lieu", "text", 36, "d.location"),
        ]  # fmt: skip
        return Listing(
            "Émargement",
            "Emargement",
            "Une ligne par stagiaire et par feuille d'émargement.",
            source,
            self._where("d", self._firm(), period),
            "d.slot_date, d.start_local, d.slot_name, d.slot_id, d.sheet_position, r.last_name, r.first_name, "
            "d.user_id, d.attendance_id",
            columns,
        )

    def modules(self) -> Listing:
        marts = self.marts
        source = f"{marts.table('france_num_modules')} as m" + self._joined(
            "france_num_report", "r", "m", "training_id"
        )
        period = ""
        if self.scope.has_period:
            period = f"""m.training_id in (select f.training_id from {marts.table("facts_trainings")} as f
                where {self._where("f", marts.within(self.scope, "f.online_date"))})"""
        columns = [
            *self._person(),
            Column("Cabinet", "text", 28, "r.firm"),
            Column("Formation", "text", 38, "r.training_name"),
            Column("N°", "int", 7, "m.position"),
            Column("Module", "text", 54, "m.course_name"),
            Column("Temps (min)", "decimal", 12, "m.time_minutes"),
            Column("Tentatives", "int", 11, "m.attempts"),
            Column("Progression (%)", "int", 13, "m.progress"),
            Column("Meilleure note (%)", "int", 13, "m.best_score"),
            Column("Achevé le", "date", 12, "m.completed_date"),
        ]
        return Listing(
            "Temps par module",
            "Modules",
            "Une ligne par formation et par module, commencé ou non.",
            source,
            self._where("m", self._firm(), period),
            "m.user_id, m.training_id, m.position, m.course_name, m.course_id",
            columns,
            [one for one in self._training() if one.title in ("Entreprise", "SIRET")],
        )

    def certificates(self) -> Listing:
        marts = self.marts
        columns = [
            *self._person("k"),
            Column("Entreprise", "text", 28, "k.company"),
            Column("SIRET", "text", 18, "k.siret"),
            Column("Cabinet", "text", 28, "k.firm"),
            Column("Formation", "text", 38, "k.training_name"),
            Column("Session", "text", 42, "k.session_name"),
            Column("Nature de l'action", "text", 20, "k.action_nature"),
            Column("Du", "date", 12, "k.start_date"),
            Column("Au", "date", 12, "k.end_date"),
            Column(IN_PERSON_HOURS, "decimal", 14, "k.in_person_hours"),
            Column(VIRTUAL_HOURS, "decimal", 14, "k.virtual_hours"),
            Column(ONLINE_HOURS, "decimal", 14, "k.online_hours"),
            Column(TOTAL_HOURS, "decimal", 12, "k.total_hours"),
            Column("Achevée le", "date", 12, "k.completed_date"),
            Column("Peut être délivré", "yes", 12, "k.is_over"),
            Column("Organisme", "text", 28, "nullif(k.organization, '')"),
            Column("N° de déclaration d'activité", "text", 16, "nullif(k.organization_number, '')"),
        ]
        return Listing(
            "Certificats de réalisation",
            "Certificats",
            "Une ligne par stagiaire et par formation commencée, avec les heures de toute la formation.",
            f"{marts.table('completion_certificates')} as k",
            self._where("k", self._of_report("k")),
            "k.firm, k.last_name, k.first_name, k.user_id, k.start_date, k.training_id",
            columns,
        )

    def renewals(self) -> Listing:
        marts = self.marts
        source = (
            f"{marts.table('renewals')} as n"
            + self._joined("france_num_report", "r", "n", "training_id")
            + self._joined("learners", "l", "n", "user_id")
        )
        columns = [
            *self._person(),
            Column("Adresse électronique", "text", 34, "r.email"),
            Column("Cabinet", "text", 28, "r.firm"),
            Column("Agence", "text", 24, self._firm_only("l.agency")),
            Column("Entreprise", "text", 28, "r.company"),
            Column("Parcours", "text", 38, "n.path_name"),
            Column("Achevé le", "date", 12, "n.completed_date"),
            Column("Validité (mois)", "int", 11, "n.validity_months"),
            Column("Expire le", "date", 12, "n.expiry_date"),
            Column("Validité", "text", 26, "n.validity_label"),
            Column("De nouveau inscrit", "yes", 12, "n.is_enrolled_again"),
        ]
        return Listing(
            "Renouvellements",
            "Renouvellements",
            "Une ligne par stagiaire et par parcours achevé : le dernier achèvement.",
            source,
            self._where("n", self._firm(), marts.within(self.scope, "n.completed_date")),
            "n.expiry_date is null, n.expiry_date, r.last_name, r.first_name, n.user_id, n.path_id",
            columns,
        )
