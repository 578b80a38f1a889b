"""What changed against the last accepted version: for signing, review, and the count in queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledgers.catalogue import SINGLE, Field, Kind, fields_of
from ledgers.fields import ValueState
from ledgers.loading import single_values, values_of
from ledgers.models import Ledger, LedgerLeader, LedgerState
from ledgers.parsing import as_typed
from ledgers.snapshot import Values


@dataclass(frozen=True)
class Change:
    """One field (or leader) that differs. before, now: as shown, with 未报 and 不适用 in words.

    delta: the difference of two reported counts, else None.
    """

    section: str
    name: str
    label: str
    unit: str
    before: str
    now: str
    delta: int | None = None


def shown(field: Field, values: Values) -> str:
    """A value in words: codes by label, months as 2026-12; — for nothing (D-4)."""
    if field.is_count:
        state = values.state(field.name)
        if state != ValueState.REPORTED:
            return str(ValueState(state).label)
        return f"{values.n(field.name):,}"
    if field.kind == Kind.MONEY:
        amount = values.get(field.name)
        return "未报" if amount is None else f"{amount:,.2f}".removesuffix(".00")
    if field.kind == Kind.FLAG:
        return "是" if values.get(field.name) else "否"
    text = as_typed(field, values.data)
    if field.kind == Kind.CODES:
        return "、".join(field.label_of(code) for code in values.get(field.name)) or "—"
    return field.label_of(text) if text else "未报"


def field_changes(
    section: str, fields: tuple[Field, ...], before: Values, now: Values
) -> list[Change]:
    """The differing fields of one row."""
    found = []
    for field in fields:
        old, new = shown(field, before), shown(field, now)
        if old != new:
            a, b = before.n(field.name), now.n(field.name)
            delta = None if a is None or b is None else b - a
            found.append(Change(section, field.name, field.label, field.unit, old, new, delta))
    return found


def compared_with(ledger: Ledger) -> Ledger | None:
    """A restatement is compared with the version it corrects, else with the last period."""
    if ledger.is_restatement:
        accepted = Ledger.objects.filter(
            society_id=ledger.society_id,
            period_id=ledger.period_id,
            version__lt=ledger.version,
            state=LedgerState.ACCEPTED,
        )
        return accepted.latest("version")
    return Ledger.objects.previous_of(ledger)


def changes(ledger: Ledger) -> list[Change]:
    """Every change of 5.1–5.4 against `compared_with`; none without an earlier version."""
    base = compared_with(ledger)
    if base is None:
        return []
    before, now = single_values(base), single_values(ledger)
    found: list[Change] = []
    for section in SINGLE:
        fields = fields_of(section, ledger.period.edition.rules)
        found += field_changes(section, fields, before[section], now[section])
    return found + leader_changes(base, ledger)


def leader_changes(base: Ledger, ledger: Ledger) -> list[Change]:
    """People by post: who came, who went."""
    fields = fields_of("leaders", ledger.period.edition.rules)
    post = next(f for f in fields if f.name == "post")
    old, new = _by_post(base), _by_post(ledger)
    found = []
    for code in dict.fromkeys((*old, *new)):
        gone = [n for n in old.get(code, []) if n not in new.get(code, [])]
        come = [n for n in new.get(code, []) if n not in old.get(code, [])]
        if gone or come:
            found.append(
                Change(
                    "leaders",
                    code,
                    post.label_of(code),
                    "",
                    "、".join(gone) or "—",
                    "、".join(come) or "—",
                )
            )
    return found


def _by_post(ledger: Ledger) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in LedgerLeader.living.filter(ledger=ledger):
        found.setdefault(row.post, []).append("空缺" if row.vacant else row.name)
    return found


@dataclass(frozen=True)
class LongUnchanged:
    """A figure unchanged for long (X-08): since which period, over how many filings."""

    section: str
    name: str
    label: str
    unit: str
    value: str
    since: str
    periods: int

    @property
    def target(self) -> str:
        """The key under which the secretary ticks it."""
        return f"{self.section}.{self.name}"


def longest_unchanged(ledger: Ledger, limit: int = 5) -> list[LongUnchanged]:
    """The five reported counts unchanged for longest, by accepted versions (R-LED-13).

    None without an earlier accepted version. Ties follow the order of the form.
    """
    history = list(
        Ledger.objects.filter(
            society_id=ledger.society_id,
            state=LedgerState.ACCEPTED,
            period__as_of__lt=ledger.period.as_of,
        )
        .latest_versions()
        .select_related("period", "operations", "staff", "members")
        .order_by("-period__as_of")
    )
    now = single_values(ledger)
    found: list[LongUnchanged] = []
    for section in SINGLE:
        rows = [(old, values_of(section, getattr(old, section))) for old in history]
        for field in fields_of(section, ledger.period.edition.rules):
            if not field.is_count or now[section].n(field.name) is None:
                continue
            same = _run_of_equal(rows, field.name, now[section].n(field.name))
            if same:
                found.append(
                    LongUnchanged(
                        section,
                        field.name,
                        field.label,
                        field.unit,
                        shown(field, now[section]),
                        same[-1].period.label,
                        len(same),
                    )
                )
    return sorted(found, key=lambda row: -row.periods)[:limit]


def _run_of_equal(rows: list[tuple[Ledger, Values]], name: str, value: int | None) -> list[Ledger]:
    same: list[Ledger] = []
    for old, values in rows:
        if values.n(name) != value:
            break
        same.append(old)
    return same
