"""Files of settings in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from learning360 import CommandError


def read_settings(file: Path, what: str, example: str) -> dict[str, Any]:
    """The content of a YAML file that must be a mapping, such as the example."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise CommandError(f"{file} has no {what}; write one on each line, as `{example}`.")
    return content
