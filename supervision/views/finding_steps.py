"""One address for each step of a finding, and the files of its evidence."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from societies.decorators import ActorRequest, View, require_permission
from supervision.models import EvidenceKind, FindingEvidence
from supervision.views.finding import take_step, visible_finding

# Nothing in a downloaded file may run or load, whatever a browser thinks it is.
SANDBOX = "sandbox; default-src 'none'"


def _step(verb: str, *rights: P) -> View:
    """The view of a step: the right anywhere opens it, the action decides about the row."""

    @require_POST
    @require_permission(*rights)
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        return take_step(request, visible_finding(request, pk), verb)

    return view


accept = _step("accept", P.FINDING_SIGN)
send_plan = _step("send_plan", P.FINDING_FILE)
sign_plan = _step("sign_plan", P.FINDING_SIGN)
hand_back_plan = _step("hand_back_plan", P.FINDING_SIGN)
agree_date = _step("agree_date", P.FINDING_AGREE_DATE)
decline_plan = _step("decline_plan", P.FINDING_AGREE_DATE)
send_measure = _step("send_measure", P.FINDING_FILE)
sign_measure = _step("sign_measure", P.FINDING_SIGN)
add_evidence = _step("add_evidence", P.FINDING_FILE)
remove_evidence = _step("remove_evidence", P.FINDING_FILE)
send_evidence = _step("send_evidence", P.FINDING_FILE)
sign_evidence = _step("sign_evidence", P.FINDING_SIGN)
hand_back_evidence = _step("hand_back_evidence", P.FINDING_SIGN)
verify = _step("verify", P.FINDING_VERIFY)
send_back = _step("send_back", P.FINDING_VERIFY)
close = _step("close", P.FINDING_CLOSE, P.FINDING_CLOSE_SERIOUS)
verify_again = _step("verify_again", P.FINDING_CLOSE, P.FINDING_CLOSE_SERIOUS)
ask_extension = _step("ask_extension", P.FINDING_EXTEND)
review_extension = _step("review_extension", P.FINDING_EXTEND_REVIEW)
decide_extension = _step("decide_extension", P.FINDING_EXTEND_DECIDE)


@require_safe
@require_permission(P.FINDING_VIEW)
def evidence_file(request: ActorRequest, pk: int) -> HttpResponseBase:
    """An evidence's file: always a download, of the type its bytes had at the door (S5)."""
    rows = FindingEvidence.objects.visible_to(request.actor).select_related("file")
    evidence = get_object_or_404(rows, pk=pk, kind=EvidenceKind.FILE)
    file = evidence.file
    response = FileResponse(
        BytesIO(bytes(file.content)),
        as_attachment=True,
        filename=evidence.title,
        content_type=file.content_type,
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
