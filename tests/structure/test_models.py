"""Every owned model has one owner, a scope and a change log, or a written reason why not."""

import pytest
from django.apps import apps
from django.db import models

from accounts.permissions import Permission
from societies.access import Owned, ScopedQuerySet, ScopePaths

ROOMS = {
    "common",
    "accounts",
    "societies",
    "branches",
    "ledgers",
    "training",
    "supervision",
    "coverage",
    "starrating",
}

# Models that belong to nobody, and why.
NOT_OWNED: dict[str, str] = {
    "branches.ExpectedLifeDay": "a clock of the expected sets, never shown",
    "common.FormToken": "key of a form already sent, never shown",
    "common.StoredFile": "bytes; reached through the row that refers to them",
    "branches.MemberImportRow": "part of an import; read through it",
    "training.AttendanceImportRow": "part of an import; read through it",
    "accounts.User": "a person's account; read through appointments",
    "accounts.PasswordRecord": "part of a user",
    "accounts.PortalSession": "part of a user",
    "societies.FederationGrant": "part of an appointment; read only by the Actor",
    "societies.SocietyGrant": "part of an appointment; read only by the Actor",
    "societies.SocietyUnitGrant": "part of an appointment; read only by the Actor",
    "branches.PartyOrganisationGrant": "part of an appointment; read only by the Actor",
    "branches.PostFilingSeat": "part of a filing; read through it",
    "societies.DirtySociety": "queue of the figures, never shown",
    "societies.BackdatedFact": "queue of the figures, never shown",
    "ledgers.LedgerSection": "part of a ledger; read through it",
    "ledgers.LedgerOperations": "part of a ledger; read through it",
    "ledgers.LedgerStaff": "part of a ledger; read through it",
    "ledgers.LedgerMembers": "part of a ledger; read through it",
    "ledgers.LedgerLeader": "part of a ledger; read through it",
    "ledgers.LedgerNotEstablished": "part of a ledger; read through it",
    "ledgers.LedgerMeasure": "part of a ledger; read through it",
}

# Models whose rows need no change log, and why.
NOT_TRACKED: dict[str, str] = {
    "branches.ExpectedLifeDay": "a clock",
    "branches.ExpectedLife": "follows from tracked organisations, records and rules; frozen",
    "branches.ObligationRule": "insert-only part of a tracked edition",
    "branches.LifeDraft": "autosaved; the filed record is tracked",
    "common.FormToken": "transient",
    "common.StoredFile": "bytes by their digest, never changed",
    "branches.MemberImportRow": "staged for a week, no fact",
    "training.AttendanceImportRow": "staged for a week, no fact",
    "training.YearHours": "follows from tracked events and credits",
    "accounts.PasswordRecord": "secrets",
    "accounts.PortalSession": "transient",
    "societies.FederationGrant": "follows from the tracked appointment",
    "societies.SocietyGrant": "follows from the tracked appointment",
    "societies.SocietyUnitGrant": "follows from the tracked appointment",
    "branches.PartyOrganisationGrant": "follows from the tracked appointment",
    "societies.DirtySociety": "queue",
    "societies.BackdatedFact": "queue",
    "coverage.LiveCoverage": "figure",
    "coverage.LiveClosing": "figure",
    "coverage.LiveDay": "figure",
    "coverage.SocietyCoverage": "figure",
    "coverage.SocietyCoverageCorrection": "figure",
    "coverage.CoverageSnapshot": "figure",
    "coverage.CoverageRevision": "figure; its publication is tracked",
    "coverage.NightRun": "run",
    "supervision.ChecklistItem": "insert-only part of a tracked edition",
    "supervision.SeverityRule": "insert-only part of a tracked edition",
    "supervision.FrameRow": "frozen; a trigger refuses what comes after",
    "supervision.BatchStep": "insert-only history itself",
    "supervision.FindingStep": "insert-only history itself",
    "supervision.CheckStep": "insert-only history itself",
    "supervision.AnswerRuling": "insert-only, beside the tracked answer",
    "supervision.AnswerSend": "insert-only log; the answer is tracked",
    "starrating.RatingStep": "insert-only history itself",
    "starrating.DeliberationVote": "insert-only history itself",
    "starrating.TieVote": "insert-only history itself",
    "starrating.LiveLine": "figure",
    "starrating.ClosingLine": "figure",
    "starrating.FrozenLine": "figure",
    "starrating.LiveTotal": "figure",
    "starrating.ClosingTotal": "figure",
    "starrating.FrozenTotal": "figure",
    "ledgers.LedgerSection": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerOperations": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerStaff": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerMembers": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerLeader": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerNotEstablished": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerMeasure": "autosaved; every accepted version is kept and immutable",
    "ledgers.LedgerStep": "insert-only history itself",
    "ledgers.ReviewDraft": "autosaved; the words of the return are tracked",
}


def is_event(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def own_models() -> list[type[models.Model]]:
    return [
        m
        for m in apps.get_models()
        if m._meta.app_label in ROOMS and not is_event(m) and not m._meta.proxy
    ]


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m._meta.label)
def test_model_is_owned_or_exempt(model):
    if model._meta.label in NOT_OWNED:
        assert not issubclass(model, Owned)
        return
    assert issubclass(model, Owned), "declare read_permission and scope_paths, or exempt it"
    assert isinstance(model.read_permission, Permission)
    assert isinstance(model.scope_paths, ScopePaths)
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m._meta.label)
def test_model_is_tracked_or_exempt(model):
    tracked = {m.pgh_tracked_model for m in apps.get_models() if is_event(m)}
    assert (model in tracked) != (model._meta.label in NOT_TRACKED)


def test_exemptions_name_living_models():
    labels = {m._meta.label for m in own_models()}
    assert set(NOT_OWNED) <= labels
    assert set(NOT_TRACKED) <= labels


def test_no_bare_glossary_names():
    """rules §16: these words alone mean two things."""
    forbidden = {"Branch", "Member", "Committee", "Secretary", "Organization", "Organisation"}
    assert not forbidden & {m.__name__ for m in own_models()}


def test_every_timestamp_of_an_act_names_its_user():
    """`x_at` has `x_by`, where a person acted."""
    machine = {"created_at", "computed_at", "started_at", "finished_at", "opened_at"}
    wrong = []
    for model in own_models():
        names = {f.name for f in model._meta.get_fields()}
        for name in names:
            if name.endswith("_at") and name not in machine and f"{name[:-3]}_by" not in names:
                wrong.append(f"{model._meta.label}.{name}")
    assert sorted(set(wrong) - ALONE) == []


# A moment without a person beside it, and why.
ALONE = {
    "branches.ExpectedLife.frozen_at",  # by the turn of the day
    "accounts.User.password_changed_at",  # by the user, always
    "accounts.User.notice_read_at",  # by the user, always
    "accounts.PasswordRecord.changed_at",  # by the user, always
    "supervision.SpotCheck.confirmed_at",  # of the third signature; who signed stands there
    "supervision.InspectorSeat.declared_at",  # by the seat's user, always
    "ledgers.Ledger.first_filed_at",  # of the first signature; who signed stands in the steps
    "ledgers.Ledger.counted_filed_at",  # follows from signatures (R-LED-08)
}
