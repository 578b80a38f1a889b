"""Imports go one way only, and nothing registers itself (architecture, rooms)."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = (
    ("common",),
    ("accounts",),
    ("societies",),
    ("branches",),
    ("ledgers", "training", "activities", "notices"),
    ("supervision",),
    ("coverage",),
    ("starrating",),
    ("dashboards",),
    ("config",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}


def sources() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / n for n in names if n and n.split("/")[0] in LEVEL and (ROOT / n).exists()]


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def breaches(room: str, text: str) -> set[str]:
    """The rooms that code of `room` imports although they lie above or beside it."""
    names = imported(ast.parse(text)) & LEVEL.keys()
    return {name for name in names if name != room and LEVEL[name] >= LEVEL[room]}


def test_imports_follow_the_order():
    wrong = []
    for path in sources():
        relative = path.relative_to(ROOT)
        room = relative.parts[0]
        if "migrations" in relative.parts:
            continue
        for name in breaches(room, path.read_text("utf-8")):
            wrong.append(f"{relative} imports {name}")
    assert wrong == []


@pytest.mark.parametrize(
    ("room", "text", "found"),
    [
        ("common", "from accounts.models import User", {"accounts"}),
        ("ledgers", "import coverage.formulas", {"coverage"}),
        ("coverage", "from ledgers.models import Ledger", set()),
    ],
)
def test_the_check_itself_sees_a_breach(room, text, found):
    assert breaches(room, text) == found


def test_no_signals_and_no_wildcards():
    wrong = []
    for path in sources():
        text = path.read_text("utf-8")
        if "import *" in text and "settings" not in path.parts:
            wrong.append(f"{path.relative_to(ROOT)}: wildcard import")
        if "django.dispatch" in text or "db.models.signals" in text:
            wrong.append(f"{path.relative_to(ROOT)}: signal")
    assert wrong == []


def test_views_start_from_visible_to():
    """Bare `.objects.get/all/filter` in views would bypass the scope."""
    wrong = []
    for path in sources():
        if path.name not in ("views.py", "api.py") and "views" not in path.parts:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            bare = any(f".objects.{verb}(" in line for verb in ("get", "all", "filter"))
            if bare and "visible_to" not in line:
                wrong.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert wrong == []
