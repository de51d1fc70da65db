"""`make vendor`: writes the chart libraries of the report's page again, from npm, and checks them against their hashes.

`--check` needs no network: it unpacks nothing and compares the files in the tree with the hashes of `SHA256SUMS`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "python/learning360/src/learning360/report/page/vendor"
SUMS = "SHA256SUMS"


class VendorError(Exception):
    """Why the libraries are not those that are wanted, in a sentence."""


def libraries() -> dict[str, dict[str, Any]]:
    """What `versions.json` pins, by the name of the package."""
    pinned: dict[str, dict[str, Any]] = json.loads((FOLDER / "versions.json").read_text(encoding="utf-8"))
    return pinned


def fetch(name: str, library: dict[str, Any]) -> None:
    """Downloads one package and writes its files, if the archive has the pinned hash."""
    wanted = f"{name}@{library['version']}"
    with tempfile.TemporaryDirectory() as place:
        try:
            command = ["npm", "pack", "--silent", "--pack-destination", place, wanted]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError) as error:
            raise VendorError(f"npm cannot download {wanted}: {error}.") from error
        archive = next(Path(place).glob("*.tgz"))
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != library["archive"]:
            raise VendorError(f"The archive of {wanted} has the hash {found}; versions.json pins another one.")
        with tarfile.open(archive) as content:
            for file, path in library["files"].items():
                member = content.extractfile(f"package/{path}")
                if member is None:
                    raise VendorError(f"{wanted} has no file {path}.")
                (FOLDER / file).write_bytes(member.read())


def sums() -> str:
    """A line for each file of the libraries, as `sha256sum` prints it."""
    files = sorted(file for library in libraries().values() for file in library["files"])
    return "".join(f"{hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()}  {file}\n" for file in files)


def main() -> None:
    parser = argparse.ArgumentParser(description="The chart libraries of the report's page.")
    parser.add_argument("--check", action="store_true", help="compare the files in the tree with their hashes")
    try:
        if parser.parse_args().check:
            if sums() != (FOLDER / SUMS).read_text(encoding="utf-8"):
                raise VendorError(f"The libraries in {FOLDER} differ from {SUMS}: run make vendor.")
            return
        for name, library in libraries().items():
            fetch(name, library)
        (FOLDER / SUMS).write_text(sums(), encoding="utf-8")
    except (VendorError, OSError) as error:
        sys.exit(f"vendor: {error}")


if __name__ == "__main__":
    main()
