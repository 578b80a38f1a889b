"""整改依据: a file, a text, or a record of the portal, until it is submitted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import Resolver404, resolve

from common.clock import day_of
from common.errors import ActionRefused
from common.models import StoredFile
from common.refusals import refusals
from societies.access import Actor
from supervision import finding_states as steps
from supervision.actions.finding_common import check, evidence_of_turn, lock_finding, move
from supervision.evidence_files import judge, to_keep
from supervision.models import EvidenceKind, Finding, FindingEvidence

MOST = 20


@transaction.atomic
def add_evidence(
    *,
    finding: Finding,
    row_version: int | None,
    title: str = "",
    text: str = "",
    path: str = "",
    upload: tuple[str, bytes] | None = None,
    by: Actor,
    now: datetime,
) -> FindingEvidence:
    """Add exactly one of text, path and upload to the submission being made.

    title: what it is; a file is called by its name where none is given. path: of a page of this
    portal, without host. upload: name and bytes; of a picture nothing but what it shows is kept.
    Raises NotAllowed, Conflict, ActionRefused by field.
    """
    finding = lock_finding(finding, row_version)
    check(steps.ADD_EVIDENCE, finding, by, day_of(now))
    title, text, path = title.strip(), text.strip(), path.strip()
    if evidence_of_turn(finding) >= MOST:
        raise ActionRefused(f"每次报送最多 {MOST} 项整改依据")
    if sum((bool(text), bool(path), upload is not None)) != 1:
        raise ActionRefused("文件、文字说明、平台内记录，每次添加其中一项")
    row = FindingEvidence(
        finding=finding,
        society_id=finding.society_id,
        turn=finding.turn,
        title=title,
        text=text,
        path=path,
        added_by=by.user,
        added_at=now,
    )
    if upload is not None:
        name, content_type = judge(*upload)
        row.kind, row.title = EvidenceKind.FILE, name
        row.file = StoredFile.keep(to_keep(upload[1], content_type), content_type, now)
    elif not title:
        raise ActionRefused({"title": ["请填写名称"]})
    else:
        row.kind = EvidenceKind.TEXT if text else EvidenceKind.LINK
        refuse_foreign(path)
    with refusals(FindingEvidence):
        row.clean_fields(exclude=["finding", "society", "file", "added_by"])
        row.save()
    move(finding, "", steps.ADD_EVIDENCE.verb, by, now, row.title)
    return row


def refuse_foreign(path: str) -> None:
    """Raise ActionRefused at `path` unless it is the address of a page of this portal."""
    if not path:
        return
    plain = path.isprintable() and not any(c in path for c in "\\ ") and not path.startswith("//")
    try:
        if not plain or not path.startswith("/"):
            raise Resolver404
        resolve(path.split("?")[0].split("#")[0])
    except Resolver404:
        words = "应为本平台页面的地址，如 /societies/12/，请从浏览器地址栏复制"
        raise ActionRefused({"path": [words]}) from None


@transaction.atomic
def remove_evidence(
    *, finding: Finding, row_version: int | None, evidence: int, by: Actor, now: datetime
) -> Finding:
    """撤下 an evidence (by its key) that is not submitted, its bytes too; what was submitted stays.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    finding = lock_finding(finding, row_version)
    check(steps.REMOVE_EVIDENCE, finding, by, day_of(now))
    row = FindingEvidence.objects.filter(finding=finding, turn=finding.turn, pk=evidence).first()
    if row is None:
        raise ActionRefused("该项整改依据已报送或已撤下，请刷新后查看")
    row.delete()
    if row.file_id is not None:
        StoredFile.forget_unused([row.file_id])
    return move(finding, "", steps.REMOVE_EVIDENCE.verb, by, now, row.title)
