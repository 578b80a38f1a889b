"""The procedures of classes and of credit hours (roles.md §3) as data.

Beside a table's columns, whoever filed hours before the last correction does not confirm them
(HourEvent.filers), and a class at which somebody was present is not called off.
"""

from __future__ import annotations

from accounts.permissions import Permission
from common.states import Transition
from training.models import ClassState, HourEventState

C, H = ClassState, HourEventState

CHANGE = Transition("change_class", "修改计划", (C.DRAFT,), C.DRAFT, Permission.CLASS_PLAN)
SEND = Transition("send_plan", "送批", (C.DRAFT,), C.PLANNED, Permission.CLASS_PLAN)
APPROVE = Transition(
    "approve_plan",
    "批准",
    (C.PLANNED,),
    C.OPEN,
    Permission.CLASS_DECIDE,
    distinct_from=("drafted_by", "planned_by"),
)
HAND_BACK = Transition(
    "return_plan",
    "退回",
    (C.PLANNED,),
    C.DRAFT,
    Permission.CLASS_DECIDE,
    distinct_from=("drafted_by", "planned_by"),
    needs=("reason",),
)
CANCEL = Transition(
    "cancel_class",
    "取消",
    (C.DRAFT, C.PLANNED, C.OPEN, C.HELD),
    C.CANCELLED,
    Permission.CLASS_PLAN,
    needs=("reason",),
)
QUOTA = Transition("set_quotas", "分配名额", (C.DRAFT, C.OPEN), "", Permission.CLASS_PLAN)
ENROL = Transition("enrol", "报名", (C.OPEN,), C.OPEN, Permission.CLASS_ENROL)
ATTEND = Transition(
    "record_attendance", "登记到课", (C.OPEN, C.HELD), C.HELD, Permission.CLASS_ATTEND
)
SETTLE = Transition("settle_class", "结业", (C.HELD,), C.SETTLED, Permission.CLASS_ATTEND)
CLASS_STEPS = (CHANGE, QUOTA, SEND, APPROVE, HAND_BACK, ATTEND, SETTLE, CANCEL)

CORRECT = Transition(
    "correct_hours",
    "更正",
    (H.FILED, H.RETURNED),
    H.FILED,
    Permission.HOURS_FILE,
    distinct_from=("returned_by",),
)
WITHDRAW = Transition(
    "withdraw_hours", "撤回", (H.FILED, H.RETURNED), H.WITHDRAWN, Permission.HOURS_FILE
)
CONFIRM = Transition(
    "confirm_hours",
    "确认",
    (H.FILED,),
    H.CONFIRMED,
    Permission.HOURS_CONFIRM,
    distinct_from=("filed_by",),
)
RETURN = Transition(
    "return_hours",
    "退回",
    (H.FILED, H.CONFIRMED),
    H.RETURNED,
    Permission.HOURS_CONFIRM,
    distinct_from=("filed_by",),
    needs=("reason",),
)
HOUR_STEPS = (CORRECT, WITHDRAW, CONFIRM, RETURN)
