"""Writes of the register that other rooms stand on: appointments, and what must be recomputed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts.models import PortalSession, User
from accounts.permissions import SPECS, Role, ScopeKind
from common.errors import ActionRefused
from common.tasks import enqueue_on_commit
from societies.access import Actor
from societies.grants import grant_models, write_grants
from societies.models import Appointment, BackdatedFact, DirtySociety, Federation

DRAIN_TASK = "coverage.tasks.drain_dirty"


def mark_dirty(society_ids: Iterable[int], *, since: date, today: date) -> None:
    """Note, in the fact's own transaction, that figures of these societies must be computed again.

    since: the first day the changed fact bears on; before `today` it also revises month-ends
    (R-COV-02). Live figures follow at once (R-COV-06).
    """
    ids = sorted(set(society_ids))
    DirtySociety.objects.bulk_create(DirtySociety(society_id=pk) for pk in ids)
    if since < today:
        BackdatedFact.objects.bulk_create(BackdatedFact(society_id=pk, since=since) for pk in ids)
    enqueue_on_commit(DRAIN_TASK)


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    objects: Iterable = (),
    valid_from: date,
    valid_to: date | None = None,
    is_deputy: bool = False,
    by: Actor | None,
) -> Appointment:
    """Appoint a user and write the grants the role gives on its scope objects.

    by: None only for the installation's own commands. Raises ActionRefused if the role is not
    granted yet, the objects are not of its kind, or they lie in several federations.
    """
    spec, objects = SPECS[role], list(objects)
    if not spec.granted:
        raise ActionRefused({"role": [f"“{role.label}”在本版中尚不能授权"]})
    federation = _federation_of(spec.kind, objects)
    appointment = Appointment(
        user=user,
        role=role,
        federation=federation,
        is_deputy=is_deputy,
        duty=spec.duty,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=by.user if by else None,
    )
    appointment.full_clean()
    appointment.save()
    if objects:
        write_grants(appointment, objects)
    return appointment


@transaction.atomic
def end_appointment(*, appointment: Appointment, on: date) -> None:
    """End an appointment from `on` (that day no longer counts); its user's sessions end at once.

    Raises ActionRefused if it never began by then.
    """
    if on <= appointment.valid_from:
        raise ActionRefused({"valid_to": ["止任日期须晚于起任日期"]})
    appointment.valid_to = on
    appointment.save(update_fields=["valid_to"])
    PortalSession.objects.filter(user_id=appointment.user_id).delete()


def _federation_of(kind: ScopeKind, objects: list) -> Federation | None:
    if kind in (ScopeKind.PLATFORM, ScopeKind.OWN):
        if objects:
            raise ActionRefused({"objects": ["该角色不绑定具体单位"]})
        return None
    model = next(m for m in grant_models() if m.scope_kind == kind)
    target = model._meta.get_field("content_object").related_model
    if not objects or not all(isinstance(o, target) for o in objects):
        raise ActionRefused({"objects": [f"请选择{kind.label}"]})
    found = {
        o if kind == ScopeKind.FEDERATION else getattr(o, "society", o).federation for o in objects
    }
    if len(found) > 1:
        raise ActionRefused({"objects": ["一项任职不能跨科协"]})
    return found.pop()
