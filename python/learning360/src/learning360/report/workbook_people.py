"""The lists of learners, companies and trainings."""

from __future__ import annotations

from .labels import NOT_SYNCED
from .marts import known_sum, literal
from .workbook_columns import (
    IN_PERSON_HOURS,
    TOTAL_HOURS,
    VIRTUAL_HOURS,
    Column,
    Listing,
    Query,
    case,
    hour_columns,
    identifier,
    quote,
    share,
    title_of,
    unique,
)

PLACE = ("Code postal", "Commune", "Département", "Région")
# The digits of the SIRET; of a company without one, its name.
SIRET = "nullif(regexp_replace(l.siret, '[^0-9A-Za-z]', '', 'g'), '')"
COMPANY = f"case when {SIRET} is null then l.company end"


def french_numbers(value: str) -> str:
    """Minutes in a list of modules with a comma."""
    return rf"regexp_replace({value}, '([0-9]+)[.]([0-9]{{2}} min)( ;|$)', '\1,\2\3', 'g')"


def french_days(value: str) -> str:
    """Days in a list of half-days as dd/mm/yyyy."""
    return rf"regexp_replace({value}, '(^| ; )([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}) ', '\1\4/\3/\2 ', 'g')"


class People(Query):
    """Builds the lists of people, and of what they were trained in."""

    def _custom_fields(self) -> list[Column]:
        """The custom fields that have no column of their own."""
        marts = self.marts
        fields = [row for row in marts.rows("custom_field_columns", "position") if row["role"] is None]
        # A database may have no room for the columns of all fields.
        there = marts.columns("learner_custom_fields") if fields else set()
        return [
            Column(title_of(row["field_name"]), row["data_type"], 20, self._firm_only(f"c.{quote(row['column_name'])}"))
            for row in fields
            if row["column_name"] in there
        ]

    def _profile(self) -> list[Column]:
        """What is known of a learner beside the name."""
        statuses = case("l.status", self.marts.labels("user_status"))
        firm = literal(self.scope.firm) if self.scope.firm is not None else "l.firm"
        return [
            Column("Adresse électronique", "text", 42, "l.email"),
            Column("Téléphone", "text", 18, "l.phone"),
            Column("Fonction", "text", 22, self._firm_only("l.job")),
            Column("Statut du stagiaire", "text", 20, self._firm_only("l.kind")),
            Column("Compte 360Learning", "text", 14, statuses),
            Column("Cabinet", "text", 28, firm),
            Column("Agence", "text", 24, self._firm_only("l.agency")),
            Column("Entreprise", "text", 28, "l.company"),
            Column("SIRET", "text", 18, "l.siret"),
            Column("Région", "text", 18, "l.region"),
            Column("Département", "text", 18, "l.department"),
            Column("Commune", "text", 20, "l.town"),
            Column("Code postal", "text", 11, "l.postcode"),
            Column("Dossier France Num", "text", 20, self._firm_only("l.file_number")),
            Column("Statut du dossier", "text", 18, self._firm_only("l.file_status")),
            Column("Financement", "text", 20, self._firm_only("l.funding")),
        ]

    def _company(self) -> list[Column]:
        """What is known of the company of a learner beside its name, SIRET and place."""
        return [
            Column("Forme juridique", "text", 14, self._firm_only("l.legal_form")),
            Column("Code NAF", "text", 11, self._firm_only("l.activity_code")),
            Column("Activité", "text", 26, self._firm_only("l.activity")),
            Column("Secteur d'activité", "text", 20, self._firm_only("l.sector")),
            Column("Effectif", "int", 10, self._firm_only("l.headcount")),
            Column("Effectif (valeur saisie)", "text", 14, self._firm_only("l.headcount_text")),
            Column("Taille de l'entreprise", "text", 18, self._firm_only("l.company_size")),
            Column("Dirigeant", "text", 24, self._firm_only("l.company_manager")),
        ]

    def learners(self) -> Listing:
        marts = self.marts
        source = f"{marts.table('learners')} as l" + self._joined("learner_custom_fields", "c", "l", "user_id")
        mine = f"""l.user_id in (select r.user_id from {marts.table("france_num_report")} as r
            where {self._where("r", self._of_report())})"""
        columns = [*self._person("l"), *self._profile(), *self._custom_fields(), identifier("l.user_id", "stagiaire")]
        return Listing(
            "Stagiaires",
            "Stagiaires",
            "Une ligne par stagiaire. Ses entreprises et ses formations sont dans les feuilles suivantes.",
            source,
            self._where("l", mine),
            "l.last_name, l.first_name, l.user_id",
            unique(columns),
        )

    def companies(self) -> Listing:
        """One row per SIRET; companies without one by name. Of different values the first counts."""
        marts = self.marts
        of_company = [*self._company(), *[one for one in self._profile() if one.title in PLACE]]
        texts = [column for column in of_company if column.kind == "text"]
        first = [f"min({column.value}) as v{place}" for place, column in enumerate(of_company)]
        differ = " or ".join(
            f"count(distinct {column.value}) > 1" for column in (*texts, Column("", "", 0, "l.company"))
        )
        times = dict(zip(("online_ms", "in_person_ms", "virtual_ms"), self._milliseconds(), strict=True))
        # First by learner: a company has far fewer learners than trainings.
        of_learners = f"""(
            select r.source_relation, r.user_id, r.firm, count(*) as trainings,
                {", ".join(f"{known_sum(value)} as {name}" for name, value in times.items())}
            from {marts.table("france_num_report")} as r
            {self._joined("facts_trainings", "f", "r", "training_id")}{self._hours()}
            where {self._where("r", self._of_report())} group by r.source_relation, r.user_id, r.firm
        ) as q"""
        sums = [f"cast({known_sum(f'q.{name}')} as bigint) as {name}" for name in ("trainings", *times)]
        source = f"""(
            select {COMPANY} as company_key, {SIRET} as siret, min(l.company) as company, {", ".join(first)},
                string_agg(distinct q.firm, ' ; ' order by q.firm) as firms, count(distinct q.user_id) as learners,
                {", ".join(sums)}, {differ} as differs
            from {of_learners}{self._joined("learners", "l", "q", "user_id")} group by {COMPANY}, {SIRET}
        ) as company"""
        columns = [
            Column("SIRET", "text", 18, "company.siret"),
            Column("Entreprise", "text", 30, "company.company"),
            *(column._replace(value=f"company.v{place}") for place, column in enumerate(of_company)),
            Column("Cabinet", "text", 28, "company.firms"),
            Column("Stagiaires", "int", 11, "company.learners"),
            Column("Formations", "int", 11, "company.trainings"),
            *hour_columns("company.online_ms", "company.in_person_ms", "company.virtual_ms"),
            Column("Valeurs différentes", "yes", 12, "company.differs"),
        ]
        return Listing(
            "Entreprises",
            "Entreprises",
            "Une ligne par SIRET, à défaut par nom d'entreprise. « Valeurs différentes » : les stagiaires de "
            "l'entreprise ne donnent pas tous les mêmes renseignements ; la première valeur par ordre alphabétique est "
            "montrée.",
            source,
            "true",
            "company.company is null, company.company, company.siret, company.company_key",
            columns,
        )

    def trainings(self) -> Listing:
        marts = self.marts
        source = (
            f"{marts.table('france_num_report')} as r"
            + self._joined("facts_trainings", "f", "r", "training_id")
            + self._hours()
        )
        joins = {
            "l": self._joined("learners", "l", "r", "user_id"),
            "c": self._joined("learner_custom_fields", "c", "r", "user_id"),
        }
        whole = not self.scope.has_period
        lines = "r.half_days", "r.half_days_signed", "r.half_days_present"
        if not whole:
            lines = tuple(f"coalesce(h.{name}, 0)" for name in ("half_days", "signed_lines", "signed_present"))  # type: ignore[assignment]
        columns = [
            *self._person(),
            Column("Cabinet", "text", 28, "r.firm"),
            Column("Entreprise", "text", 28, "r.company"),
            Column("SIRET", "text", 18, "r.siret"),
            Column("Formation", "text", 38, "r.training_name"),
            Column("Session", "text", 42, "r.session_name"),
            Column("Nature", "text", 16, self._label("training_kind", "r.training_kind")),
            Column("Début", "date", 12, "r.start_date"),
            Column("Fin", "date", 12, "r.end_date"),
            Column("Période", "timing", 11, "r.timing"),
            Column("Inscription", "date", 12, "r.enrolled_date"),
            Column("Commencée le", "date", 13, "r.started_date"),
            Column("Achevée le", "date", 12, "r.completed_date"),
            Column("Archivée", "yes", 10, "r.is_archived"),
            Column("Résultat", "text", 22, "r.status_label"),
            Column("Progression (%)", "int", 13, "r.progress"),
            Column("Note (%)", "int", 10, "r.score"),
            Column("Certificat", "yes", 11, "r.has_certificate"),
            *self._hours_of_trainings(whole),
            Column("Modules", "int", 10, self._synced("modules")),
            Column("Modules achevés", "int", 11, self._synced("modules_completed")),
            Column("Temps dans les modules (min)", "decimal", 15, self._synced("module_minutes")),
            Column("Demi-journées", "int", 12, lines[0]),
            Column("dont signées", "int", 10, lines[1]),
            Column("dont présent", "int", 10, lines[2]),
            Column("Taux de présence (feuilles signées)", "rate", 16, self._attendance(lines[2], lines[1])),
            Column("Appréciations", "int", 14, "r.answers"),
            Column("Satisfaction (note)", "decimal", 13, "r.satisfaction"),
            Column("Recommande la formation", "yes", 15, "r.would_recommend"),
            Column("Commentaires", "text", 40, "r.comments"),
            Column("Temps par module", "text", 50, french_numbers(self._synced("modules_detail"))),
            Column("Présence par demi-journée", "text", 50, french_days("r.presence_detail")),
            identifier("r.user_id", "stagiaire"),
            identifier("r.training_id", "formation"),
        ]
        if not whole:
            # They name days and modules of all periods.
            columns = [one for one in columns if one.title not in ("Temps par module", "Présence par demi-journée")]
        own = {column.title for column in columns}
        more = [one for one in (*self._profile(), *self._company(), *self._custom_fields()) if one.title not in own]
        period = " Heures et demi-journées de la période ; le reste est l'état de la formation." if not whole else ""
        return Listing(
            "Formations",
            "Formations",
            f"Une ligne par stagiaire et par formation.{period}",
            source,
            self._where("r", self._of_report()),
            "r.firm, r.last_name, r.first_name, r.user_id, r.start_date, r.training_id",
            columns,
            unique([Column("Stagiaire", "text", 28, "r.display_name"), *more]),
            joins,
        )

    def _hours_of_trainings(self, whole: bool) -> list[Column]:
        if not whole:
            return hour_columns(*self._milliseconds())
        # The marts add up exact shares of slots; sums of the facts could differ in the last digit.
        online, *_ = hour_columns(self._online(), "0", "0")
        return [
            online,
            Column(IN_PERSON_HOURS, "decimal", 14, "r.in_person_hours"),
            Column(VIRTUAL_HOURS, "decimal", 14, "r.virtual_hours"),
            Column(TOTAL_HOURS, "decimal", 12, "r.total_hours"),
        ]

    def _attendance(self, present: str, signed: str) -> str:
        if not self.scope.has_period:
            return "r.attendance_rate"
        return share(present, signed)

    def _synced(self, name: str) -> str:
        return literal(NOT_SYNCED) if name in self.marts.unsynced else f"r.{name}"
