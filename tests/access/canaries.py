"""One string of its own in every text of every society and federation (S2).

A canary is ZQ + owner + a letter for the kind of text. Everything that starts with a foreign owner
on a page is a leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Left

from accounts.models import User
from branches.models import (
    LifeRecord,
    MemberImport,
    OrganisationSuspension,
    PartyMember,
    PartyOrganisation,
)
from ledgers.models import GuidanceMeasure, Ledger, LedgerReturnRemark, MeasureFollowUp
from societies.models import DataQualityIssue, Severity
from supervision.models import CheckState
from tests.access.ledgers import AS_OF, BEFORE, NOW
from tests.access.places import FAR, NEAR, OWN, SOCIETY
from tests.access.world import World
from training.models import HourEvent

MARK = "ZQ"
OWNERS = {OWN: "OWN", NEAR: "NEAR", FAR: "FAR"}
HOME, AWAY = "HOME", "AWAY"


@dataclass(frozen=True)
class Texts:
    """The text columns of one model that carry a canary.

    letter: the kind of text, a letter or a digit. owner: the column of its owner. federal: the
    owner is a federation.
    only: a column and the value that a constraint asks for, or that tells these rows apart.
    """

    model: str
    letter: str
    owner: str
    fields: tuple[str, ...]
    federal: bool = False
    only: tuple[str, Any] | None = None


LEDGER, CHECK = "ledger__society_id", "spot_check__society_id"
LATER = ("version__gt", 1)
PREFILL = ("prefill_text", "prefill_source")
UNSIGNED = ("spot_check__state", CheckState.IN_PROGRESS)
UNDECLARED = ("declared_at__isnull", True)
REGISTER = (
    *("code", "name_en", "relation_text", "supporting_unit", "business_supervisor"),
    *("office_address", "website", "sort_key", "initials", "source", "source_note"),
    *("name_en_source", "founded_year_source"),
)
ORGANISATION = ("name", "approval_number", "dissolution_number", "supporting_unit")
FILING = ("document_number", "more_seats_reason", "reason", "return_reason")
MEMBER = ("name", "sort_key", "initials", "return_reason")
OFFICE_HOLDER = (
    *("name", "vacant_reason", "relation_org", "work_unit", "professional_title"),
    *("political_review_by", "approved_document"),
)
CRITERION = ("title", "clause", "advice", "na_rule")
ENTRY = ("measures", "return_reason", "opinion", "re_opinion")
RATING_LINE = ("title", "clause", "na_rule", "self_text", "assessed_reason", "re_reason")
CHECKLIST = ("head", "title", "guidance", "clause")
BATCH = ("name", "return_reason")
FINDING = (
    *("code", "title", "facts", "requirement", "responsible_post", "plan", "measure", "result"),
    *("opinion", "return_reason"),
)
LIFE = ("place", "agenda", "learning", "decision", "return_reason", "withdrawal_reason")
CLASS = ("title", "place", "return_reason")
UPLOAD = ("file_name", "sheet_name", "problem")
EXEMPTION = ("exempt_reason", "exemption_refusal_reason")
OPERATIONS = ("supporting_unit", "business_supervisor", "office_address", "website")
TEXTS = (
    Texts("societies.Federation", "F", "pk", ("name", "committee_name"), federal=True),
    Texts("societies.Society", "R", "pk", REGISTER),
    Texts("societies.Society", "T", "pk", ("name",)),
    Texts("societies.SocietyUnit", "U", "society_id", ("name", "closing_note")),
    Texts("societies.DeclaredInterest", "D", "society_id", ("note", "reason", "end_reason")),
    Texts("societies.DataQualityIssue", "I", "society_id", ("message",)),
    Texts("branches.PartyOrganisation", "O", "society_id", ORGANISATION),
    Texts("branches.OrganisationSuspension", "O", "society_id", ("document_number",)),
    Texts("branches.Term", "O", "society_id", ("document_number",)),
    Texts("branches.Post", "M", "society_id", ("person_name",)),
    Texts("branches.PartyGroup", "M", "society_id", ("name", "leader_name")),
    Texts("branches.PostFiling", "M", "society_id", FILING),
    Texts("branches.PostFilingSeat", "M", "filing__society_id", ("person_name",)),
    Texts("branches.Posting", "P", "society_id", ("person_name", "home_unit", "document_number")),
    Texts("branches.ObligationEdition", "F", "federation_id", ("label", "source"), federal=True),
    Texts("branches.ObligationRule", "F", "edition__federation_id", ("clause",), federal=True),
    Texts("branches.LifeRecord", "E", "society_id", LIFE),
    Texts("branches.LifeRecord", "C", "society_id", ("chair_name",)),
    Texts("branches.VisitReport", "V", "society_id", ("work", "problems", "advice", "comment")),
    Texts("branches.PartyMember", "Y", "society_id", MEMBER),
    Texts("branches.MemberImport", "Y", "society_id", UPLOAD),
    Texts("training.TrainingEdition", "F", "federation_id", ("label", "source"), federal=True),
    Texts("training.TrainingClass", "J", "federation_id", CLASS, federal=True),
    Texts("training.Enrolment", "A", "society_id", ("person_name",)),
    Texts("training.HourEvent", "W", "society_id", ("title", "return_reason")),
    Texts("training.AttendanceImport", "Q", "training_class__federation_id", UPLOAD, True),
    Texts("ledgers.LedgerEdition", "F", "federation_id", ("code",), federal=True),
    Texts("ledgers.LedgerPeriod", "F", "federation_id", ("refusal_reason",), federal=True),
    Texts("ledgers.ExpectedFiling", "L", "society_id", EXEMPTION),
    Texts("ledgers.LockException", "L", "society_id", ("reason", "refusal_reason")),
    Texts("ledgers.Ledger", "L", "society_id", ("number", "return_reason")),
    Texts("ledgers.Ledger", "L", "society_id", ("restatement_reason",), only=LATER),
    Texts("ledgers.LedgerSection", "L", LEDGER, ("note",)),
    Texts("ledgers.LedgerOperations", "L", LEDGER, OPERATIONS),
    Texts("ledgers.LedgerLeader", "M", LEDGER, OFFICE_HOLDER),
    Texts("ledgers.LedgerNotEstablished", "L", LEDGER, ("reason_text", "responsible_post")),
    Texts("ledgers.GuidanceMeasure", "L", "society_id", ("responsible_post",)),
    Texts("ledgers.MeasureFollowUp", "L", "society_id", ("text",)),
    Texts("ledgers.LedgerStep", "L", "society_id", ("reason",)),
    Texts("ledgers.LedgerReturnRemark", "L", "society_id", ("text",)),
    Texts("ledgers.LedgerConfirmation", "L", "society_id", ("note", "message")),
    Texts("ledgers.LedgerChangeNote", "L", "society_id", ("text",)),
    Texts("supervision.ChecklistEdition", "F", "federation_id", ("label", "source"), federal=True),
    Texts("supervision.ChecklistItem", "F", "edition__federation_id", CHECKLIST, federal=True),
    Texts("supervision.SeverityRule", "F", "edition__federation_id", ("clause",), federal=True),
    Texts("supervision.InspectionBatch", "B", "federation_id", BATCH, federal=True),
    Texts("supervision.BatchStep", "B", "batch__federation_id", ("text",), federal=True),
    Texts("supervision.FrameRow", "D", "society_id", ("name",)),
    Texts("supervision.SpotCheck", "K", "society_id", ("code",)),
    Texts("supervision.SpotCheck", "1", "society_id", ("opinion", "conclusion", "reply")),
    Texts("supervision.AnswerRuling", "1", f"answer__{CHECK}", ("reason",)),
    Texts("supervision.CheckStep", "1", CHECK, ("text",)),
    Texts("supervision.CheckSignature", "1", CHECK, ("dissent",), only=("kind", "society")),
    Texts("supervision.Answer", "1", CHECK, ("note",)),
    Texts("supervision.Answer", "1", CHECK, PREFILL, only=("prefill_on__isnull", False)),
    Texts("supervision.Answer", "3", CHECK, ("note",), only=UNSIGNED),
    Texts("supervision.InspectorSeat", "2", CHECK, ("recusal",), only=UNDECLARED),
    Texts("supervision.Finding", "K", "society_id", FINDING),
    Texts("supervision.FindingStep", "K", "society_id", ("text",)),
    Texts("supervision.FindingEvidence", "K", "society_id", ("title",)),
    Texts("supervision.FindingExtension", "K", "society_id", ("reason", "opinion", "answer")),
    Texts("coverage.CoverageEdition", "F", "federation_id", ("label", "source"), federal=True),
    Texts("coverage.CoverageTarget", "F", "edition__federation_id", ("source",), federal=True),
    Texts("coverage.NightRun", "F", "federation_id", ("note",), federal=True),
    Texts("coverage.RevisionPublication", "F", "revision__federation_id", ("reason",), True),
    Texts("starrating.RatingEdition", "F", "federation_id", ("label", "source"), federal=True),
    Texts("starrating.RatingCategory", "F", "edition__federation_id", ("title",), federal=True),
    Texts("starrating.Criterion", "F", "edition__federation_id", CRITERION, federal=True),
    Texts("starrating.VetoRule", "F", "edition__federation_id", ("title", "clause"), federal=True),
    Texts("starrating.RatingEntry", "S", "society_id", ENTRY),
    Texts("starrating.RatingLine", "S", "society_id", RATING_LINE),
    Texts("starrating.RatingStep", "S", "society_id", ("text",)),
    Texts("starrating.DeliberationVote", "S", "society_id", ("text",)),
    Texts("starrating.TieVote", "S", "society_id", ("text",)),
    Texts("starrating.RatingObjection", "S", "society_id", ("text", "answer")),
    Texts("starrating.Veto", "S", "society_id", ("facts", "document_number", "statement")),
    Texts("starrating.ScoreAdjustment", "F", "edition__federation_id", ("title", "clause"), True),
)
# Text columns without a canary: codes, keys, secrets, and what a constraint forbids.
CODED = {
    # An extension's number goes with its day: a constraint.
    "branches.Term": {"extension_number"},
    "societies.Federation": {"code"},
    "societies.Society": {"uscc"},
    "societies.DataQualityIssue": {"code", "section"},
    "branches.ObligationEdition": {"key", "digest"},
    "branches.ExpectedLife": {"period"},
    "ledgers.LedgerPeriod": {"key"},
    "ledgers.LedgerOperations": {
        *("last_annual_inspection", "evaluation_grade", "support_type", "uscc"),
    },
    "ledgers.LedgerLeader": {"post", "sex", "political_status", "appointment_mode"},
    "ledgers.LedgerNotEstablished": {"primary_reason"},
    "ledgers.LedgerMeasure": {"code"},
    "ledgers.GuidanceMeasure": {"code", "reason"},
    "ledgers.LedgerStep": {"verb"},
    "ledgers.LedgerReturnRemark": {"field"},
    "ledgers.LedgerConfirmation": {"code", "target"},
    "ledgers.LedgerChangeNote": {"field"},
    "supervision.ChecklistEdition": {"key", "digest"},
    "supervision.ChecklistItem": {"code"},
    # Digests and the seed are printed for everybody who sees the batch; hashes are fingerprints.
    "supervision.InspectionBatch": {"code", "frame_digest", "seed_digest", "seed"},
    "supervision.BatchStep": {"verb"},
    "supervision.FrameRow": {"sort_hash", "reason"},  # the reason goes with the part: a constraint
    "supervision.Finding": {"item_code"},
    "supervision.FindingStep": {"verb"},
    "supervision.CheckStep": {"verb"},
    # Each goes with its record: a constraint.
    "supervision.SpotCheck": {"unsigned_reason", "barred_reason"},
    "supervision.AnswerSend": {"digest"},
    "supervision.FindingEvidence": {"text", "path"},  # one of them, by its kind: a constraint
    "supervision.InspectorSeat": {"ended_reason"},  # tied to the replacement: a constraint
    "coverage.CoverageEdition": {"key", "digest"},
    "coverage.CoverageSnapshot": {"dimension", "value"},
    "coverage.NightRun": {"definition"},
    "starrating.RatingEdition": {"key", "digest"},
    "starrating.RatingCategory": {"code"},
    "starrating.Criterion": {"code", "category", "formula"},
    "starrating.StarFloor": {"line"},
    # Reasons and numbers that constraints tie to a step.
    "starrating.RatingRound": {"document_number"},
    "starrating.RatingEntry": {"tie_reason"},
    "starrating.RatingLine": {"code", "category", "formula"},
    "starrating.RatingStep": {"verb"},
    "starrating.Veto": {"reason", "lift_reason"},
    "starrating.VetoRule": {"code", "formula"},
    "starrating.ScoreAdjustment": {"code", "formula"},
    **dict.fromkeys(
        (f"starrating.{name}Line" for name in ("Live", "Closing", "Frozen")), {"criterion"}
    ),
    "branches.MemberImportRow": {"key", "op"},
    "training.TrainingEdition": {"key", "digest"},
    # A reason that a constraint ties to its step, a number that one ties to the result.
    "training.TrainingClass": {"code", "cancel_reason"},
    "training.Enrolment": {"certificate_no"},
    "training.AttendanceImportRow": {"key", "op"},
    "common.StoredFile": {"sha256", "content_type"},
    "common.FormToken": {"purpose", "digest", "answer"},
    "accounts.User": {"password", "username", "notice_version"},  # full_name: `_name_people`
    "accounts.PasswordRecord": {"password"},
    "accounts.PortalSession": {"session_key", "session_data"},
}


def plant(world: World) -> None:
    """Write the canaries into everything that is there."""
    with pgtrigger.ignore():
        for texts in TEXTS:
            model: Any = apps.get_model(texts.model)
            for owner, pk in _owners(world, texts.federal):
                rows = model._default_manager.filter(**{texts.owner: pk})
                rows = rows.filter(**dict([texts.only])) if texts.only else rows
                _write(rows, f"{MARK}{owner}{texts.letter}", texts.fields)
        group, joint = world.holdings[OWN].group.pk, world.joint.pk
        _write(PartyOrganisation.objects.filter(pk=group), f"{MARK}OWNG", ORGANISATION)
        siblings = PartyMember.objects.filter(pk=world.holdings[OWN].objects["sibling_member"].pk)
        _write(siblings, f"{MARK}OWNZ", MEMBER)
        batches = MemberImport.objects.filter(organisation=group)
        _write(batches, f"{MARK}OWNZ", ("file_name", "sheet_name", "problem"))
        _write(PartyOrganisation.objects.filter(pk=joint), f"{MARK}JOINTO", ORGANISATION)
        # Every society served reads why the joint organisation does not count (R-OWN-03).
        pauses = OrganisationSuspension.objects.filter(organisation=joint)
        _write(pauses, f"{MARK}JOINTO", ("document_number",))
        events = HourEvent.objects.filter(organisation=group)
        _write(events, f"{MARK}OWNX", ("title", "return_reason"))
        for organisation, canary in ((group, "OWNH"), (joint, "JOINTE")):
            rows = LifeRecord.objects.filter(organisation=organisation)
            _write(rows, f"{MARK}{canary}", (*LIFE, "chair_name"))
        _name_people(world)


def _owners(world: World, federal: bool) -> list[tuple[str, int]]:
    places = {HOME: OWN, AWAY: FAR} if federal else {OWNERS[p]: p for p in (OWN, NEAR, FAR)}
    societies = {owner: world.holdings[place].society for owner, place in places.items()}
    return [(owner, s.federation_id if federal else s.pk) for owner, s in societies.items()]


def _write(rows: Any, canary: str, fields: tuple[str, ...]) -> None:
    values = {}
    for name in fields:
        length = rows.model._meta.get_field(name).max_length
        numbered = Concat(Value(canary), Cast("pk", CharField()))
        values[name] = Left(numbered, length)
    rows.update(**values)


def _name_people(world: World) -> None:
    for place, holding in world.holdings.items():
        cast = holding.cast
        federal = AWAY if place == FAR else HOME
        for actor in (cast.clerk, cast.secretary):
            _write(User.objects.filter(pk=actor.user.pk), f"{MARK}{OWNERS[place]}N", ("full_name",))
        for actor in (cast.reviewer, cast.leader):
            _write(User.objects.filter(pk=actor.user.pk), f"{MARK}{federal}N", ("full_name",))
    for role in SOCIETY:
        # Inspector and instructor are the federation's, not the society's.
        side = HOME if role in ("IN", "IT") else OWNERS[OWN]
        rows = User.objects.filter(pk=world.users[role].pk)
        _write(rows, f"{MARK}{side}N", ("full_name",))


def add_words(world: World) -> None:
    """What the procedures of the access world do not leave behind: issues, remarks, follow-ups."""
    for holding in world.holdings.values():
        society, cast = holding.society, holding.cast
        DataQualityIssue.objects.create(
            society=society, code="Q-01", severity=Severity.ERROR, message="-", opened_on=AS_OF
        )
        ledger = Ledger.objects.filter(society=society).latest("version")
        step = ledger.steps.first()
        by = {"by": cast.reviewer.user, "at": NOW}
        remark = {"section": "operations", "field": "annual_income", "text": "-"}
        LedgerReturnRemark.objects.create(ledger=ledger, step=step, society=society, **remark, **by)
        for measure in GuidanceMeasure.objects.filter(society=society):
            MeasureFollowUp.objects.create(
                measure=measure, society=society, on=BEFORE, text="-", **by
            )
