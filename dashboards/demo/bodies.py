"""The 205 invented bodies with their register facts. The seed changes nothing here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from stdnum.cn import uscc

from dashboards.demo import names
from dashboards.demo.streams import stream

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SUPPORT = (
    ("none", 3),
    ("ministry", 2),
    ("cast", 2),
    ("academy", 3),
    ("institute", 4),
    ("university", 3),
    ("company", 1),
    ("hospital", 1),
    ("trade_association", 1),
    ("several", 1),
)
SUPPORTING_UNITS = {
    "ministry": "示例部机关",
    "cast": "示例科协学会服务中心",
    "academy": "示例科学院第{n}研究所",
    "institute": "示例行业第{n}研究院",
    "university": "示例大学第{n}学院",
    "company": "示例集团第{n}公司",
    "hospital": "示例第{n}医院",
    "trade_association": "示例行业联合会",
    "several": "示例研究院、示例大学",
}
SUPERVISORS = ("示例科协", "示例科协", "示例科协", "示例科学院", "示例教育部门", "示例农业部门")


@dataclass(frozen=True)
class Body:
    """One invented body; columns as in the register."""

    word: str
    code: str
    name: str
    discipline_class: str
    body_kind: str
    relation: str
    founded_year: int
    uscc: str
    support_type: str
    supporting_unit: str
    business_supervisor: str
    office_address: str
    website: str

    def columns(self) -> dict[str, Any]:
        """Values of the register's columns."""
        return {k: v for k, v in asdict(self).items() if k != "word"} | {
            "source": "demo",
            "source_note": "虚构，演示数据",
        }


@cache
def bodies() -> tuple[Body, ...]:
    """All 205, in the order of their codes."""
    found: list[Body] = []
    for discipline, words in names.WORDS.items():
        for number, word in enumerate(words.split(), 1):
            code = f"{names.LETTERS[discipline]}-{number:02}"
            found.append(_body(word, code, discipline, serial=len(found) + 1))
    return tuple(found)


def _body(word: str, code: str, discipline: str, *, serial: int) -> Body:
    random = stream(0, "body", word)
    kinds, weights = zip(*SUPPORT, strict=True)
    support = random.choices(kinds, weights)[0]
    unit = SUPPORTING_UNITS.get(support, "").format(n=random.choice("一二三四五六七八九"))
    return Body(
        word=word,
        code=code,
        name=names.body_name(word),
        discipline_class=discipline,
        body_kind=names.body_kind(word),
        relation="entrusted" if word in names.ENTRUSTED else "member",
        founded_year=random.randint(1950, 2004),
        uscc=credit_code(serial),
        support_type=support,
        supporting_unit=unit,
        business_supervisor=random.choice(SUPERVISORS),
        office_address=f"示例市示例区科学路 {random.randint(1, 300)} 号",
        website=f"https://{code.lower()}.example.org",
    )


def credit_code(serial: int) -> str:
    """A well-formed 统一社会信用代码 that no body has: its entity number lies past those issued."""
    entity = f"50009{serial:03}"
    rest = 11 - sum(int(c) * w for c, w in zip(entity, ORGANISATION_WEIGHTS, strict=True)) % 11
    number = f"51100000{entity}{'X' if rest == 10 else rest % 11}"
    return number + uscc.calc_check_digit(number)


def body_of(word: str) -> Body:
    """The body of a word. Raises KeyError."""
    return {body.word: body for body in bodies()}[word]
