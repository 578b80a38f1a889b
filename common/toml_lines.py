"""TOML files whose faults are named by file and line, so that whoever edits rules finds the place.

The standard parser keeps no positions; a line is found by the heading or key that stands there.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from common.errors import ActionRefused


class TomlFile:
    """One file, parsed. Raises ActionRefused naming file and line if it is no TOML."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.text = path.read_text("utf-8")
        try:
            self.data: dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            place = f"{self.name}:{found.group(1) if found else 1}"
            raise ActionRefused(f"{place}：不是有效的 TOML：{error}") from error

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def at(self, message: str, table: str = "", index: int = 0, key: str = "") -> str:
        """The message with the place it is about.

        table: a heading, `[table]` or the `index`-th `[[table]]`; without one, the file's top.
        key: a key below it; a missing key is told at the heading.
        """
        return f"{self.name}:{self.line(table, index, key)}：{message}"

    def line(self, table: str = "", index: int = 0, key: str = "") -> int:
        """The line of a heading or key, from 1."""
        lines = self.text.splitlines()
        start = 0
        if table:
            heads = [
                number
                for number, line in enumerate(lines)
                if re.match(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?", line)
            ]
            start = heads[index] if index < len(heads) else 0
        if key:
            for number in range(start + bool(table), len(lines)):
                if re.match(r"\s*\[", lines[number]):
                    break
                if re.match(rf"\s*{re.escape(key)}\s*=", lines[number]):
                    return number + 1
        return start + 1
