"""Writes of this room.

Organisations, society branches and postings are the reviewer's alone (R-ORG-09); terms and posts
come from filings that pass four pairs of eyes (roles.md §3).

Organisation life is filed by the organisations' secretaries, visits by the posted instructors.

Every action marks all societies concerned dirty from the first day the change bears on.
"""

from branches.actions.filing_steps import (
    accept_filing,
    agree_extension,
    disagree_extension,
    forward_filing,
    hand_back_filing,
    return_filing,
    send_filing,
    sign_filing,
)
from branches.actions.filings import begin_filing, save_filing, withdraw_filing
from branches.actions.life import (
    correct_record,
    discard_draft,
    file_record,
    file_records,
    return_record,
    save_draft,
    withdraw_record,
)
from branches.actions.member_rolls import file_roll
from branches.actions.organisations import (
    change_organisation,
    dissolve_organisation,
    enter_organisation,
)
from branches.actions.party_groups import (
    change_party_group,
    end_party_group,
    enter_party_group,
)
from branches.actions.postings import change_posting, end_posting, enter_posting
from branches.actions.services import resume, serve_unit, stop_serving, suspend
from branches.actions.units import close_secretariat, close_society_branch, open_society_branch
from branches.actions.visits import comment_visit, file_visit, withdraw_visit

__all__ = [
    "accept_filing",
    "agree_extension",
    "begin_filing",
    "change_organisation",
    "change_party_group",
    "change_posting",
    "close_secretariat",
    "close_society_branch",
    "comment_visit",
    "correct_record",
    "disagree_extension",
    "discard_draft",
    "dissolve_organisation",
    "end_party_group",
    "end_posting",
    "enter_organisation",
    "enter_party_group",
    "enter_posting",
    "file_record",
    "file_records",
    "file_roll",
    "file_visit",
    "forward_filing",
    "hand_back_filing",
    "open_society_branch",
    "resume",
    "return_filing",
    "return_record",
    "save_draft",
    "save_filing",
    "send_filing",
    "serve_unit",
    "sign_filing",
    "stop_serving",
    "suspend",
    "withdraw_filing",
    "withdraw_record",
    "withdraw_visit",
]
