"""S2: nobody reads what is not theirs, on any page, download, fragment, search or error."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.db import models, transaction

from accounts.permissions import Role
from accounts.roles import SPECS
from ledgers.actions import ensure_draft
from ledgers.models import LedgerPeriod
from societies.access import Actor, ScopedQuerySet
from tests.access.canaries import CODED, TEXTS, add_words, plant
from tests.access.crawl import MOST, Found, crawl
from tests.access.ledgers import NOW
from tests.access.stages import STAGES
from tests.access.table import LINES
from tests.structure.test_models import own_models

pytestmark = pytest.mark.django_db

# The name of a joint organisation's lead stands beside it (R-OWN-03).
ONES_OWN = {("OWN", letter) for letter in "TRUIOGPLMNEHVCS"} | {
    ("JOINT", "O"),
    ("JOINT", "E"),
    ("NEAR", "T"),
}
ONES_OWN |= {("HOME", "F"), ("HOME", "N")}
# Office-holders, the people of the filings and data-quality issues: own society and committee.
INSIDE = {("OWN", "M"), ("OWN", "N"), ("OWN", "I")}
# Who chaired a meeting stays on the own side (roles.md §2.9).
COMMITTEE = ONES_OWN - {("OWN", "C")} | {("NEAR", letter) for letter in "TRUIOPLMNEVS"}
# Batches, their frames and spot checks.
COMMITTEE |= {("HOME", "B")} | {(own, letter) for own in ("OWN", "NEAR") for letter in "DK"}
# Declared interests: the person's own, and the committee's; never the society's (R-SUP-03).
COMMITTEE |= {("OWN", "D"), ("NEAR", "D")}
LIFELESS = ONES_OWN - INSIDE - {("OWN", letter) for letter in "EHCS"} - {("JOINT", "E")}
# Who rates reads entries and vetoes, who acted in them, the organisation rated.
RATING = {(owner, letter) for owner in ("OWN", "NEAR") for letter in "TSNO"}
RATING |= {("HOME", "F"), ("HOME", "N")}
ORGANISATION = {("OWN", "T"), ("OWN", "U"), ("OWN", "O"), ("HOME", "F")}
# Classes of the federation (J), who is enrolled (A), hours of the own (W) and another branch (X).
CLASSES, ENROLLED = {("HOME", "J")}, {("OWN", "A")}
MANAGER = {("HOME", "F"), ("HOME", "J"), ("HOME", "N"), ("HOME", "Q")}
MANAGER |= {(owner, letter) for owner in ("OWN", "NEAR") for letter in "TA"}
# Findings with their check and their batch; acting people only by role outside the inside (§2.9).
FOUND = {("OWN", "K"), ("HOME", "B")}
FOUND_NEAR = {("NEAR", "K")}
# What a check tells once it is signed (1), what inspectors still write (3), why one stays out (2).
SIGNED, WRITTEN = {("OWN", "1")}, {("OWN", "3")}
INSPECTED = {(owner, digit) for owner in ("OWN", "NEAR") for digit in "13"}
# What each role may read at all; roles.md §1, §2.7–2.9.
# Y: members of the own organisation and those who take part in it; Z: of another of the society.
MAY_READ: dict[str, set[tuple[str, str]]] = {
    "UC": ONES_OWN | FOUND | SIGNED | CLASSES | ENROLLED,
    "IN": LIFELESS - {("OWN", "V")} | FOUND | SIGNED | WRITTEN,
    "IT": LIFELESS,
    "UD": ONES_OWN | FOUND | {("OWN", "Y"), ("OWN", "Z")},
    "US": ONES_OWN | FOUND | SIGNED | CLASSES | ENROLLED | {("OWN", letter) for letter in "YZWX"},
    **dict.fromkeys(("CR", "CL"), COMMITTEE | CLASSES | FOUND | FOUND_NEAR | INSPECTED),
    "UB": ORGANISATION | CLASSES | {("HOME", "N")} | {("OWN", letter) for letter in "ECMNYW"},
    "TM": MANAGER,
    "CM": RATING,
    "CR2": ORGANISATION | {("OWN", "S"), ("HOME", "N")},
    "LV": {("HOME", "F")},
    "SA": {("HOME", "F"), ("AWAY", "F")},
    "UV": FOUND | {("OWN", letter) for letter in "TURN"} | {("HOME", "F")},
    "IL": FOUND
    | FOUND_NEAR
    | INSPECTED
    | {("OWN", "2"), ("NEAR", "2")}
    | {("HOME", letter) for letter in "BFN"}
    | {(owner, letter) for owner in ("OWN", "NEAR") for letter in "DKT"},
    **dict.fromkeys(("EX", "SE", "AU", "none", "anon"), set()),
}
# Crawled in every run; the others read what one of these reads.
ALWAYS = ("UC", "UB", "IN", "CR", "CM", "LV", "IL", "TM", "SA", "EX", "anon")
CRAWLED = [pytest.param(r, marks=[] if r in ALWAYS else [pytest.mark.slow]) for r in MAY_READ]
# Kinds of text that a page shows by itself, not in the frame around every page.
CONTENT = "RUOGPLMEVYSDAWXK123"
# Where the owner finds the own texts: proof that the crawl opens what it says.
FACTS = {"societies:list", "societies:export", "society", "search", "branches:society"}
FACTS |= {"branches:list", "branches:export", "branches:detail"}
FILINGS = {"ledgers:list", "ledgers:section", "ledgers:lock"}
TERMS = {"branches:terms", "branches:terms_export"}
POSTS = TERMS | {"branches:filings", "branches:filing"}
GAPS = {"dashboard", "dashboard_gap_export", "ledgers:review", "ledgers:period"}
GAPS |= {"ledgers:review_queue"}
LIFE = {"branches:life_list", "branches:life_export", "branches:life_record"}
LIFE |= {"branches:life_calendar"}
VISITS = {"branches:visit_list", "branches:visit"}
DESK = FACTS | FILINGS | {"branches:own"}
ENTERING = {"branches:enter", "branches:change", "branches:posting_change", "branches:unit_close"}
ENTERING |= {"societies:edit"}
ORGANISATIONS = {"branches:list", "branches:export", "branches:detail"}
STARS = {"starrating:entry", "starrating:print", "starrating:veto"}
BATCH = {f"supervision:batch{page}" for page in ("", "_frame", "_frame_text", "_export", "_print")}
REGISTER = {"branches:members", "branches:members_export", "branches:member"}
IMPORTS = {"branches:import_start", "branches:import", "branches:import_errors"}
IMPORTS |= {"branches:member_change", "branches:participation_stop"}
INTERESTS = {"societies:interests"}
ENROLMENTS = {"training:class"}
HOURS = {"training:events", "training:event", "training:hours_member"}
FINDINGS = {f"supervision:{name}" for name in ("findings", "finding_list", "finding_export")}
FINDINGS |= {"supervision:finding"}
CHECKS = {"supervision:check", "supervision:check_print"}
SEEN = {
    "UV": FINDINGS,
    "UC": FINDINGS
    | CHECKS
    | DESK
    | LIFE
    | VISITS
    | POSTS
    | STARS
    | {"ledgers:restate"}
    | ENROLMENTS,
    "US": DESK | LIFE | VISITS | POSTS | STARS | REGISTER | {"branches:member_queue"} | HOURS,
    "TM": ENROLMENTS | {"training:attendance", "training:import_template"},
    "UD": DESK | LIFE | VISITS | POSTS | STARS | REGISTER,
    "IN": FINDINGS | CHECKS | {"supervision:check_answers"} | DESK | TERMS,
    "IT": DESK | VISITS | TERMS,
    "CL": FACTS | FILINGS | GAPS | LIFE | VISITS | POSTS | STARS | INTERESTS,
    "CR": FACTS | FILINGS | GAPS | ENTERING | LIFE | VISITS | POSTS | STARS | INTERESTS,
    "CM": STARS,
    "IL": BATCH | FINDINGS | CHECKS,
    "UB": ORGANISATIONS | LIFE | REGISTER | IMPORTS | POSTS | HOURS | {"branches:life_correct"},
    "CR2": ORGANISATIONS | TERMS | {"starrating:entry", "starrating:print"},
}


@pytest.fixture(scope="module")
def planted(world):
    """Every procedure far on its way, every text a canary."""
    with transaction.atomic():
        for stage in (
            "to_decide",
            "proposed",
            "reviewed",
            "extension_reviewed",
            "suspended",
            "star_objected",
            "batch_notified",
            "check_passed_on",
        ):
            STAGES[stage](world)
        open_drafts(world)
        add_words(world)
        plant(world)
        yield world
        transaction.set_rollback(True)


def open_drafts(world) -> None:
    """The coming period's draft of every society, filled in from the last."""
    for holding in world.holdings.values():
        period = LedgerPeriod.objects.get(pk=holding.objects["next_period"]["period_pk"])
        ensure_draft(society=holding.society, period=period, by=holding.cast.clerk, now=NOW)


