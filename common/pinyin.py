"""Pinyin order and initials: the database has no Chinese collation (stored, indexed, editable)."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Words of the register that the dictionary reads wrongly.
load_phrases_dict({"卒中": [["cù"], ["zhòng"]]})


def sort_key(text: str) -> str:
    """Key that sorts Chinese names as a directory does: syllable by syllable."""
    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)).lower()[:300]


def initials(text: str) -> str:
    """Initial letters for search: 重庆市科协 → cqskx."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()[:100]


def toneless(text: str) -> str:
    """The whole text in letters: 张某某 → zhangmoumou."""
    return "".join(lazy_pinyin(text)).lower()
