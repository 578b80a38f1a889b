"""Every formula by its name; editions name them. A changed meaning gets a new name (decision 7).

What is due of a year that runs is the window's to say, for every formula and edition alike
(`base.Window`); a formula that missed what its clause says is mended under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping

from starrating.formulas import findings, hours, ledgers, life, members, posts, tiers
from starrating.formulas.base import Formula, NoParams

FORMULAS: Mapping[str, Formula] = {
    "first_topic": Formula(life.first_topic, life.FirstTopic),
    "tier_coverage": Formula(tiers.tier_coverage, tiers.Weights),
    "seats_filled": Formula(posts.seats_filled, NoParams),
    "terms_on_time": Formula(posts.terms_on_time, posts.Lateness),
    "charter": Formula(ledgers.charter, NoParams),
    "compliance": Formula(life.compliance, life.Kinds),
    "attendance": Formula(life.attendance, life.Attendance),
    "attendance_here": Formula(life.attendance_here, life.Attendance),
    "development_cases": Formula(members.development_cases, NoParams),
    "relations_clear": Formula(members.relations_clear, NoParams),
    "five_clears": Formula(ledgers.five_clears, NoParams),
    "filed_on_time": Formula(ledgers.filed_on_time, NoParams),
    "true_figures": Formula(ledgers.true_figures, ledgers.Mismatches),
    "hours_done": Formula(hours.hours_done, hours.Who),
    "closed_in_time": Formula(findings.closed_in_time, NoParams),
}
# Proposals of 一票否决: num 1 where the case is given (R-STAR-05).
VETOES: Mapping[str, Formula] = {
    "nothing_in_place": Formula(tiers.nothing_in_place, NoParams),
    "term_overdue": Formula(posts.term_overdue, posts.Overdue),
    "no_life": Formula(life.no_life, NoParams),
    "rectification_beyond": Formula(findings.rectification_beyond, findings.Span),
}
# Bonus and deductions: num is how many cases there are; no row or 0: none (R-STAR-02).
ADJUSTMENTS: Mapping[str, Formula] = {
    "rectification_overdue": Formula(findings.rectification_overdue, findings.Span),
}
