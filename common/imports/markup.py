"""Reading the XML of a part as it is: one pass, within bounds, nothing declared, nothing fetched.

Expat gives up at the first thing that is not well formed, so what it shows is what any reader sees:
an attribute has one value, an element one beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers.expat import ExpatError, ParserCreate

from common.imports.refusal import SAVE_AS, FileRefused

Started = Callable[[str, dict[str, str]], None]
Ended = Callable[[str], None]

# A tag is held in one piece; between two of them no text is so long (a cell holds 32 767 letters).
LONGEST = 256 * 1024
# Expat keeps every open element and every name it met; a real part has a dozen and a few hundred.
DEEPEST = 100
MOST_NAMES = 1_000
MALFORMED = f"文件内部结构有错，读不出内容。{SAVE_AS}"


def each_element(content: bytes, started: Started, ended: Ended | None = None) -> None:
    """Call `started` with name and attributes of every element, `ended` with its name.

    Names are without prefix, attributes as written. Raises FileRefused for XML that is not well
    formed, declares a document type, or has tags, depth or names out of all measure.
    """
    _check_lengths(content)
    walk = _Walk(started, ended)
    parser = ParserCreate("utf-8")
    parser.StartElementHandler = walk.started
    parser.EndElementHandler = walk.ended
    parser.StartDoctypeDeclHandler = _refuse_declaration
    try:
        parser.Parse(content, True)
    except ExpatError as error:
        raise FileRefused(MALFORMED) from error


class _Walk:
    """Where in a part the reading is: how deep, and which names it has met."""

    def __init__(self, started: Started, ended: Ended | None) -> None:
        self.tell_started, self.tell_ended = started, ended
        self.depth = 0
        self.names: set[str] = set()

    def started(self, name: str, said: dict[str, str]) -> None:
        self.depth += 1
        self.names.add(name)
        self.names.update(said)
        if self.depth > DEEPEST or len(self.names) > MOST_NAMES:
            raise FileRefused(MALFORMED)
        self.tell_started(name.rpartition(":")[2], said)

    def ended(self, name: str) -> None:
        self.depth -= 1
        if self.tell_ended is not None:
            self.tell_ended(name.rpartition(":")[2])


def _check_lengths(content: bytes) -> None:
    """Refuse a whole window without a tag: every stretch of twice its size covers one."""
    for at in range(0, len(content) - LONGEST + 1, LONGEST):
        if content.find(b"<", at, at + LONGEST) < 0:
            raise FileRefused(MALFORMED)


def _refuse_declaration(*_: object) -> None:
    raise FileRefused(MALFORMED)
