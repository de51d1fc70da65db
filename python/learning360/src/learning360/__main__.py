"""`python -m learning360`."""

from __future__ import annotations

from learning360.cli import main

main()
