"""The report to France Num: the marts as an Excel workbook and as one HTML page, both in French."""
