"""Desks that state their scope and what they will hold; procedures come later (roles.md §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.permissions import Permission, Role, ScopeKind
from dashboards.desks.base import Desk, Place, places, term, today_line
from dashboards.desks.findings import open_findings
from dashboards.links import address
from societies.access import Actor

NO_OBJECT = {
    ScopeKind.PLATFORM: "平台运行与管理，不含业务数据",
    ScopeKind.OWN: "按次指派的材料，目前 0 项",
}


@dataclass(frozen=True)
class Statement:
    """now: what can be done today; later: what will stand here, and when."""

    icon: str
    title: str
    later: str
    now: str = ""


STATEMENTS: dict[Role, Statement] = {
    Role.DISCIPLINE_MEMBER: Statement(
        "shield-check",
        "当前没有要办的事",
        "督导检查发现的问题显示在这里；通报和处置启用后，涉及本学会的事项也在这里。",
        "现在可查看本学会的整改、五个清台账、党员名册、三层组织和学会档案。",
    ),
    Role.ASSESSOR: Statement(
        "star",
        "当前没有要初评的学会",
        "星级评定开始并分派后，要初评的自评材料显示在这里；评定结束后不再显示。",
        "现在可查看分派的党组织。",
    ),
    Role.COMMITTEE_MEMBER: Statement(
        "star",
        "当前没有要审议的学会",
        "星级评定中初评完的学会和一票否决建议显示在这里；联系点启用后，联系学会的情况也在这里。",
    ),
    Role.INSPECTOR: Statement(
        "list-check",
        "当前没有开放的督导批次",
        "督导组组长开启批次并完成抽取后，分派的学会和检查任务显示在这里。",
    ),
    Role.INSPECTION_LEAD: Statement(
        "list-check",
        "当前没有要办的督导批次",
        "牵头的督导批次要办的事显示在这里。",
        "组长只看到自己牵头的批次。",
    ),
    Role.SUPERVISOR_READER: Statement(
        "list-check",
        "当前没有本学会的整改事项",
        "督导检查发现的问题和整改情况显示在这里，供监事会查阅。",
    ),
    Role.TRAINING_MANAGER: Statement(
        "book",
        "当前没有要办的事",
        "计划被退回、开班后待登记到课、结束后待结业的培训班显示在这里。",
        "现在可以新建培训班，分配名额后送负责人批准。",
    ),
    Role.EXPERT: Statement(
        "file-text",
        "当前没有指派的评审",
        "按次指派评审后，要评审的材料显示在这里。",
        "评审专家只看到指派的材料和汇总数。",
    ),
    Role.LEADERSHIP_VIEWER: Statement(
        "chart-bar",
        "覆盖情况见覆盖看板",
        "只显示汇总数，不列学会名称，不含个人信息。",
    ),
    Role.SECADMIN: Statement(
        "key",
        "当前没有要办的事",
        "任职与授权的页面启用后在这里办理。",
        "目前账号和任职由运维人员在服务器上用命令办理。",
    ),
    Role.AUDITOR: Statement(
        "history",
        "当前没有要办的事",
        "审计日志的页面启用后在这里查阅。",
        "事实的每次改动都已留有记录，只增不改。",
    ),
}
# The page lists all of them below.
FEW = 3


def scope_line(actor: Actor, found: list[Place]) -> str:
    """The scope in words: the objects, how many if there are many, or what the platform covers."""
    kind = actor.spec.kind
    if kind in NO_OBJECT:
        return NO_OBJECT[kind]
    if actor.role == Role.INSPECTOR:
        return f"任期内分派的学会，目前 {len(found)} 家"
    names = "、".join(place.name for place in found[:FEW])
    many = f"等 {len(found)} {'家' if kind == ScopeKind.SOCIETY else '个'}{kind.label}"
    return names if len(found) <= FEW else f"{names}{many}"


def statement_desk(actor: Actor, on: date) -> Desk:
    """The desk of a role that only reads, or whose procedures have not come yet."""
    found = places(actor)
    dashboard = address("dashboard") if actor.may_any(Permission.COVERAGE_VIEW) else ""
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, found),
        "places": found,
        "statement": STATEMENTS[actor.role],
        "term": term(actor),
        "dashboard_url": dashboard,
        "findings": open_findings(actor, on) if actor.may_any(Permission.FINDING_VIEW) else None,
    }
    return Desk("dashboards/desk_statement.html", f"{actor.role.label}工作台", context)
