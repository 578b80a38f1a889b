"""What each POST of the table sends: a body that succeeds for the role that may do it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from branches.models import PostFiling
from societies.models import UnitKind
from starrating.awarding import COUNTING
from starrating.models import RatingEntry, RatingRound, Veto
from supervision.models import Finding
from tests.access import checks, members, supervision, training
from tests.access.ledgers import reason_rows
from tests.access.life import FACTS as LIFE
from tests.access.places import MISSING, MIXED, OWN
from tests.access.world import World
from tests.factories.accounts import PASSWORD
from tests.factories.findings import DRAFT as FINDING
from tests.factories.findings import PLAN

Body = dict[str, Any]


def body(world: World, name: str, place: str, role: str) -> Body:
    """The body of one POST; what is missing is asked for with the body of an own object."""
    token = {"form_token": str(uuid.uuid4()), "row_version": 1}
    return token | BODIES[name](world, OWN if place in (MISSING, MIXED) else place, role)


def _sign_in(world: World, place: str, role: str) -> Body:
    user = world.users.get(role)
    return {"username": user.username, "password": PASSWORD} if user else {}


def _password(world: World, place: str, role: str) -> Body:
    return {"old": PASSWORD, "password": "Qinglang-2027", "again": "Qinglang-2027"}


def _act_as(world: World, place: str, role: str) -> Body:
    user = world.users.get(role)
    mine = user.appointments.first() if user else None
    if place == OWN:
        return {"appointment": mine.pk if mine else 0}
    return {"appointment": world.holdings[place].cast.clerk.appointment.pk}


def _society(world: World, place: str, role: str) -> Body:
    return {
        "name": "改名学会",
        "discipline_class": "science",
        "body_kind": "society",
        "relation": "member",
    }


DECISION = {
    "type": "branch",
    "form": "independent",
    "basis": "application",
    "name": "新党支部",
    "approval_number": "科社党〔2026〕88号",
    "approved_on": "2026-03-01",
    "established_on": "2026-03-05",
}


def _enter(world: World, place: str, role: str) -> Body:
    units = world.holding(place).society.units.filter(kind=UnitKind.SECRETARIAT)
    return DECISION | {"units": [unit.pk for unit in units]}


def _change(world: World, place: str, role: str) -> Body:
    row = world.organisation(place)
    said = {"type": row.type, "form": row.form, "established_on": row.established_on}
    return DECISION | said | {"approved_on": row.approved_on}


def _serve(world: World, place: str, role: str) -> Body:
    # A branch does not serve a second secretariat; every kind used here may serve a branch.
    return {"unit": world.holding(place).spare.pk, "valid_from": "2018-01-01"}


INTEREST = {"kind": "contact", "valid_from": "2020-01-01"}


def _declare(world: World, place: str, role: str) -> Body:
    return INTEREST | {"society": world.holding(place).society.name}


def _enter_interest(world: World, place: str, role: str) -> Body:
    said = {"user": world.users["CL"].pk, "reason": "任该会联系人"}
    return INTEREST | said | {"society": world.holding(place).society.name}


POSTING = {
    "kind": "GM04",
    "person_name": "钱某",
    "home_unit": "示例大学",
    "document_number": "5号",
    "valid_from": "2026-01-01",
}


# A count changed from 2 to 3 by somebody who saw the 2.
SEEN = json.dumps({"journals_count": "2"})


def _edited(world: World, place: str, role: str) -> Body:
    return {"row_version": "", "base": SEEN, "journals_count": "3"}


def _resolved(world: World, place: str, role: str) -> Body:
    chosen = {"keep-journals_count": "mine", "mine-journals_count": "3"}
    return {"row_version": "", "base": SEEN} | chosen


def _reasons(world: World, place: str, role: str) -> Body:
    rows = reason_rows(world.holding(place).objects["ledger"])
    return {"row_version": "", "branch": rows, "branch_reason": "NE01"}


def _lock_request(world: World, place: str, role: str) -> Body:
    period = world.holding(place).objects["period"]
    return {"period": period.pk, "reason": "换届", "until": "2026-09-01"}


# Buttons that carry nothing of their own, and those that ask for a reason.


def _member_enter(world: World, place: str, role: str) -> Body:
    organisation = world.holding(place).organisation
    return {"organisation": organisation.pk, "name": "吴某某", "place": "here"} | MONTHS


def _member_confirm(world: World, place: str, role: str) -> Body:
    return {"member": members.versions(world.holding(place))}


def _import_start(world: World, place: str, role: str) -> Body:
    return {"organisation": world.holding(place).organisation.pk, "file": members.upload()}


MONTHS = {"birth_month": "1980-01", "joined_month": "2005-07", "full_since": "2006-07"}
PLACES = {"name": "0", "birth_month": "1", "joined_month": "2", "full_since": "3", "place": "4"}
PRESSED = (
    "send",
    "row_add",
    "row_copy",
    "row_up",
    "row_down",
    "row_remove",
    "row_restore",
    "measure_remove",
    "measure_restore",
    "accept",
    "agree",
    "period_propose",
    "period_close",
    "exemption_decide",
    "period_withdraw",
    "exemption_withdraw",
    "lock_countersign",
    "lock_review",
)
EXPLAINED = (
    *("hand_back", "restate", "return", "disagree", "exempt", "lock_refuse", "abandon"),
    *("period_refuse", "exemption_refuse"),
)


def _together(world: World, place: str, role: str) -> Body:
    return {"looked": "on", "ledger": [world.holding(place).objects["ledger"].pk]}


def _run_again(world: World, place: str, role: str) -> Body:
    return {"federation": world.federation.pk, "on": "2026-06-20"}


def _same(**values: Any) -> Callable[[World, str, str], Body]:
    return lambda world, place, role: values


MEETING = {
    "held_on": "2026-05-09",
    "mode": "elected",
    "entitled": "10",
    "present": "9",
    "document_number": "",
}
SEATS = {
    "seats-TOTAL_FORMS": "1",
    "seats-INITIAL_FORMS": "0",
    "seats-0-kind": "secretary",
    "seats-0-person_name": "郑某",
    "seats-0-also_kind": "",
    "seats-0-mode": "elected",
    "seats-0-votes": "8",
}
TERM = {
    "term_no": "2",
    "term_years": "3",
    "seats": "3",
    "document_number": "科社党〔2026〕6号",
}
PASSED = ("send", "withdraw", "sign", "accept", "forward")
RETURNED = ("hand_back", "return", "disagree")
GROUP = {"name": "第九党小组", "leader_name": "钱某", "valid_from": "2018-01-01"}


def _remove(world: World, place: str, role: str) -> Body:
    return {"posts": [world.holding(place).objects["post"].pk], "held_on": "2026-05-09"}


def _entry(world: World, place: str) -> RatingEntry:
    pk = world.holding(place).objects["entry"].pk
    return RatingEntry.objects.get(pk=pk)


def _self(world: World, place: str, role: str) -> Body:
    lines = _entry(world, place).lines.filter(state__in=COUNTING)
    return {f"word_{line.code}": "confirmed" for line in lines} | _version(world, place)


def _version(world: World, place: str) -> Body:
    return {"row_version": _entry(world, place).row_version}


def _round_version(world: World, place: str) -> Body:
    pk = world.holding(place).objects["round"].pk
    return {"row_version": RatingRound.objects.get(pk=pk).row_version}


def _veto_version(world: World, place: str) -> Body:
    pk = world.holding(place).objects["veto"].pk
    return {"row_version": Veto.objects.get(pk=pk).row_version}


def _filing_step(name: str, **values: Any) -> Callable[[World, str, str], Body]:
    """A step of the filing, or of the extension, as it stands now."""
    kept = "asked_extension" if name in ("forward", "agree", "disagree") else "filing"

    def made(world: World, place: str, role: str) -> Body:
        filing = PostFiling.objects.get(pk=world.holding(place).objects[kept].pk)
        return {"row_version": filing.row_version} | values

    return made


def _with(
    version: Callable[[World, str], Body], **values: Any
) -> Callable[[World, str, str], Body]:
    return lambda world, place, role: version(world, place) | values


def _assign(world: World, place: str, role: str) -> Body:
    return {"user": world.users["CR2"].pk, "entries": [_entry(world, place).pk]}


def _veto_enter(world: World, place: str, role: str) -> Body:
    veto = world.holding(place).objects["veto"]
    return {"rule": veto.rule_id, "document_number": "5号", "facts": "年检不合格"}


def _places(world: World, place: str, role: str) -> Body:
    quotas = world.holding(place).objects["class"].quotas
    return {f"places-{pk}": "7" for pk in quotas.values_list("society_id", flat=True)}


def _enrolled(world: World, place: str, role: str) -> Body:
    return {"name": world.holding(place).objects["trained"].name}


def _marks(world: World, place: str, role: str) -> Body:
    return training.marks(world.holding(place))


def _hours(world: World, place: str, role: str) -> Body:
    return training.FACTS | {"attendees": [world.holding(place).objects["trained"].pk]}


TRAINING: dict[str, Callable[[World, str, str], Body]] = {
    "plan": _same(**training.PLAN),
    "change": _same(**training.PLAN),
    "quota": _places,
    "hand_back": _same(reason="请核对"),
    "cancel": _same(reason="场地原因"),
    "enrol": _enrolled,
    "attendance": _marks,
    "import_start": lambda world, place, role: {"file": training.upload()},
    "import_columns": _same(**training.PLACES),
    "import_adopt": _same(column="society"),
    "event_file": _hours,
    "event_correct": _hours,
    "event_return": _same(reason="请核对"),
    **dict.fromkeys(("send", "approve", "settle", "withdraw"), _same()),
    **dict.fromkeys(("import_confirm", "import_roll_back", "import_abandon"), _same()),
    **dict.fromkeys(("event_withdraw", "event_confirm"), _same()),
}
OPENING = {
    "year": "2026",
    "freeze_on": "2027-01-31",
    "apply_by": "2027-02-10",
    "self_by": "2027-02-20",
    "assess_by": "2027-03-10",
    "deliberate_by": "2027-03-25",
    "members": "2",
    "publicity_days": "5",
}
STARS: dict[str, Callable[[World, str, str], Body]] = {
    "round_open": _same(**OPENING),
    "assign": _assign,
    "post": _with(_round_version),
    "finalise": _with(_round_version, number="8号"),
    "apply": _with(_version, target_stars="4", measures="办好主题党日"),
    "apply_sign": _with(_version),
    "assess_self": _self,
    "self_sign": _with(_version),
    "hand_back": _with(_version, reason="请核对"),
    "assess": _with(_version, opinion="属实"),
    "assess_submit": _with(_version, opinion="属实"),
    "give_back": _with(_version, reason="请补充"),
    "agree": _with(_version, text="同意"),
    "refer_back": _with(_version, text="请重评"),
    "choose": _with(_version, text="审议决定"),
    "object": _with(_version, text="请复核"),
    "re_examine": _with(_version, opinion="属实"),
    "veto_enter": _veto_enter,
    "veto_state": _with(_veto_version, statement="已补报"),
    "veto_confirm": _with(_veto_version),
    "veto_second": _with(_veto_version),
    "veto_close": _with(_veto_version, reason="情况不实"),
    "veto_lift": _with(_veto_version, reason="已补检"),
    "veto_lift_second": _with(_veto_version),
}


def _finding(kind: str = "finding", **values: Any) -> Callable[[World, str, str], Body]:
    """A step of the finding as it stands now."""

    def made(world: World, place: str, role: str) -> Body:
        row = Finding.objects.get(pk=world.holding(place).objects[kind].pk)
        return {"row_version": row.row_version} | values

    return made


def _finding_register(world: World, place: str, role: str) -> Body:
    said = {"source": "self", "severity": "general"}
    return said | FINDING | {"society": world.holding(place).society.pk}


def _finding_remind(world: World, place: str, role: str) -> Body:
    return {"findings": [world.holding(place).objects["finding"].pk], "text": "请按期办理"}


def _remove_evidence(world: World, place: str, role: str) -> Body:
    row = Finding.objects.get(pk=world.holding(place).objects["finding"].pk)
    proof = row.evidence.first()
    return {"row_version": row.row_version, "evidence": proof.pk if proof else 0}


FINDINGS: dict[str, Callable[[World, str, str], Body]] = {
    "register": _finding_register,
    "remind": _finding_remind,
    "accept": _finding(),
    "send_plan": _finding(planned_on="2026-07-10", **PLAN),
    "sign_plan": _finding(),
    "hand_back_plan": _finding(reason="请细化"),
    "agree_date": _finding("grave_finding", finish_due="2026-09-30"),
    "decline_plan": _finding("grave_finding", reason="请细化"),
    "send_measure": _finding("grave_finding", measure="已停用"),
    "sign_measure": _finding("grave_finding"),
    "add_evidence": _finding(title="说明", text="已办", path=""),
    "remove_evidence": _remove_evidence,
    "send_evidence": _finding(result="已按要求召开"),
    "sign_evidence": _finding(),
    "hand_back_evidence": _finding(reason="请补充"),
    "verify": _finding(opinion="属实"),
    "send_back": _finding(opinion="依据不足"),
    "close": _finding(),
    "verify_again": _finding(reason="请再核"),
    "ask_extension": _finding(due_asked="2026-07-30", reason="会议推迟"),
    "review_extension": _finding(opinion="属实"),
    "decide_extension": _finding(granted="True", answer="同意"),
}
BODIES: dict[str, Callable[[World, str, str], Body]] = {
    "accounts:sign_in": _sign_in,
    "accounts:sign_out": _same(),
    "accounts:password_change": _password,
    "accounts:act_as": _act_as,
    "societies:edit": _society,
    "societies:interest_declare": _declare,
    "societies:interest_enter": _enter_interest,
    "societies:interest_end": _same(last_day="2026-01-31", reason="已卸任"),
    "branches:enter": _enter,
    "branches:posting_enter": _same(**POSTING),
    "branches:unit_open": _same(kind="division", name="新分会", valid_from="2018-01-01"),
    "branches:change": _change,
    "branches:dissolve": _same(on="2026-03-01", number="4号"),
    "branches:suspend": _same(on="2020-01-01", document_number="3号"),
    "branches:resume": _same(on="2020-02-01"),
    "branches:serve": _serve,
    "branches:service_stop": _same(on="2020-01-01"),
    "branches:posting_change": _same(**POSTING),
    "branches:posting_end": _same(last_day="2026-01-31"),
    "branches:life_file": _same(**LIFE),
    "branches:life_draft": _same(**LIFE),
    "branches:life_discard": _same(),
    "branches:life_correct": _same(**LIFE),
    "branches:life_withdraw": _same(reason="误登"),
    "branches:life_return": _same(reason="议程不清"),
    "branches:visit_file": _same(visited_on="2026-06-20", work="走访"),
    "branches:visit_comment": _same(comment="属实"),
    "branches:visit_withdraw": _same(),
    "branches:member_enter": _member_enter,
    "branches:member_change": _same(name="吴某某", **MONTHS),
    "branches:member_relate": _same(place="other", on="2026-01-01"),
    "branches:member_leave": _same(on="2026-01-01"),
    "branches:member_withdraw": _same(),
    "branches:member_confirm": _member_confirm,
    "branches:member_return": _same(reason="请核对"),
    "branches:participation_stop": _same(on="2026-01-01"),
    "branches:import_start": _import_start,
    "branches:import_columns": _same(**PLACES),
    "branches:import_answer": _same(said="other"),
    "branches:import_adopt": _same(column="organisation"),
    **{f"branches:import_{name}": _same() for name in ("confirm", "roll_back", "abandon")},
    "revision_publish": _same(reason="补登 1 个党支部的批复"),
    "coverage:run_again": _run_again,
    "ledgers:open": _same(),
    "ledgers:section": _edited,
    "ledgers:resolve": _resolved,
    "ledgers:branch_reasons": _reasons,
    **{f"ledgers:{name}": _same(row_version="") for name in PRESSED},
    **{f"ledgers:{name}": _same(reason="请核对") for name in EXPLAINED},
    "ledgers:sign": _same(truthful="on"),
    "ledgers:review_keep": _same(
        reason="请核对", remark_field="operations.annual_income.0", remark_text="漏计"
    ),
    "ledgers:accept_many": _together,
    "ledgers:follow_up": _same(on="2026-06-20", text="已商定"),
    "ledgers:lock_request": _lock_request,
    "ledgers:lock_grant": _same(until="2026-09-02"),
    "branches:re_elect": _same(**(MEETING | SEATS | TERM)),
    "branches:by_elect": _same(**(MEETING | SEATS)),
    "branches:remove": _remove,
    "branches:extend": _same(extended_to="2027-12-31", reason="换届推迟"),
    "branches:filing_edit": _same(**(MEETING | SEATS)),
    "branches:filing_agree": _filing_step("agree", number="科社党〔2026〕9号"),
    **{f"branches:filing_{name}": _filing_step(name) for name in PASSED},
    **{f"branches:filing_{name}": _filing_step(name, reason="请核对") for name in RETURNED},
    "branches:group_enter": _same(**GROUP),
    "branches:group_change": _same(**GROUP),
    "branches:group_end": _same(on="2026-03-01"),
    **{f"starrating:{name}": body for name, body in STARS.items()},
    **{f"supervision:{name}": body for name, body in supervision.BODIES.items()},
    **{f"supervision:{name}": body for name, body in checks.BODIES.items()},
    **{f"training:{name}": body for name, body in TRAINING.items()},
    **{f"supervision:finding_{name}": body for name, body in FINDINGS.items()},
    "branches:unit_close": _same(on="2026-01-01", note="理事会决议"),
}
