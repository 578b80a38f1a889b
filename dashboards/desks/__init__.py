"""The desk of each role. DESKS is the one list; a role gets its desk with its appointment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from accounts.permissions import Role
from dashboards.desks.base import Desk
from dashboards.desks.branch import branch_desk
from dashboards.desks.committee import committee_desk
from dashboards.desks.inspection import lead_desk
from dashboards.desks.inspector import inspector_desk
from dashboards.desks.instructor import instructor_desk
from dashboards.desks.platform import sysadmin_desk
from dashboards.desks.rating import rating_desk
from dashboards.desks.society import society_desk
from dashboards.desks.statements import statement_desk
from dashboards.desks.training import training_desk
from societies.access import Actor

Builder = Callable[[Actor, date], Desk]

DESKS: tuple[tuple[Role, Builder], ...] = (
    (Role.SOCIETY_CLERK, society_desk),
    (Role.SOCIETY_SECRETARY, society_desk),
    (Role.DISCIPLINE_MEMBER, society_desk),
    (Role.BRANCH_SECRETARY, branch_desk),
    (Role.COMMITTEE_REVIEWER, committee_desk),
    (Role.COMMITTEE_LEADER, committee_desk),
    (Role.ASSESSOR, rating_desk),
    (Role.COMMITTEE_MEMBER, rating_desk),
    (Role.INSPECTOR, inspector_desk),
    (Role.INSPECTION_LEAD, lead_desk),
    (Role.SUPERVISOR_READER, statement_desk),
    (Role.TRAINING_MANAGER, training_desk),
    (Role.EXPERT, statement_desk),
    (Role.INSTRUCTOR, instructor_desk),
    (Role.LEADERSHIP_VIEWER, statement_desk),
    (Role.SYSADMIN, sysadmin_desk),
    (Role.SECADMIN, statement_desk),
    (Role.AUDITOR, statement_desk),
)

__all__ = ["DESKS", "Desk", "desk_of"]


def desk_of(actor: Actor, on: date) -> Desk:
    """The desk of the acting role on a day."""
    return dict(DESKS)[actor.role](actor, on)
