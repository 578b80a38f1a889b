"""R-LED-05, D-12: each federation's own bodies owe a ledger; foundations and international none."""

import tomllib
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings

from ledgers import editions
from ledgers.editions import load_editions, shipped
from ledgers.models import LedgerEdition
from tests.factories import make_federation, make_period, make_society

OWE_NONE = {"foundation", "international"}
COVERAGE = settings.BASE_DIR / "coverage" / "editions"


def expected_of(code):
    own = [e for e in shipped() if e["federation"] == code]
    (found,) = own or [e for e in shipped() if not e["federation"]]
    return set(found["expected"]["body_kinds"]), found["expected"]["relations"]


@pytest.mark.parametrize("path", sorted(COVERAGE.glob("*.toml")), ids=lambda path: path.stem)
def test_whoever_counts_owes_but_for_foundations(path):
    """U of the coverage edition, without the bodies that owe none."""
    universe = tomllib.loads(path.read_text("utf-8"))
    kinds, relations = expected_of(universe["federation"])
    assert kinds == set(universe["body_kinds"]) - OWE_NONE
    assert relations == universe["relations"]


def test_an_own_edition_takes_the_rest_from_the_one_it_is_based_on():
    own, default = (next(e for e in shipped() if e["code"] == code) for code in CODES)
    assert {key for key in default if own[key] != default[key]} == {
        *("code", "federation", "expected"),
    }
    assert "based_on" not in own


CODES = ("ledger-chongqing", "ledger-default")


def test_an_unknown_base_is_named(tmp_path, monkeypatch):
    (tmp_path / "x.toml").write_text('code = "x"\nbased_on = "gone"\n', "utf-8")
    monkeypatch.setattr(editions, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="所依据的版本 gone 不存在"):
        shipped()


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "owes"), [("chongqing", True), ("cast", False)])
def test_private_bodies_owe_in_chongqing(code, owes):
    federation = make_federation(code=code)
    kinds = ("society", "private_non_enterprise", "foundation", "international")
    bodies = {kind: make_society(federation, body_kind=kind) for kind in kinds}
    period = make_period(federation)
    frozen = set(period.expected.values_list("society__body_kind", flat=True))
    assert frozen == {"society"} | ({"private_non_enterprise"} if owes else set())
    assert period.edition.rules.expects(bodies["private_non_enterprise"]) is owes


@pytest.mark.django_db
class TestEditionsLoadedBefore:
    """The installation that loaded the default edition for Chongqing."""

    @pytest.fixture
    def loaded(self):
        federation = make_federation(code="chongqing")
        (edition,) = load_editions(federation)
        default = next(e for e in shipped() if e["code"] == "ledger-default")
        edition.code = "ledger-default"
        edition.content |= {"expected": default["expected"]}
        edition.save()
        return edition

    def widen(self):
        import_module("ledgers.migrations.0009_chongqing_edition").widen(apps, None)

    def test_it_is_widened(self, loaded):
        self.widen()
        loaded.refresh_from_db()
        assert loaded.code == "ledger-chongqing"
        assert set(loaded.rules.expected_kinds) == expected_of("chongqing")[0]

    def test_a_frozen_set_keeps_its_edition(self, loaded):
        """D-5."""
        make_society(loaded.federation)
        make_period(loaded.federation)
        self.widen()
        loaded.refresh_from_db()
        assert loaded.code == "ledger-default"

    def test_other_federations_keep_theirs(self):
        load_editions(make_federation(code="cast"))
        self.widen()
        assert LedgerEdition.objects.get().code == "ledger-default"
