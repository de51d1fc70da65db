"""Writes `deploy/bi`, the files that BI tools open, from the contracts of the marts."""
