"""Loading the shipped editions. A file is loaded once; an edition in use is never changed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledgers.models import LedgerEdition
from ledgers.rules import parse_rules
from societies.models import Federation

FOLDER = Path(__file__).parent


def shipped() -> list[dict[str, Any]]:
    """Every shipped edition, parsed; raises ValueError for one that is wrong.

    A file with `based_on` takes every part it does not write itself from the file of that code.
    """
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    by_code = {content["code"]: content for content in files}
    found = [_completed(content, by_code) for content in files]
    for content in found:
        parse_rules(content)
    return found


def _completed(content: dict[str, Any], by_code: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    base = content.pop("based_on", "")
    if base and base not in by_code:
        raise ValueError(f"台账版本 {content['code']} 所依据的版本 {base} 不存在")
    return by_code[base] | content if base else content


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
