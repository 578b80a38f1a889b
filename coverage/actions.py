"""Decisions about figures. Figures themselves are written by the night and by live only."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from coverage.models import CoverageEdition, CoverageRevision, NightRun, RevisionPublication
from coverage.night import run_night
from societies.access import Actor
from societies.models import Federation

REASON_LENGTH = 200


@transaction.atomic
def publish_revision(
    *, revision: CoverageRevision, reason: str, by: Actor, now: datetime
) -> RevisionPublication:
    """Show a later revision of a day in place of the present one (R-COV-02); the old stays.

    Raises NotAllowed without the right on the federation; ActionRefused at `reason`, for a
    revision shown already, or for one that a newer one has overtaken.
    """
    by.require(Permission.REVISION_PUBLISH, revision.federation)
    reason = reason.strip()
    if not reason:
        raise ActionRefused({"reason": ["请填写发布理由，例如补登了哪份批复"]})
    if len(reason) > REASON_LENGTH:
        raise ActionRefused({"reason": [f"发布理由最多 {REASON_LENGTH} 字，请精简"]})
    day = CoverageRevision.objects.filter(federation=revision.federation_id, on=revision.on)
    rows = {row.pk: row for row in day.select_for_update(no_key=True).order_by("number")}
    row = rows[revision.pk]
    if row.shown:
        raise ActionRefused(f"{row} 已发布")
    if any(other.number > row.number for other in rows.values()):
        raise ActionRefused(f"{row} 之后已有新的修订，请发布最新一版")
    day.filter(shown=True).update(shown=False)
    day.filter(pk=row.pk).update(shown=True)
    return RevisionPublication.objects.create(
        revision=row, published_at=now, published_by=by.user, reason=reason
    )


def run_again(*, federation: Federation, on: date, by: Actor, now: datetime) -> NightRun:
    """Compute a failed, missing or frozen night; a frozen day gets a revision if it differs.

    Not within a transaction: the night brings its own. Sent twice it writes nothing twice. Raises
    NotAllowed, ActionRefused at `on`, and whatever stops the computation (noted in the run).
    """
    by.require(Permission.NIGHT_RUN, federation)
    if on >= clock.day_of(now):
        raise ActionRefused({"on": ["当日结束后才能定格，请填写昨日或更早的日期"]})
    if not CoverageEdition.objects.valid_on(on).filter(federation=federation).exists():
        raise ActionRefused({"on": [f"{federation}在 {on} 没有适用的覆盖口径，请先载入口径"]})
    return run_night(federation, on, now=now, again=True, caught_up=on < clock.yesterday(now))
