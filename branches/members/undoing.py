"""Taking an import of members back: what it created goes, what it changed is as before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import ProtectedError

from branches.actions.checks import served_societies
from branches.models import (
    Affiliation,
    MemberImport,
    MemberImportRow,
    MemberState,
    Participation,
    PartyMember,
)
from common import clock
from common.errors import ActionRefused
from societies.actions import mark_dirty

MOVED = "已被确认、退回或更正，不能整批撤回；请逐条更正"
USED = "已登记组织生活或担任职务，不能整批撤回；请逐条更正"


def take_back(batch: MemberImport, rows: Sequence[Any], *, by: Any, now: datetime) -> None:
    """Undo a chunk of rows; live figures follow (R-COV-06).

    Raises ActionRefused naming the first line that moved on since.
    """
    _delete_created(batch, [row for row in rows if row.op == "create"])
    changed = [row for row in rows if row.undo]
    _check_untouched({row.undo["member"]: row for row in changed if row.undo})
    undone: list[Mapping[str, Any]] = [row.undo for row in changed if row.undo]
    _restore_rows(Affiliation, "affiliation", undone)
    _restore_rows(Participation, "participation", undone)
    _restore_members(undone)
    today = clock.day_of(now)
    mark_dirty(served_societies(batch.organisation), since=today, today=today)


def _delete_created(batch: MemberImport, rows: Sequence[MemberImportRow]) -> None:
    """The members that these lines created; `source_line` is not kept, so by the batch at once."""
    if not rows:
        return
    mine = PartyMember.objects.filter(source=batch)
    untouched = (MemberState.FILED, 1, batch.confirmed_at)
    # Locked in the order of those who confirm: nobody confirms between this look and the deletion.
    names = ("name", "state", "row_version", "filed_at")
    for name, *found in mine.order_by("pk").select_for_update().values_list(*names):
        if tuple(found) != untouched:
            raise ActionRefused(f"“{name}”{MOVED}")
    try:
        mine.delete()
    except ProtectedError as error:
        raise ActionRefused(f"导入的党员{USED}") from error


def _check_untouched(rows: Mapping[int, MemberImportRow]) -> None:
    found = PartyMember.objects.filter(pk__in=rows).order_by("pk").select_for_update()
    versions = dict(found.values_list("pk", "row_version"))
    for pk, row in rows.items():
        if row.undo and versions.get(pk) != row.undo["version"]:
            raise ActionRefused(f"第 {row.line} 行“{row.cells[0]}”{MOVED}")


def _restore_rows(model: Any, name: str, undone: Iterable[Mapping[str, Any]]) -> None:
    """Delete the dated rows that were opened, reopen those that were ended."""
    opened = [each[f"new_{name}"] for each in undone if f"new_{name}" in each]
    model.objects.filter(pk__in=opened).delete()
    ended = [each[name] for each in undone if name in each]
    reopened = [row["pk"] for row in ended if not row["gone"]]
    model.objects.filter(pk__in=reopened).update(valid_to=None)
    gone = [{k: v for k, v in row.items() if k != "gone"} for row in ended if row["gone"]]
    societies = dict(
        PartyMember.objects.filter(pk__in=[row["member_id"] for row in gone]).values_list(
            "pk", "society_id"
        )
    )
    model.objects.bulk_create(
        model(**row, society_id=societies[row["member_id"]])
        for row in ({**each, "valid_from": date.fromisoformat(each["valid_from"])} for each in gone)
    )


def _restore_members(undone: Sequence[Mapping[str, Any]]) -> None:
    """Every column the import changed, as it was; the version grows, so that old pages notice."""
    before = {each["member"]: each["before"] for each in undone}
    members = list(PartyMember.objects.filter(pk__in=before))
    for member in members:
        for name, value in before[member.pk].items():
            setattr(member, name, _value(name, value))
        member.row_version += 1
    PartyMember.objects.bulk_update(members, [*KEPT_COLUMNS, "row_version"], batch_size=200)


# What an import may change on a member, as JSON keeps it.
KEPT_COLUMNS = (
    *("full_since", "left_on", "state", "filed_by_id", "filed_at", "confirmed_by_id"),
    *("confirmed_at", "returned_by_id", "returned_at", "return_reason", "organisation_id"),
)
_DAYS, _MOMENTS = ("full_since", "left_on"), ("filed_at", "confirmed_at", "returned_at")


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in _MOMENTS else value


def kept_columns(member: PartyMember) -> dict[str, Any]:
    """The columns as JSON."""
    values = {name: getattr(member, name) for name in KEPT_COLUMNS}
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
    }
