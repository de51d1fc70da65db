"""The lists of slots: in person, online, and those with seats left."""

from __future__ import annotations

from .labels import NOT_SYNCED
from .marts import FIRM, literal
from .workbook_columns import Column, Listing, Query, share

DAY = "coalesce(s.slot_date, cast(s.end_local as date))"


def total(name: str) -> str:
    return f"cast(sum(x.{name}) as bigint) as {name}"


class Slots(Query):
    """Builds the lists of slots."""

    def _sums(self, mart: str, fields: str) -> str:
        """Sums of facts by slot, of the firm of the report only."""
        firm = ""
        if self.scope.firm is not None:
            firm = f" and {FIRM} = {literal(self.scope.firm)}"
        return f"""(select x.slot_id, {fields} from {self.marts.with_training(mart)}
            where {self.marts.is_of_account("x")}{firm} group by x.slot_id)"""

    def slots(self, is_virtual: bool) -> Listing:
        """The slots of a kind. In the report of a firm: those with its learners, who alone are counted."""
        of_firm = self.scope.firm is not None
        registered = self._sums("facts_registrations", f"{total('registrations')}, {total('declined')}")
        signed = f"{total('signed_lines')}, {total('signed_present')}"
        sheets = "count(distinct case when x.signed_lines = 1 then x.sheet_id end) as signed_sheets"
        lines = self._sums("facts_half_days", f"{signed}, {sheets}")
        source = f"""{self.marts.table("kpi_slot_fill")} as s
            left join {registered} as g on s.slot_id = g.slot_id
            left join {lines} as a on s.slot_id = a.slot_id
            left join {self.marts.table("in_person_training")} as p
                on s.source_relation = p.source_relation and s.slot_id = p.slot_id"""
        kind = f"coalesce(s.is_virtual, false) = {'true' if is_virtual else 'false'}"
        mine = "(g.slot_id is not null or a.slot_id is not null)" if of_firm else ""
        columns = [
            Column("Date", "date", 12, "s.slot_date"),
            Column("Début", "hour", 9, "s.start_local"),
            Column("Fin", "hour", 9, "s.end_local"),
            Column("Séance", "text", 48, "s.slot_name"),
            Column("Parcours", "text", 36, "s.path_name"),
            Column("Groupe", "text", 30, "s.group_name"),
            Column("Région", "text", 16, "s.region"),
            Column("Lieu", "text", 36, "s.location"),
            Column("Formateurs", "text", 28, "s.trainers"),
            Column("Période", "timing", 11, "s.timing"),
            Column("Durée (h)", "decimal", 10, "s.duration_hours"),
            Column("Places", "int", 9, "nullif(s.capacity, 0)"),
            Column("Inscrits", "int", 10, "coalesce(g.registrations, 0)"),
            Column("dont refus", "int", 9, "coalesce(g.declined, 0)"),
            Column("Remplissage", "rate", 13, "s.fill_rate"),
            Column("Feuilles signées", "int", 10, "coalesce(a.signed_sheets, 0)"),
            Column("Lignes signées", "int", 10, "coalesce(a.signed_lines, 0)"),
            Column("dont présents", "int", 10, "coalesce(a.signed_present, 0)"),
            Column(
                "Taux de présence (feuilles signées)",
                "rate",
                16,
                share("a.signed_present", "a.signed_lines"),
            ),
        ]
        if of_firm:
            # They count the learners of all firms.
            columns = [one for one in columns if one.title not in ("Groupe", "Région", "Places", "Remplissage")]
        elif not is_virtual:
            columns += [
                Column("Note moyenne (%)", "decimal", 11, "p.average_score"),
                Column("Appréciations", "int", 14, "p.answers"),
                Column("Satisfaction (note)", "decimal", 13, "p.satisfaction"),
                Column("Taux de recommandation", "rate", 17, "p.recommendation_rate"),
            ]
        who = " Seuls les stagiaires du cabinet sont comptés." if of_firm else ""
        return Listing(
            "Séances en ligne" if is_virtual else "Séances en présentiel",
            "Seances_en_ligne" if is_virtual else "Seances_en_presentiel",
            f"Une ligne par séance {'en ligne' if is_virtual else 'en présentiel'}.{who}",
            source,
            self._where("s", kind, self.marts.within(self.scope, DAY), mine),
            f"{DAY}, s.start_local, s.slot_name, s.slot_id",
            columns,
        )

    def seats(self) -> Listing:
        """The slots to come, with the seats that are left."""
        waiting = literal(NOT_SYNCED) if "waitlisted" in self.marts.unsynced else "s.waitlisted"
        columns = [
            Column("Date", "date", 12, "s.slot_date"),
            Column("Début", "hour", 9, "s.start_local"),
            Column("Fin", "hour", 9, "s.end_local"),
            Column("Séance", "text", 48, "s.slot_name"),
            Column("Modalité", "text", 14, "case when s.is_virtual then 'en ligne' else 'en présentiel' end"),
            Column("Lieu", "text", 36, "s.location"),
            Column("Formateurs", "text", 28, "s.trainers"),
            Column("Places", "int", 9, "nullif(s.capacity, 0)"),
            Column("Inscrits", "int", 10, "s.registered"),
            Column("dont refus", "int", 9, "s.declined"),
            Column("Places restantes", "int", 11, "s.seats_left"),
            Column("Places restantes hors refus", "int", 14, "s.seats_left_without_declined"),
            Column("En liste d'attente", "int", 11, waiting),
        ]
        return Listing(
            "Places restantes",
            "Places_restantes",
            "Une ligne par séance à venir ; sans capacité limitée, les places ne sont pas comptées.",
            f"{self.marts.table('kpi_slot_fill')} as s",
            self._where("s", "s.timing = 'coming'", self.marts.within(self.scope, DAY)),
            f"{DAY}, s.start_local, s.slot_name, s.slot_id",
            columns,
        )
