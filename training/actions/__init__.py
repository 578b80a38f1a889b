"""Everything people do in this room."""

from training.actions.attending import Marks, record_attendance, settle_class, write_marks
from training.actions.classes import (
    ClassPlan,
    SessionPlan,
    approve_plan,
    cancel_class,
    change_class,
    plan_class,
    return_plan,
    send_plan,
    set_quotas,
)
from training.actions.enrolling import enrol, withdraw_enrolment
from training.actions.hours import (
    HourFacts,
    confirm_hours,
    correct_hours,
    file_hours,
    return_hours,
    withdraw_hours,
)

__all__ = [
    "ClassPlan",
    "HourFacts",
    "Marks",
    "SessionPlan",
    "approve_plan",
    "cancel_class",
    "change_class",
    "confirm_hours",
    "correct_hours",
    "enrol",
    "file_hours",
    "plan_class",
    "record_attendance",
    "return_hours",
    "return_plan",
    "send_plan",
    "set_quotas",
    "settle_class",
    "withdraw_enrolment",
    "withdraw_hours",
    "write_marks",
]
