"""Writes the example template, `modele.xlsx`: python make_template.py [FILE]."""

from __future__ import annotations

import sys
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

# The titles of the head row, the formats of the rows below, and the widths of the columns.
BENEFICIARIES = [
    ("Dispositif", "General", 18),
    ("Nom du bénéficiaire", "General", 24),
    ("Prénom du bénéficiaire", "General", 20),
    ("N° SIRET", "@", 18),
    ("Code NAF", "@", 12),
    ("Intitulé de la formation", "General", 40),
    ("Date d'entrée", "dd/mm/yyyy", 14),
    ("Date de fin", "dd/mm/yyyy", 14),
    ("Heures réalisées", "0.00", 12),
    ("Heures payées", "0.00", 12),
    ("Avis", "General", 14),
]
HEAD_ROW = 4


def main(file: Path) -> None:
    book = Workbook()
    notice = book.create_sheet("Notice", 0)
    del book["Sheet"]
    notice["A1"] = "Ce classeur est un exemple de modèle : l'onglet « Bénéficiaires » est à remplir."
    sheet = book.create_sheet("Bénéficiaires")
    sheet["A1"] = "Liste des bénéficiaires"
    sheet["A1"].font = Font(size=16, bold=True)
    for place, (title, number_format, width) in enumerate(BENEFICIARIES, 1):
        head, first = sheet.cell(HEAD_ROW, place, title), sheet.cell(HEAD_ROW + 1, place)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="000091")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        first.number_format = number_format
        sheet.column_dimensions[head.column_letter].width = width
    # A formula of the first row goes on in the rows below.
    sheet.cell(HEAD_ROW + 1, 10, f"=MIN(I{HEAD_ROW + 1},35)")
    answers = DataValidation(type="list", formula1='"Favorable,Réservé"', allow_blank=True)
    answers.add(f"K{HEAD_ROW + 1}:K20000")
    sheet.add_data_validation(answers)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    book.save(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("modele.xlsx"))
