"""How far the demonstration's history is, for the bar of the first run; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboards.demo.nights import last_frozen, nights_done
from societies.models import Federation


@dataclass(frozen=True)
class Progress:
    """Nights of the history: frozen, and all up to yesterday. None frozen yet: facts first."""

    done: int
    whole: int

    @property
    def percent(self) -> float:
        """0 to 100."""
        return 100 * self.done / self.whole if self.whole else 100.0


def progress(federation: Federation, now: datetime) -> Progress | None:
    """What the bar shows; None once the history is there.

    The one night that may be left belongs to the beat: it runs at 02:00.
    """
    found = Progress(*nights_done(last_frozen(federation), now))
    return found if found.whole - found.done > 1 else None
