"""Every mark in the code is explained in docs/SOURCES.md, so that a clone is complete by itself."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"\b(R-[A-Z]+-\d\d|EX-\d\d|D-\d{1,2})\b")
ENTRY = re.compile(rf"^- \*\*{MARK.pattern}\*\*", re.MULTILINE)
HOW = (
    "Each mark needs an entry of its own in docs/SOURCES.md: a line that begins with the mark in "
    "bold, `- **R-ORG-06** what must hold (its clause).` See “How to add a mark” there."
)


def marks(text: str) -> set[str]:
    """Rules, worked examples and decisions that a text quotes."""
    return set(MARK.findall(text))


def entries(text: str) -> list[str]:
    """Marks that have a line of their own; a mention in another's text explains nothing."""
    return ENTRY.findall(text)


def test_every_mark_is_explained():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    explained = set(entries((ROOT / "docs" / "SOURCES.md").read_text("utf-8")))
    unknown = {}
    for name in names:
        if not name.endswith((".py", ".toml", ".html", ".txt")) or not (ROOT / name).exists():
            continue
        if missing := marks((ROOT / name).read_text("utf-8")) - explained:
            unknown[name] = sorted(missing)
    lines = [f"{name}: {', '.join(missing)}" for name, missing in unknown.items()]
    assert not unknown, "\n".join(["Marks without an entry:", *lines, HOW])


def test_no_mark_has_two_entries():
    found = entries((ROOT / "docs" / "SOURCES.md").read_text("utf-8"))
    twice = sorted({mark for mark in found if found.count(mark) > 1})
    assert not twice, f"Two entries in docs/SOURCES.md: {', '.join(twice)}. {HOW}"


def test_marks_are_recognised():
    assert marks("R-COV-05 and EX-01, as D-14 says; not D-day") == {"R-COV-05", "EX-01", "D-14"}


def test_only_a_line_of_its_own_explains_a_mark():
    text = "- **R-ORG-06** Seven or more, see R-ORG-05.\n- **D-1** No formalism."
    assert entries(text) == ["R-ORG-06", "D-1"]
