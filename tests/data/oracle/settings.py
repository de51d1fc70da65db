"""The variables of the dbt project, with those that a test sets over them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from .values import listed, named, normal, number

PROJECT = Path(__file__).resolve().parents[3] / "dbt" / "dbt_project.yml"
FIELDS = {
    "firm": "Cabinet", "agency": "Agence", "region": "Région", "department": "Département", "town": "Commune",
    "postcode": "Code postal", "company": "Raison sociale", "siret": "SIRET", "legal_form": "Forme juridique",
    "activity_code": "Code NAF", "activity": "Activité", "sector": "Secteur d'activité",
    "kind": "Statut de l'apprenant", "company_size": "Taille de l'entreprise", "headcount": "Effectif",
    "company_manager": "Dirigeant", "file_number": "Numéro de dossier France Num",
    "file_status": "Statut du dossier", "funding": "Financement",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "raw_schema": "raw_360learning", "custom_fields": {}, "group_roles": {}, "satisfaction_field": "Satisfaction",
    "satisfaction_scale": 5, "internal_groups": ["Équipe de formation"], "programme_paths": [],
    "time_zone": "Europe/Paris", "unknown_label": "Non renseigné", "recommendation_field": "",
    "validity_months": {}, "fiscal_year_month": 1, "organization": "", "organization_number": "",
    "action_nature": "Action de formation", "trainee_kinds": {},
}  # fmt: skip


class Settings:
    """The variables by their meaning. Names in them are in their normal form."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        def value(name: str) -> Any:
            given = variables.get(f"learning360_{name}")
            return DEFAULTS[name] if given is None else given

        self.raw_schemas: list[str] = listed(value("raw_schema"))
        fields = FIELDS | value("custom_fields")
        self.fields = {role: [form for one in listed(names) if (form := normal(one))] for role, names in fields.items()}
        self.group_roles: dict[str, dict[str, set[str]]] = {
            role: {kind: named(names) for kind, names in (rule or {}).items()}
            for role, rule in value("group_roles").items()
        }
        self.satisfaction_fields = named(value("satisfaction_field"))
        self.satisfaction_scale = number(value("satisfaction_scale")) or Fraction(5)
        self.recommendation_fields = named(value("recommendation_field"))
        self.internal_groups = named(value("internal_groups"))
        self.programme_paths = named(value("programme_paths"))
        self.time_zone: str = value("time_zone")
        self.unknown_label: str = value("unknown_label")
        self.validity_months: dict[str | None, int] = {normal(name): n for name, n in value("validity_months").items()}
        self.fiscal_year_month = int(value("fiscal_year_month"))
        self.trainee_kinds = {one: kind for kind, names in value("trainee_kinds").items() for one in named(names)}
        self.organization: str = value("organization")
        self.organization_number: str = value("organization_number")
        self.action_nature: str = value("action_nature")


def settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Those of the project, with the overrides over them as `dbt build --vars` puts them."""
    project = yaml.safe_load(PROJECT.read_text(encoding="utf-8")).get("vars") or {}
    return Settings({**project, **project.get("learning360", {}), **(overrides or {})})
