"""Every mark in the code is explained in docs/SOURCES.md, so that a clone is complete by itself."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"\b(R-[A-Z]+-\d\d|EX-\d\d|D-\d{1,2})\b")


def marks(text: str) -> set[str]:
    """Rules, worked examples and decisions that a text quotes."""
    return set(MARK.findall(text))


def test_every_mark_is_explained():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    explained = marks((ROOT / "docs" / "SOURCES.md").read_text("utf-8"))
    unknown = {}
    for name in names:
        if not name.endswith((".py", ".toml", ".html", ".txt")) or not (ROOT / name).exists():
            continue
        if missing := marks((ROOT / name).read_text("utf-8")) - explained:
            unknown[name] = sorted(missing)
    assert unknown == {}


def test_marks_are_recognised():
    assert marks("R-COV-05 and EX-01, as D-14 says; not D-day") == {"R-COV-05", "EX-01", "D-14"}
