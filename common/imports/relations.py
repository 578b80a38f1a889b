"""Where a workbook says its parts lie.

The reader follows these relations, not the names of folders: a sheet it can reach must be one that
the door has looked into.
"""

from __future__ import annotations

import re

from common.imports.markup import each_element
from common.imports.refusal import SAVE_AS, FileRefused

PACKAGE = "_rels/.rels"
WORKBOOK = "xl/_rels/workbook.xml.rels"
ELSEWHERE = f"工作表不在工作簿应有的位置，不能读取。{SAVE_AS}"

_SHEET = re.compile(r"(/xl/)?worksheets/[^/\\]+\.xml", re.IGNORECASE)
_BOOK = re.compile(r"/?xl/workbook\.xml", re.IGNORECASE)
# Last part of a relation's type, by the part of the package that holds it → where it may lead.
_PLACES = {PACKAGE: ("officeDocument", _BOOK), WORKBOOK: ("worksheet", _SHEET)}


def check_relations(name: str, content: bytes) -> None:
    """Refuse a workbook or sheets in other places; other relations are not followed.

    name: the part in lower case. Raises FileRefused.
    """
    if name not in _PLACES:
        return
    kind, place = _PLACES[name]
    if b"&" in content:  # not every reader resolves it: two would see two places
        raise FileRefused(ELSEWHERE)

    def look(element: str, said: dict[str, str]) -> None:
        if element != "Relationship" or said.get("Type", "").rpartition("/")[2] != kind:
            return
        outside = said.get("TargetMode", "").lower() == "external"
        if outside or not place.fullmatch(said.get("Target", "")):
            raise FileRefused(ELSEWHERE)

    each_element(content, look)