def leaks(role: str, found: Found) -> dict[tuple[str, str], set[str]]:
    return {word: at for word, at in found.words.items() if word not in MAY_READ[role]}


@pytest.mark.parametrize("role", CRAWLED)
def test_nobody_reads_foreign_words(planted, role):
    found = crawl(planted, role)
    assert leaks(role, found) == {}
    for word in INSIDE & MAY_READ[role]:
        assert word in found.words, "what only insiders read stands nowhere"
    assert found.failed == set()
    assert SEEN.get(role, set()) - found.pages("OWN", CONTENT) == set(), "the crawl did not look"
    assert len(found.opened) < MOST, "the crawl stopped early"


def test_owners_are_looked_for_on_ten_pages_and_more():
    assert {role for role, pages in SEEN.items() if len(pages) >= 10} >= {"UC", "US", "CR", "CL"}


def some(*names: str):
    return [line for line in LINES if line.name in names]


@pytest.mark.parametrize("page", ["societies:export", "search", "society", "ledgers:list"])
def test_without_scope_foreign_words_are_reported(planted, monkeypatch, page):
    """Negative control."""
    monkeypatch.setattr(ScopedQuerySet, "within", lambda rows, scope: rows.all())
    owners = {owner for owner, _ in leaks("UC", crawl(planted, "UC", some(page)))}
    assert {"NEAR", "FAR"} <= owners


