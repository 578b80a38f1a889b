"""Everything a page of one version prints, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from ledgers.actions.words import NEEDS_WORDS
from ledgers.catalogue import SECTION_LABELS, SINGLE
from ledgers.catalogue import label as label_of
from ledgers.checks import Finding, run_checks
from ledgers.completeness import Completeness, completeness
from ledgers.forms.cells import BLANK
from ledgers.forms.procedure import last_remarks
from ledgers.loading import load_snapshot
from ledgers.models import Ledger, LedgerConfirmation, LedgerSection
from ledgers.snapshot import Snapshot, Values

CODES = tuple(SECTION_LABELS)
NUMERALS = "一二三四五"


@dataclass(frozen=True)
class Line:
    """A warning of the form with what was said to it. answered: for the message as it stands."""

    finding: Finding
    ticked: bool = False
    note: str = ""
    answered: bool = False

    @property
    def needs_words(self) -> bool:
        """R-LED-03 asks a written explanation, no tick."""
        return self.finding.code in NEEDS_WORDS

    @property
    def key(self) -> str:
        """Of the controls: `tick-` and `word-` go before it."""
        return f"{self.finding.code}-{self.finding.target}"


@dataclass(frozen=True)
class Step:
    """One of the five tables in the stepper."""

    number: int
    label: str
    url: str
    current: bool
    done: bool
    progress: str
    errors: int


@dataclass(frozen=True)
class Spot:
    """A finding or blank with the page and control it leads to."""

    label: str
    url: str


@dataclass
class Sheet:
    """One version on one day: values, findings, completeness, and words said."""

    ledger: Ledger
    today: date
    # Whether blanks count as errors: after somebody asked for 送审签.
    strict: bool = False

    @cached_property
    def snapshot(self) -> Snapshot:
        """The stored values."""
        return load_snapshot(self.ledger, self.today)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the checks say."""
        return run_checks(self.snapshot)

    @cached_property
    def counts(self) -> dict[str, Completeness]:
        """Filled of required, per table."""
        return completeness(self.snapshot)

    @cached_property
    def sections(self) -> dict[str, LedgerSection]:
        """Lock numbers and times of saving."""
        rows = self.ledger.sections.select_related("saved_by")
        return {row.code: row for row in rows}

    @cached_property
    def ticks(self) -> dict[tuple[str, str], LedgerConfirmation]:
        """What was confirmed, by check and target; those of X-08 as well."""
        return {(c.code, c.target): c for c in self.ledger.confirmations.all()}

    @cached_property
    def lines(self) -> list[Line]:
        """The warnings with ticks and words."""
        notes = {(n.section, n.field): n.text for n in self.ledger.change_notes.all() if not n.row}
        found = []
        for finding in self.findings:
            if finding.is_error:
                continue
            if finding.code in NEEDS_WORDS:
                text = notes.get((finding.section, finding.fields[0]), "")
                found.append(Line(finding, note=text, answered=bool(text)))
                continue
            tick = self.ticks.get((finding.code, finding.target))
            same = tick is not None and tick.message == finding.message
            found.append(Line(finding, same, tick.note if tick else "", same))
        return found

    @cached_property
    def remarks(self) -> dict[tuple[str, str, int], str]:
        """The committee's words of its last return, by table, field and row (R-LED-08).

        They stand until the version is accepted, whoever has it.
        """
        return last_remarks(self.ledger)

    def remark(self, section: str, name: str, row: int = 0) -> str:
        """What the committee said at a field, or nothing."""
        return self.remarks.get((section, name, row), "")

    @property
    def unconfirmed(self) -> list[Line]:
        """Warnings still waiting for their tick or words."""
        return [line for line in self.lines if not line.answered]

    @property
    def errors(self) -> list[Finding]:
        """What must be mended; blanks only when strict."""
        return [f for f in self.findings if f.is_error and (self.strict or f.code != BLANK)]

    @property
    def previous_label(self) -> str:
        """Head of the column of last values."""
        return self.snapshot.previous.label if self.snapshot.previous else "上期"

    def before(self, section: str) -> Values | None:
        """Last period's values of a table."""
        previous = self.snapshot.previous
        return previous.sections.get(section) if previous else None

    def lines_of(self, section: str) -> list[Line]:
        """The warnings of one table."""
        return [line for line in self.lines if line.finding.section == section]

    def url(self, number: int) -> str:
        """The page of a table."""
        return reverse("ledgers:section", args=[self.ledger.pk, number])

    def spot(self, finding: Finding, words: str = "") -> Spot:
        """Where a finding is mended."""
        return Spot(words or finding.line, f"{self._page(finding)}#{anchor(finding)}")

    def _page(self, finding: Finding) -> str:
        """The table of a finding, with its row open."""
        asked = {"check": "1"} if self.strict else {}
        if finding.section == "leaders" and finding.row:
            asked["row"] = str(finding.row)
        url = self.url(CODES.index(finding.section) + 1)
        return f"{url}?{urlencode(asked)}" if asked else url

    @property
    def error_spots(self) -> list[Spot]:
        """The summary above the form, over all tables."""
        return [self.spot(finding) for finding in self.errors]

    @property
    def waiting_spots(self) -> list[Spot]:
        """Warnings that keep the version from being sent, for the summary after 送审签."""
        if not self.strict:
            return []
        return [
            Spot(f"请确认：{line.finding.line}", f"{self._page(line.finding)}#confirm")
            for line in self.unconfirmed
        ]

    @property
    def blanks(self) -> list[Spot]:
        """Required fields that are 未报."""
        return [self.spot(f, _label(f)) for f in self.findings if f.code == BLANK]

    def steps(self, current: int = 0) -> list[Step]:
        """The stepper."""
        return [
            Step(
                number=number,
                label=SECTION_LABELS[code],
                url=self.url(number),
                current=number == current,
                done=self.counts[code].is_complete and not self._errors_in(code),
                progress=self._progress(code),
                errors=self._errors_in(code),
            )
            for number, code in enumerate(CODES, 1)
        ]

    def _errors_in(self, code: str) -> int:
        return sum(f.section == code for f in self.errors)

    def _progress(self, code: str) -> str:
        count = self.counts[code]
        if code == "leaders" and count.is_complete:
            return f"{len(self.snapshot.leaders)} 人 已核对"
        if not count.required:
            return "无需填报"
        word = "已完成" if count.is_complete else "填报中" if count.filled else "未开始"
        return f"{count.filled} / {count.required} {word}"


def anchor(finding: Finding) -> str:
    """Id of the control a finding points at."""
    name = finding.fields[0] if finding.fields else ""
    if not name:
        return "section"
    if finding.section in SINGLE or not finding.row:
        return name if finding.section in SINGLE else "section"
    return f"{'m' if name in _MEASURE_FIELDS else 'r'}{finding.row}-{name}"


_MEASURE_FIELDS = frozenset({"code", "measure_from", "measure_to", "posting"})


def _label(finding: Finding) -> str:
    table = finding.section
    if table == "not_established" and finding.fields[0] in _MEASURE_FIELDS:
        table = "measures"
    return label_of(table, finding.fields[0])
