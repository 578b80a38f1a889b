"""Photos of an item: added once, removed while the check goes on (R-SUP-04)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from common.models import StoredFile
from societies.access import Actor
from supervision import check_states, photos
from supervision.actions.check_common import check_allowed, lock_check, refuse_early, seat_of
from supervision.models import Answer, AnswerPhoto, SpotCheck


def add_photo(*, answer: Answer, key: UUID, data: bytes, by: Actor, now: datetime) -> AnswerPhoto:
    """Keep a photo without its metadata; the same `key` again gives the photo already kept.

    Raises NotAllowed; ActionRefused at `photo`, or for one photo more than an item takes.
    """
    # The right first: nobody else's file is worth decoding. The picture is made outside the
    # transaction, which would hold the check's lock meanwhile.
    with transaction.atomic():
        _locked(answer.spot_check, by, now)
    picture = photos.rewritten(data)
    with transaction.atomic():
        _locked(answer.spot_check, by, now)
        rows = AnswerPhoto.objects.filter(answer=answer)
        if twin := rows.filter(client_key=key).first():
            return twin
        if rows.count() >= photos.MOST_OF_ITEM:
            raise ActionRefused({photos.FIELD: [f"每项最多 {photos.MOST_OF_ITEM} 张照片"]})
        return AnswerPhoto.objects.create(
            answer=answer,
            file=StoredFile.keep(picture, photos.TYPE, now),
            client_key=key,
            added_by=by.user,
            added_at=now,
        )


@transaction.atomic
def remove_photo(*, photo: AnswerPhoto, by: Actor, now: datetime) -> None:
    """撤下 a photo before signing; its bytes go with it. Raises NotAllowed, ActionRefused."""
    _locked(photo.answer.spot_check, by, now)
    AnswerPhoto.objects.filter(pk=photo.pk).delete()
    StoredFile.forget_unused([photo.file_id])


def _locked(check: SpotCheck, by: Actor, now: datetime) -> SpotCheck:
    row = lock_check(check)
    check_allowed(check_states.ANSWER, row, by, day_of(now))
    refuse_early(row, day_of(now))
    seat_of(row, by)
    return row
