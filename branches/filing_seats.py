"""The rows of a filing: who takes which seat, whose post ends (R-ORG-06…08)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from branches import rules
from branches.models import OFFICERS, Post, PostFilingSeat, PostKind, PostMode

if TYPE_CHECKING:
    from branches.filing_checks import Claim, Findings

# Posts that one person at a time may hold in an organisation.
SINGLE = (PostKind.SECRETARY, *OFFICERS)


def check_persons(claim: Claim, found: Findings) -> None:
    """The persons elected or appointed by a filing."""
    if not claim.rows:
        found.wrong("persons", "请填写人选，至少 1 人")
        return
    for row in claim.rows:
        _check_row(claim, row, found)
    _check_together(claim, found)


def _at(row: PostFilingSeat, column: str) -> str:
    return f"seats-{row.position}-{column}"


def _check_row(claim: Claim, row: PostFilingSeat, found: Findings) -> None:
    if not row.person_name.strip():
        found.wrong(_at(row, "person_name"), "请填写姓名")
    _check_member(claim, row, found)
    if not row.kind:
        found.wrong(_at(row, "kind"), "请选择职务")
    elif row.also_kind == row.kind:
        found.wrong(_at(row, "also_kind"), "兼任的职务与职务相同，请改选或清空")
    if row.mode == PostMode.ELECTED:
        _check_votes(claim, row, found)
    elif not claim.filing.document_number.strip():
        found.wrong("document_number", "有上级任命或选派的人选，请填写文号")


def _check_member(claim: Claim, row: PostFilingSeat, found: Findings) -> None:
    """Who it is on the register; the secretary's year of standing (R-ORG-07)."""
    member, day = row.member, claim.filing.held_on
    is_chief = PostKind.SECRETARY in (row.kind, row.also_kind)
    if member is None:
        if is_chief and claim.registered is not None:
            found.look("书记人选没有从党员名册中选择，党龄须满 1 年，请核对")
        return
    if not row.person_name.strip().startswith(member.name):
        message = f"姓名与名册中的“{member.name}”不一致，请清空姓名或改选；同名的可在姓名后加注"
        found.wrong(_at(row, "person_name"), message)
    if day is None:
        return
    if member.pk not in claim.roll:
        found.wrong(_at(row, "member"), f"“{member.name}”{day} 不在本党组织，请核对日期或改选")
    elif is_chief and not rules.standing_suffices(member.full_since, day):
        message = f"“{member.name}”到 {day} 转正不满 1 年，党龄不足，不能任书记"
        found.wrong(_at(row, "member"), message)


def _check_votes(claim: Claim, row: PostFilingSeat, found: Findings) -> None:
    """R-ORG-08: more than half of those with a vote actually present."""
    present = claim.filing.present
    if not claim.is_elected:
        found.wrong(_at(row, "mode"), "上级任命的，人选的产生方式请选任命或选派")
    elif row.votes is None:
        found.wrong(_at(row, "votes"), "请填写赞成票数")
    elif present is not None and row.votes > present:
        found.wrong(_at(row, "votes"), f"赞成票 {row.votes} 多于实到 {present} 人，请更正其一")
    elif present is not None and not rules.is_elected(row.votes, present):
        message = f"赞成票 {row.votes} 未超过实到 {present} 人的半数，不能当选"
        found.wrong(_at(row, "votes"), message)


def _check_together(claim: Claim, found: Findings) -> None:
    names = Counter(row.person_name.strip() for row in claim.rows)
    members = Counter(row.member_id for row in claim.rows if row.member_id)
    for row in claim.rows:
        if row.person_name.strip() and names[row.person_name.strip()] > 1:
            message = "同一人只填一行，另一职务填在“兼任”；确系同名的请在姓名后加注"
            found.wrong(_at(row, "person_name"), message)
        if row.member_id and members[row.member_id] > 1:
            found.wrong(_at(row, "member"), "名册中的同一人只填一行，另一职务填在“兼任”")
    _check_single(claim, found)


def _check_single(claim: Claim, found: Findings) -> None:
    kinds = Counter(kind for row in claim.rows for kind in (row.kind, row.also_kind) if kind)
    taken = _taken(claim)
    for row in claim.rows:
        for column in ("kind", "also_kind"):
            kind = getattr(row, column)
            if kind in SINGLE and kinds[kind] > 1:
                label = PostKind(kind).label
                found.wrong(_at(row, column), f"{label}只能有 1 人，现填 {kinds[kind]} 人")
            elif kind in taken:
                found.wrong(_at(row, column), f"{taken[kind]}仍在任，请先报送免职")


def _taken(claim: Claim) -> dict[str, str]:
    """Single posts still held when a by-election fills them; a re-election ends all posts."""
    held_on = claim.filing.held_on
    if claim.filing.kind != "by_election" or held_on is None:
        return {}
    posts = claim.organisation.posts.valid_on(held_on).filter(kind__in=SINGLE)
    return {post.kind: str(post) for post in posts}


def check_removed(claim: Claim, found: Findings) -> None:
    """The posts that end with a removal: in office on the last day named."""
    held_on = claim.filing.held_on
    posts = [row.post for row in claim.rows if row.post]
    if not posts:
        found.wrong("posts", "请选择离任的职务，至少 1 项")
        return
    for post in posts:
        if held_on and not _ends(post, claim):
            found.wrong("posts", f"{post}在 {held_on} 不在任，请核对最后在任日")
    if any(post.kind == PostKind.SECRETARY for post in posts):
        found.look("书记离任后空缺，请及时补选或由上级任命")


def _ends(post: Post, claim: Claim) -> bool:
    held_on = claim.filing.held_on
    assert held_on is not None  # noqa: S101 - narrows the type
    after = held_on + timedelta(days=1)
    return post.valid_from <= held_on and (post.valid_to is None or post.valid_to > after)
