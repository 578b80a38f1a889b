"""The entries of the navigation, in the order of its groups; each comes together with its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from societies.access import Actor


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation.

    anyof: rights of which one must be held; none asked when empty. kinds: scope kinds it is for.
    own: it is about the one society of a society-side actor; `by_id` puts that id in the address.
    covers: beginnings of the view names that count as being here, beyond the entry's own.
    """

    view: str
    icon: str
    label: str
    anyof: tuple[P, ...] = ()
    kinds: tuple[ScopeKind, ...] = tuple(ScopeKind)
    own: bool = False
    by_id: bool = False
    covers: str = ""

    def shown_to(self, actor: Actor) -> bool:
        """Whether the acting appointment gets this entry."""
        if actor.spec.kind not in self.kinds or (self.own and actor.society_id is None):
            return False
        return not self.anyof or any(actor.may_any(right) for right in self.anyof)

    def url(self, actor: Actor) -> str:
        """The address; NoReverseMatch while the page is not there."""
        return reverse(self.view, args=[actor.society_id] if self.by_id else None)

    def match(self, here: str) -> int:
        """How closely the current view name belongs to this entry; 0 means not at all."""
        if here == self.view:
            return len(here) + 1
        return len(self.covers) if self.covers and here.startswith(self.covers) else 0


_SIDE = (ScopeKind.FEDERATION,)

NAVIGATION: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("", (Entry("home", "home", "工作台"),)),
    (
        "总览",
        (
            Entry("dashboard", "chart-bar", "覆盖看板", (P.COVERAGE_VIEW,), covers="revision"),
            Entry("scores", "trending-up", "系统测算分", (P.GAP_VIEW,), covers="score"),
            Entry(
                "branches:life_matrix",
                "calendar",
                "组织生活",
                (P.LIFE_VIEW,),
                kinds=_SIDE,
                covers="branches:life",
            ),
            Entry(
                "branches:visit_list",
                "file-text",
                "走访报告",
                (P.VISIT_VIEW,),
                kinds=_SIDE,
                covers="branches:visit",
            ),
        ),
    ),
    (
        "填报",
        (
            Entry(
                "ledgers:list",
                "clipboard-list",
                "五个清台账",
                (P.LEDGER_VIEW,),
                own=True,
                covers="ledgers:",
            ),
            Entry(
                "branches:life_own",
                "calendar",
                "组织生活",
                (P.LIFE_VIEW,),
                kinds=(ScopeKind.SOCIETY, ScopeKind.ORGANISATION),
                covers="branches:life",
            ),
            Entry(
                "branches:visit_list",
                "file-text",
                "走访报告",
                (P.VISIT_VIEW,),
                kinds=(ScopeKind.SOCIETY,),
                covers="branches:visit",
            ),
            Entry(
                "branches:filings",
                "file-check",
                "任期与职务报送",
                (P.POST_FILE, P.POST_SIGN),
                covers="branches:filing",
            ),
        ),
    ),
    (
        "星级",
        (
            Entry(
                "starrating:rounds",
                "star",
                "星级评定",
                (P.STAR_ROUND_VIEW,),
                covers="starrating:",
            ),
        ),
    ),
    (
        "督导",
        (
            Entry(
                "supervision:batches",
                "list-check",
                "督导批次",
                (P.BATCH_VIEW,),
                covers="supervision:batch",
            ),
            Entry(
                "supervision:checks",
                "clipboard-check",
                "现场抽查",
                (P.CHECK_VIEW,),
                covers="supervision:check",
            ),
            Entry(
                "supervision:findings",
                "tool",
                "整改跟踪",
                (P.FINDING_VIEW,),
                kinds=_SIDE,
                covers="supervision:finding",
            ),
            Entry(
                "supervision:findings",
                "tool",
                "整改",
                (P.FINDING_VIEW,),
                kinds=(ScopeKind.SOCIETY,),
                covers="supervision:finding",
            ),
        ),
    ),
    (
        "培训",
        (
            Entry(
                "training:classes",
                "book",
                "培训班",
                (P.CLASS_VIEW,),
                covers="training:",
            ),
            Entry(
                "training:hours",
                "clock",
                "党员学时",
                (P.HOURS_VIEW,),
                covers="training:hours",
            ),
            Entry(
                "training:events",
                "list-details",
                "学时活动",
                (P.HOURS_VIEW,),
                covers="training:event",
            ),
            Entry(
                "training:totals",
                "chart-bar",
                "学时统计",
                (P.HOURS_TOTAL,),
                covers="training:totals",
            ),
        ),
    ),
    (
        "党员",
        (
            Entry(
                "branches:members",
                "users",
                "党员名册",
                (P.MEMBER_VIEW,),
                covers="branches:member",
            ),
        ),
    ),
    (
        "审核",
        (
            Entry(
                "ledgers:review_queue",
                "clipboard-check",
                "台账审核",
                (P.LEDGER_REVIEW, P.LEDGER_DECIDE),
                covers="ledgers:review",
            ),
            Entry(
                "branches:filings",
                "file-check",
                "任期与职务报送",
                (P.POST_REVIEW, P.POST_DECIDE),
                covers="branches:filing",
            ),
            Entry(
                "ledgers:periods",
                "calendar",
                "期次",
                (P.PERIOD_PROPOSE, P.PERIOD_DECIDE),
                covers="ledgers:period",
            ),
        ),
    ),
    (
        "名录",
        (
            Entry(
                "societies:list",
                "building-community",
                "学会名录",
                (P.SOCIETY_VIEW,),
                kinds=_SIDE,
                covers="societ",
            ),
            Entry(
                "branches:list",
                "sitemap",
                "党组织",
                (P.ORGANISATION_VIEW,),
                kinds=_SIDE,
                covers="branches:",
            ),
            Entry(
                "branches:terms",
                "clock",
                "任期与班子",
                (P.ORGANISATION_VIEW,),
                kinds=_SIDE,
                covers="branches:term",
            ),
            Entry(
                "branches:member_counts",
                "users",
                "党员数",
                (P.MEMBER_COUNT,),
                covers="branches:member_counts",
            ),
        ),
    ),
    (
        "本学会",
        (
            Entry(
                "branches:own",
                "sitemap",
                "三层组织",
                (P.ORGANISATION_VIEW,),
                own=True,
                covers="branches:",
            ),
            Entry(
                "society",
                "building-community",
                "学会档案",
                (P.SOCIETY_VIEW,),
                own=True,
                by_id=True,
                covers="societies:",
            ),
        ),
    ),
    ("运行", (Entry("coverage:runs", "moon", "夜间计算", (P.NIGHT_VIEW,), covers="coverage:run"),)),
)
