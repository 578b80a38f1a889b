"""Writes of Party organisations, society branches and postings: the reviewer's alone (R-ORG-09).

Every action marks all societies concerned dirty from the first day the change bears on.
"""

from branches.actions.organisations import (
    change_organisation,
    dissolve_organisation,
    enter_organisation,
)
from branches.actions.postings import change_posting, end_posting, enter_posting
from branches.actions.services import resume, serve_unit, stop_serving, suspend
from branches.actions.units import close_secretariat, close_society_branch, open_society_branch

__all__ = [
    "change_organisation",
    "change_posting",
    "close_secretariat",
    "close_society_branch",
    "dissolve_organisation",
    "end_posting",
    "enter_organisation",
    "enter_posting",
    "open_society_branch",
    "resume",
    "serve_unit",
    "stop_serving",
    "suspend",
]
