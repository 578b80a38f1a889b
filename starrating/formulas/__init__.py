"""Every formula by its name; editions name them. A changed meaning gets a new name (decision 7)."""

from __future__ import annotations

from collections.abc import Mapping

from starrating.formulas import ledgers, tiers
from starrating.formulas.base import Formula, NoParams

FORMULAS: Mapping[str, Formula] = {
    "tier_coverage": Formula(tiers.tier_coverage, tiers.Weights),
    "charter": Formula(ledgers.charter, NoParams),
    "five_clears": Formula(ledgers.five_clears, NoParams),
    "filed_on_time": Formula(ledgers.filed_on_time, NoParams),
    "true_figures": Formula(ledgers.true_figures, ledgers.Mismatches),
}
# Proposals of 一票否决: num 1 where the case is given (R-STAR-05).
VETOES: Mapping[str, Formula] = {
    "nothing_in_place": Formula(tiers.nothing_in_place, NoParams),
}
