"""The recipe of Power Query in Excel: figures of a period by firm, agency and region."""

from __future__ import annotations

from . import measures as m
from .model import Table
from .powerbi import PARAMETERS

GROUPS = ("firm", "agency", "region")
HEAD = "// Créer une requête vide de ce nom, ouvrir l'éditeur avancé et coller ce texte."


def files(
    tables: list[Table],
    metrics: dict[str, tuple[str, str]],
    shown: dict[str, list[str]],
) -> dict[str, str]:
    found = {"Power Query/Parametres.pq": parameters()}
    for table in tables:
        if table.is_fact:
            found[f"Power Query/{table.name} par cabinet.pq"] = query(table, metrics, shown)
    return found


def parameters() -> str:
    """One query with the server, the database, the schema and the period, which the others read."""
    names = ("Serveur", "Base", "SchemaMarts")
    fields = [f'    {name} = "{PARAMETERS[name][0]}"' for name in names]
    fields += ["    Debut = #date(2026, 1, 1)", "    Fin = #date(2026, 12, 31)"]
    return f"{HEAD} Le nom est Parametres ; Debut et Fin sont compris.\n[\n" + ",\n".join(fields) + "\n]\n"


def query(table: Table, metrics: dict[str, tuple[str, str]], shown: dict[str, list[str]]) -> str:
    """Sums of the rows whose date is in the period, then quotients of these sums."""
    date = table.dates[0]
    found = [(metrics[one.metric][0], one.expression) for one in m.MEASURES if one.table == table.name]
    sums = {column: f"somme_{column}" for _, expression in found for column in summed(expression)}
    groups = ", ".join(f'"{name}"' for name in GROUPS)
    listed = ", ".join(f'{{"{name}", each List.Sum([{column}]), type number}}' for column, name in sums.items())
    steps = [
        (
            "Source",
            "PostgreSQL.Database(Parametres[Serveur], Parametres[Base], [CreateNavigationProperties = false])",
        ),
        ("Mart", f'Source{{[Schema = Parametres[SchemaMarts], Item = "{table.mart}"]}}[Data]'),
        (
            "Periode",
            f"Table.SelectRows(Mart, each [{date}] >= Parametres[Debut] and [{date}] <= Parametres[Fin])",
        ),
        ("Sommes", f"Table.Group(Periode, {{{groups}}}, {{{listed}}})"),
    ]
    titles = [*(shown[name][0] for name in GROUPS)]
    for number, (title, expression) in enumerate(found):
        formula = written(expression, sums)
        if formula:
            steps.append(
                (f"Chiffre{number}", f'Table.AddColumn({steps[-1][0]}, "{title}", each {formula}, type number)')
            )
            titles.append(title)
    renamed = ", ".join(f'{{"{name}", "{shown[name][0]}"}}' for name in GROUPS)
    steps.append(("Titres", f"Table.RenameColumns({steps[-1][0]}, {{{renamed}}})"))
    kept = ", ".join(f'"{title}"' for title in titles)
    steps.append(("Resultat", f"Table.SelectColumns(Titres, {{{kept}}})"))
    lines = [f"    {name} = {expression}" for name, expression in steps]
    head = f"{HEAD} Période : {shown[date][0].lower()}."
    return f"{head}\nlet\n" + ",\n".join(lines) + "\nin\n    Resultat\n"


def summed(expression: m.Expression | int) -> list[str]:
    match expression:
        case m.Sum(column):
            return [column]
        case m.Divide(numerator, denominator):
            return summed(numerator) + summed(denominator)
    return []


def written(expression: m.Expression | int, sums: dict[str, str]) -> str:
    """The figure from sums, or nothing: distinct counts, conditions and other dates need the rows."""
    match expression:
        case m.Sum(column):
            return f"[{sums[column]}]"
        case m.Divide(numerator, int(denominator)):
            return f"{written(numerator, sums)} / {denominator}"
        case m.Divide(numerator, denominator):
            part, whole = written(numerator, sums), written(denominator, sums)
            return f"if {whole} = 0 or {whole} = null then null else {part} / {whole}"
    return ""
