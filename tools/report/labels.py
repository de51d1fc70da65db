"""Words and numbers as a French reader expects them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

# A column of a mart, its title, the look of its values (text, int, decimal, rate, date, yes, timing) and its width.
REPORT = [
    ("display_name", "Stagiaire", "text", 24),
    ("firm", "Cabinet", "text", 24),
    ("agency", "Agence", "text", 20),
    ("company", "Entreprise", "text", 26),
    ("company_manager", "Dirigeant", "text", 22),
    ("siret", "SIRET", "text", 16),
    ("kind", "Statut du stagiaire", "text", 18),
    ("sector", "Secteur d'activité", "text", 16),
    ("company_size", "Taille de l'entreprise", "text", 20),
    ("headcount", "Effectif", "int", 9),
    ("region", "Région", "text", 14),
    ("department", "Département", "text", 16),
    ("town", "Commune", "text", 18),
    ("postcode", "Code postal", "text", 11),
    ("file_number", "Dossier France Num", "text", 20),
    ("file_status", "Statut du dossier", "text", 16),
    ("funding", "Financement", "text", 18),
    ("email", "Adresse électronique", "text", 34),
    ("training_name", "Formation", "text", 38),
    ("session_name", "Session", "text", 42),
    ("start_date", "Début", "date", 11),
    ("end_date", "Fin", "date", 11),
    ("timing", "Période", "timing", 11),
    ("enrolled_date", "Inscription", "date", 11),
    ("is_archived", "Archivée", "yes", 9),
    ("completed_date", "Achèvement", "date", 11),
    ("status_label", "Résultat", "text", 22),
    ("progress", "Progression (%)", "int", 12),
    ("score", "Note (%)", "int", 9),
    ("has_certificate", "Certificat", "yes", 10),
    ("path_minutes", "Temps de formation (min)", "decimal", 14),
    ("modules", "Modules", "int", 9),
    ("modules_completed", "Modules achevés", "int", 10),
    ("module_minutes", "Temps dans les modules (min)", "decimal", 14),
    ("modules_detail", "Temps par module", "text", 50),
    ("half_days", "Demi-journées", "int", 10),
    ("half_days_signed", "dont signées", "int", 10),
    ("half_days_present", "dont présent", "int", 10),
    ("attendance_rate", "Taux de présence (feuilles signées)", "rate", 16),
    ("attended_hours", "Heures de présence", "decimal", 11),
    ("presence_detail", "Présence par demi-journée", "text", 50),
]

HALF_DAYS = [
    ("display_name", "Stagiaire", "text", 24),
    ("company", "Entreprise", "text", 26),
    ("firm", "Cabinet", "text", 24),
    ("training_name", "Formation", "text", 38),
    ("slot_name", "Séance", "text", 48),
    ("slot_date", "Date", "date", 11),
    ("sheet_name", "Demi-journée", "text", 18),
    ("duration_hours", "Durée (h)", "decimal", 10),
    ("presence_label", "Présence", "text", 20),
    ("is_signed", "Feuille signée", "yes", 10),
    ("trainers", "Formateurs", "text", 28),
    ("location", "Lieu", "text", 34),
]

MODULES = [
    ("display_name", "Stagiaire", "text", 24),
    ("company", "Entreprise", "text", 26),
    ("firm", "Cabinet", "text", 24),
    ("training_name", "Formation", "text", 38),
    ("position", "N°", "int", 6),
    ("course_name", "Module", "text", 54),
    ("time_minutes", "Temps (min)", "decimal", 12),
    ("attempts", "Tentatives", "int", 10),
    ("progress", "Progression (%)", "int", 12),
    ("best_score", "Meilleure note (%)", "int", 12),
    ("completed_date", "Achèvement", "date", 11),
]

IN_PERSON = [
    ("slot_date", "Date", "date", 11),
    ("slot_name", "Séance", "text", 48),
    ("group_name", "Groupe", "text", 30),
    ("region", "Région", "text", 14),
    ("location", "Lieu", "text", 34),
    ("trainers", "Formateurs", "text", 24),
    ("timing", "Période", "timing", 11),
    ("duration_hours", "Durée (h)", "decimal", 10),
    ("capacity", "Places", "int", 9),
    ("registered", "Inscrits", "int", 9),
    ("fill_rate", "Remplissage", "rate", 12),
    ("signed_sheets", "Feuilles signées", "int", 10),
    ("attendance_rate", "Taux de présence (feuilles signées)", "rate", 16),
    ("average_score", "Note moyenne (%)", "decimal", 11),
    ("satisfaction", "Satisfaction", "decimal", 12),
]

# The look of a KPI of the seed `kpi_definitions`, by its unit.
UNITS = {"nombre": "int", "taux": "rate", "heures": "decimal", "pourcentage": "decimal"}

TIMINGS = {"past": "passée", "running": "en cours", "coming": "à venir"}

MONTHS = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.".split()


def number(value: Any, decimals: int = 0) -> str:
    """1234.5 as 1 234,5 (with narrow no-break spaces); a dash for NULL."""
    if value is None:
        return "–"
    text: str = f"{value:,.{decimals}f}"
    return text.replace(",", "\u202f").replace(".", ",")


def show(value: Any, kind: str) -> str:
    """A value as a page shows it."""
    if value is None:
        return "–"
    if kind == "rate":
        return number(Decimal(value) * 100, 1) + "\u00a0%"
    if kind == "decimal":
        return number(value, 1)
    if kind == "int":
        return number(value)
    if kind == "date":
        return f"{value:%d/%m/%Y}"
    if kind == "yes":
        return "oui" if value else "non"
    if kind == "timing":
        return TIMINGS[value]
    return str(value)


def month(date: dt.date) -> str:
    """janv. 2026"""
    return f"{MONTHS[date.month - 1]} {date.year}"


def period(overview: dict[str, Any]) -> str:
    """The period that the figures cover, as a sentence."""
    start, end = overview["period_start_date"], overview["period_end_date"]
    if start is None:
        return f"Aucune formation au {end:%d/%m/%Y}"
    return f"Du {start:%d/%m/%Y} au {end:%d/%m/%Y}"