def test_names_shown_to_readers_of_aggregates_are_reported(planted, monkeypatch):
    """Negative control of roles.md §2.9: without the rights asked for, names would show."""
    monkeypatch.setattr(Actor, "may_any", lambda self, permission: True)
    monkeypatch.setattr(ScopedQuerySet, "within", lambda rows, scope: rows.all())
    owners = {owner for owner, _ in leaks("LV", crawl(planted, "LV", some("dashboard")))}
    assert {"OWN", "NEAR"} <= owners


WHERE = {"M": "ledgers:section", "N": "ledgers:lock", "I": "society"}


@pytest.mark.parametrize(("letter", "page"), WHERE.items())
def test_without_the_distinction_the_inspector_would_read_them(planted, monkeypatch, letter, page):
    """Negative control of roles.md §2.9 and §3."""
    inspector = replace(SPECS[Role.INSPECTOR], inside=True)
    monkeypatch.setitem(SPECS, Role.INSPECTOR, inspector)
    assert page in leaks("IN", crawl(planted, "IN", some(page)))["OWN", letter]


def test_names_stand_on_the_pages_of_insiders_only():
    assert {s.code for s in SPECS.values() if s.inside} == {"UC", "US", "UD", "CR", "CL"}


def texts_of(model) -> set[str]:
    return {
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices
    }


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m._meta.label)
def test_every_text_has_its_canary_or_is_a_code(model):
    label = model._meta.label
    planted = {name for texts in TEXTS if texts.model == label for name in texts.fields}
    planted |= {"full_name"} if label == "accounts.User" else set()
    assert planted | CODED.get(label, set()) == texts_of(model)
    assert not planted & CODED.get(label, set())


def test_the_lists_name_living_models():
    labels = {m._meta.label for m in apps.get_models()}
    assert {texts.model for texts in TEXTS} | CODED.keys() <= labels
