"""Training: classes with places per society, credit hours, and what a person's year amounts to."""

from training.models.classes import (
    ClassMode,
    ClassQuota,
    ClassState,
    Course,
    Portion,
    TrainingClass,
    TrainingSession,
)
from training.models.editions import TrainingEdition
from training.models.enrolments import CourseResult, Enrolment, SessionAttendance
from training.models.hours import HourCredit, HourEvent, HourEventState, HourKind, YearHours
from training.models.imports import AttendanceImport, AttendanceImportRow

__all__ = [
    "AttendanceImport",
    "AttendanceImportRow",
    "ClassMode",
    "ClassQuota",
    "ClassState",
    "Course",
    "CourseResult",
    "Enrolment",
    "HourCredit",
    "HourEvent",
    "HourEventState",
    "HourKind",
    "Portion",
    "SessionAttendance",
    "TrainingClass",
    "TrainingEdition",
    "TrainingSession",
    "YearHours",
]
