"""Loading the shipped editions. A file is loaded once; an edition in use is never changed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ledgers.models import LedgerEdition
from ledgers.rules import parse_rules
from societies.models import Federation

FOLDER = Path(__file__).parent


def shipped() -> list[dict[str, Any]]:
    """Every shipped edition, parsed; raises ValueError for one that is wrong."""
    found = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    for content in found:
        parse_rules(content)
    return found


def load_editions(federation: Federation) -> list[LedgerEdition]:
    """Load the federation's own editions, or the default ones if it has none; again is harmless."""
    every = shipped()
    own = [content for content in every if content["federation"] == federation.code]
    rows = []
    for content in own or [content for content in every if not content["federation"]]:
        head = {key: content[key] for key in ("code", "valid_from")}
        body = {k: v for k, v in content.items() if k not in (*head, "federation")}
        row, _ = LedgerEdition.objects.get_or_create(
            federation=federation,
            valid_from=head["valid_from"],
            defaults={"code": head["code"], "content": body},
        )
        rows.append(row)
    return rows
