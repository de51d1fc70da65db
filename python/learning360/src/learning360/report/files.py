"""The names of the files of firms."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from pathlib import Path

WORKBOOK_NAME = "rapport-france-num"
# The longest name of a firm in the name of a file.
LONGEST = 60


def slug(name: str) -> str:
    """A name in plain letters, digits and hyphens, at most `LONGEST` of them."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe")).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST].strip("-")


def names_of_firms(firms: list[str]) -> dict[str, str]:
    """A part of a file's name for each firm. An empty, cut or shared one ends in a checksum of the firm's name, so that
    it stays the same from report to report."""
    plain = {firm: slug(firm) for firm in firms}
    shared = Counter(plain.values())
    found = {}
    for firm, name in plain.items():
        is_plain = name and shared[name] == 1 and len(name) < LONGEST - 1
        checksum = hashlib.sha256(firm.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        found[firm] = name if is_plain else f"{name or 'cabinet'}-{checksum}"
    return found


def stale(place: Path, written: list[Path]) -> list[Path]:
    """The files of firms in a directory that were not written this time."""
    names = {file.name for file in written}
    patterns = (f"{WORKBOOK_NAME}-*.xlsx", "tableau-de-bord-*.html")
    return sorted(file for pattern in patterns for file in place.glob(pattern) if file.name not in names)
