"""5.4 and 5.5 of an invented ledger: office-holders, and why a tier has no organisation."""

from __future__ import annotations

from datetime import date, timedelta

from dashboards.demo.bodies import Body
from dashboards.demo.courses import LOST_BRANCH, LOST_JOINT
from dashboards.demo.figures import Register, Values, term_of
from dashboards.demo.names import person
from dashboards.demo.streams import stream

PRESIDENT, GENERAL = "council_president", "secretary_general"
# Post → (years of age when the term begins, professional title).
_POSTS = {
    PRESIDENT: (58, "教授"),
    "council_vice_president": (55, "研究员"),
    GENERAL: (50, "研究员"),
    "chief_supervisor": (57, "教授"),
    "party_secretary": (56, "教授"),
    "discipline_officer": (49, "副研究员"),
}
_PARTY = ("party_secretary", "discipline_officer")
_REVIEWED_SINCE = date(2018, 1, 1)
RESPONSIBLE = ("秘书处主任", "党委副书记", "常务副秘书长", "办公室主任")


def leaders(seed: int, body: Body, as_of: date, register: Register) -> dict[str, Values]:
    """Post → values of its row, for the council's term of that day."""
    number, start, _ = term_of(seed, body, as_of)
    posts = [p for p in _POSTS if register.t1_covered or p not in _PARTY]
    return {post: _leader(seed, body, post, number, start) for post in posts}


def _leader(seed: int, body: Body, post: str, number: int, start: date) -> Values:
    random = stream(seed, "leader", body.code, post, number)
    age, title = _POSTS[post]
    member = post in _PARTY or random.random() < 0.75
    since = start + timedelta(days=14)
    unit = body.supporting_unit or "示例大学"
    found = {
        "post": post,
        "name": person(random),
        "sex": random.choice("112"),
        "birth_year": str(start.year - age + random.randint(-3, 4)),
        "political_status": "01" if member else random.choice(("13", "12", "10")),
        "relation_org": f"{unit}党委" if member else "",
        "work_unit": unit,
        "professional_title": title,
        "academician": "yes" if post == PRESIDENT and random.random() < 0.2 else "no",
        "term_from": since.isoformat(),
        "full_time": "yes" if post == GENERAL else "no",
        "concurrent_posts_count": str(random.randint(0, 2)),
        "legal_representative": "yes" if post == GENERAL else "no",
    }
    if post == "party_secretary":
        found["appointment_mode"] = random.choice(("elected", "elected", "appointed"))
    if post not in _PARTY and since >= _REVIEWED_SINCE:
        found["political_review_on"] = (start - timedelta(days=30)).isoformat()
        found["political_review_by"] = "示例科协科技社团党委"
    return found


def reason(seed: int, body: Body, tier: int, as_of: date) -> Values:
    """The row of an uncovered council or secretariat; the promise moves on from period to period.

    Promises end from one to fourteen months after the as-of day, so that 已逾期, 临期 and 推进中
    stand side by side between the periods.
    """
    random = stream(seed, "reason", body.code, tier, as_of)
    steady = stream(seed, "reason", body.code, tier)
    primary = steady.choice(("NE01", "NE01", "NE02", "NE03", "NE05", "NE08"))
    if body.word in (LOST_BRANCH, LOST_JOINT):
        primary = "NE11"
    return {
        "primary_reason": primary,
        "party_members_available": str(steady.randint(0, 2)),
        "responsible_post": steady.choice(RESPONSIBLE),
        "planned_establish_on": (as_of + timedelta(days=random.randint(30, 420))).isoformat(),
        "last_followed_up_on": (as_of - timedelta(days=random.randint(5, 60))).isoformat(),
    }


def measure(seed: int, body: Body, tier: int, as_of: date, postings: dict[str, int]) -> Values:
    """What is done about it: the posted person if there is one (kind → id), else a plan."""
    steady = stream(seed, "measure", body.code, tier)
    begins = as_of - timedelta(days=steady.randint(60, 150))
    for code in ("GM03", "GM04"):
        if tier == 1 and code in postings:
            return {
                "code": code,
                "measure_from": begins.isoformat(),
                "measure_to": (begins + timedelta(days=360)).isoformat(),
                "posting": str(postings[code]),
            }
    code = steady.choice(("GM01", "GM02", "GM05", "GM08"))
    return {"code": code, "measure_from": begins.isoformat(), "measure_to": "", "posting": ""}
