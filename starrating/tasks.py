"""Daily work of the ratings."""

from __future__ import annotations

from celery import shared_task

from common import clock
from starrating.actions import compute_round
from starrating.models import RatingRound


@shared_task
def take_closing_scores() -> int:
    """Take the closing scores of every round whose freeze date has come; how many rounds."""
    now = clock.now()
    waiting = list(RatingRound.objects.to_compute(clock.day_of(now)).order_by("pk"))
    for chosen in waiting:
        compute_round(chosen=chosen, now=now)
    return len(waiting)
