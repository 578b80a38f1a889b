"""A refused spot check proposes V4, what one finds of the ledger costs E3 (R-STAR-05, §7.2)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.permissions import Role
from common.clock import day_of
from common.computing import compute, rows
from societies.models import Society
from starrating import actions as star_actions
from starrating.entry_lines import evidence
from starrating.evidence import also_of, veto_evidence
from starrating.figures import compute_day
from starrating.formulas import VETOES
from starrating.formulas.base import Window
from starrating.models import Criterion, Veto
from supervision import actions
from supervision.models import Finding
from supervision.querysets import SpotCheckQuerySet
from tests.factories import make_actor, make_edition, make_organisation, make_standard, make_user
from tests.factories.checks import ON_SITE, answered, barred, barred_on, make_check, passed_on
from tests.factories.coverage import at
from tests.factories.rounds import VALUES
from tests.supervision.browsing import browser, told

pytestmark = pytest.mark.django_db
DAY = ON_SITE.date()
END = date(2026, 12, 31)


def vetoed(window):
    """Those of whom V4 is proposed."""
    compute({"V4": VETOES["rectification_beyond"](Society.objects.all(), window, {"days": 90})})
    return {pk for (pk,) in rows("SELECT owner FROM figure_result WHERE covered > 0", [])}


# --- V4 -------------------------------------------------------------------------------------------


def test_a_refusal_that_was_found_is_proposed_in_the_year_of_the_conclusion():
    """R-STAR-05, V4: on the day of the conclusion, not before, and in no other year."""
    world = barred_on(make_check(), upheld=True)
    on = day_of(world.check.concluded_at)
    assert vetoed(Window.year_to(on - timedelta(days=1))) == set()
    assert vetoed(Window.year_to(on)) == {world.check.society_id}
    assert vetoed(Window.closing(2026, date(2027, 1, 31))) == {world.check.society_id}
    assert vetoed(Window.year_to(date(2027, 6, 30))) == set()


def test_neither_recorded_nor_declined_is_proposed():
    """R-SUP-03b: the lead's record proposes nothing by itself."""
    barred(make_check())
    assert vetoed(Window.year_to(END)) == set()
    barred_on(make_check(), upheld=False)
    assert vetoed(Window.year_to(END)) == set()


def test_without_the_look_at_the_conclusion_it_would_be(monkeypatch):
    """Negative control."""
    world = barred_on(make_check(), upheld=False)

    def recorded(self, since, until):
        return self.filter(barred_at__gte=since, barred_at__lt=until)

    monkeypatch.setattr(SpotCheckQuerySet, "upheld_in", recorded)
    assert vetoed(Window.year_to(END)) == {world.check.society_id}


def round_of(world):
    """The round of 2026 over the batch's societies, with its closing scores."""
    federation = world.check.federation
    make_edition(federation)
    make_standard(federation, "star-start-2")
    for name in "甲乙丙丁":
        make_actor(Role.COMMITTEE_MEMBER, federation, user=make_user(f"委员{name}"))
    by = make_actor(Role.COMMITTEE_REVIEWER, federation)
    later = {name: _year_on(value) for name, value in VALUES.items()}
    now = at(date(2027, 1, 12))
    chosen = star_actions.open_round(federation=federation, year=2026, values=later, by=by, now=now)
    return star_actions.compute_round(chosen=chosen, now=at(date(2027, 2, 2)))


def _year_on(value):
    return value.replace(year=value.year + 1) if isinstance(value, date) else value


def test_the_round_proposes_it_and_its_page_opens_the_check(monkeypatch):
    """D-6: whoever reads the case and the check gets from one to the other."""
    world = barred_on(make_check(), upheld=True)
    chosen = round_of(world)
    veto = Veto.objects.get(rule__code="V4")
    assert (veto.rule.code, veto.society_id, veto.proposed_by) == (
        "V4",
        world.check.society_id,
        None,
    )
    monkeypatch.setattr("common.clock.now", lambda: at(date(2027, 2, 3)))
    address = reverse("supervision:check", args=[world.check.pk])
    word = f"抽查 {world.check.code}：拒绝检查（已认定）"
    for by in (world.secretary, world.batch.cast.reviewer, world.batch.cast.leader):
        page = browser(by).get(reverse("starrating:veto", args=[veto.pk]))
        assert page.context["evidence"] == [(address, word)]
        assert address in page.content.decode()
        assert "拒绝检查（已认定）" in told(browser(by).get(address))
    member = make_actor(Role.COMMITTEE_MEMBER, world.check.federation)
    assert browser(member).get(reverse("starrating:veto", args=[veto.pk])).context["evidence"] == []
    entry = chosen.entries.get(society=world.check.society_id)
    ledgers, found = evidence(world.batch.cast.reviewer, entry)["E3"]
    assert (ledgers[1], found[1]) == ("台账", "整改")
    veto.year = 2025
    assert veto_evidence(world.batch.cast.reviewer, veto) == []


# --- E3 -------------------------------------------------------------------------------------------


def inspected(**unfit):
    """A concluded check that issued these items, under the newer standard."""
    world = passed_on(answered(**unfit))
    federation = world.check.federation
    make_edition(federation)
    standard = make_standard(federation, "star-start-2")
    society = world.check.society
    make_organisation(society, *society.units.all(), type="branch")
    actions.conclude_check(
        check=world.check,
        version=None,
        conclusion="维持",
        by=world.batch.cast.reviewer,
        now=world.now,
    )
    return world, standard


def e3(standard, society, on):
    compute_day(standard, on)
    sql = "SELECT state, numerator, denominator FROM star_line WHERE owner = %s AND key = 'E3'"
    return rows(sql, [society.pk])[0]


SHORT = ("not", "与实地不一致", "general")


def test_each_mismatch_that_a_check_found_costs_a_quarter():
    """§7.2 E3: items 7.1 and 7.2; what another item finds says nothing of the ledger."""
    world, standard = inspected(i7_1=SHORT, i7_2=SHORT, i2_6=SHORT)
    society = world.check.society
    assert Finding.objects.count() == 3
    assert e3(standard, society, DAY) == ("value", 2, 4)
    assert e3(standard, society, END) == ("value", 2, 4)
    assert e3(standard, society, DAY - timedelta(days=1))[0] == "not_applicable"
    assert e3(standard, society, date(2027, 3, 1))[0] == "not_applicable"
    other = next(each for each in world.batch.societies if each != society)
    assert e3(standard, other, DAY)[0] == "not_applicable"


def test_under_the_older_standard_it_costs_nothing():
    """Their digests are pinned: star-start counts returns alone."""
    world, standard = inspected(i7_1=SHORT)
    standard.delete()
    older = make_standard(world.check.federation, "star-start")
    assert e3(older, world.check.society, DAY)[0] == "not_applicable"


def test_what_a_check_found_of_another_item_costs_nothing():
    world, standard = inspected(i2_6=SHORT)
    assert e3(standard, world.check.society, DAY)[0] == "not_applicable"


def test_the_line_opens_ledgers_and_findings():
    """D-6: both sources; the second only for those whom it opens for, and where it counts."""
    federation = make_edition().federation
    new = make_standard(federation, "star-start-2")
    old = make_standard(make_edition().federation, "star-start")
    society = Society(name="示例学会", federation=federation)
    lines = [Criterion.objects.get(edition=s, code="E3", tree="multi") for s in (new, old)]
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    listed = reverse("supervision:finding_list", query={"q": society.name})
    assert [also_of(reviewer, society, line) for line in lines] == [(listed, "整改"), None]
    assert also_of(make_actor(Role.COMMITTEE_MEMBER, federation), society, lines[0]) is None
