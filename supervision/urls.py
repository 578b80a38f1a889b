"""Addresses of supervision. One address per action."""

from django.urls import path

from supervision.views import (
    answers,
    batches,
    checks,
    finding,
    finding_steps,
    findings,
    pairs,
    photos,
    prints,
    reminders,
    steps,
)

app_name = "supervision"
urlpatterns = [
    path("batches/", batches.batches, name="batches"),
    path("batches/new/", batches.batch_new, name="batch_new"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/edit/", batches.batch_edit, name="batch_edit"),
    path("batches/<int:pk>/frame/", batches.frame, name="batch_frame"),
    path("batches/<int:pk>/frame/text/", batches.frame_text, name="batch_frame_text"),
    path("batches/<int:pk>/export/", prints.export, name="batch_export"),
    path("batches/<int:pk>/print/", prints.batch_print, name="batch_print"),
    path("batches/<int:pk>/send/", steps.send, name="batch_send"),
    path("batches/<int:pk>/review/", steps.review, name="batch_review"),
    path("batches/<int:pk>/hand-back/", steps.hand_back, name="batch_hand_back"),
    path("batches/<int:pk>/approve/", steps.approve, name="batch_approve"),
    path("batches/<int:pk>/commit/", steps.commit, name="batch_commit"),
    path("batches/<int:pk>/recommit/", steps.recommit, name="batch_recommit"),
    path("batches/<int:pk>/draw/", steps.draw, name="batch_draw"),
    path("batches/<int:pk>/reschedule/", steps.reschedule, name="batch_reschedule"),
    path("batches/<int:pk>/lead/", steps.change_lead, name="batch_change_lead"),
    path("batches/<int:pk>/pairs/", pairs.pair, name="batch_pair"),
    path("batches/<int:pk>/pairs/propose/", pairs.propose, name="batch_propose"),
    path("batches/<int:pk>/notify/", steps.notify, name="batch_notify"),
    path("batches/<int:pk>/close/", steps.close, name="batch_close"),
    path("seats/<int:pk>/replace/", pairs.replace, name="seat_replace"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<int:pk>/", checks.check, name="check"),
    path("checks/<int:pk>/print/", checks.check_print, name="check_print"),
    path("checks/<int:pk>/answers/", answers.check_answers, name="check_answers"),
    path("checks/<int:pk>/declare/", answers.declare, name="check_declare"),
    path("checks/<int:pk>/recuse/", answers.recuse, name="check_recuse"),
    path("checks/<int:pk>/sign/", checks.sign, name="check_sign"),
    path("checks/<int:pk>/reopen/", checks.reopen, name="check_reopen"),
    path("checks/<int:pk>/sign/society/", checks.sign_society, name="check_sign_society"),
    path("checks/<int:pk>/unsigned/", checks.record_unsigned, name="check_record_unsigned"),
    path("checks/<int:pk>/barred/", checks.record_barred, name="check_record_barred"),
    path("checks/<int:pk>/reply/", checks.reply, name="check_reply"),
    path("checks/<int:pk>/pass-on/", checks.pass_on, name="check_pass_on"),
    path("checks/<int:pk>/conclude/", checks.conclude, name="check_conclude"),
    path("answers/<int:pk>/save/", answers.answer_save, name="answer_save"),
    path("answers/<int:pk>/photos/add/", photos.photo_add, name="photo_add"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/remove/", photos.photo_remove, name="photo_remove"),
    path("findings/", findings.board, name="findings"),
    path("findings/list/", findings.FindingList.as_view(), name="finding_list"),
    path("findings/export/", findings.FindingExport.as_view(), name="finding_export"),
    path("findings/register/", findings.finding_register, name="finding_register"),
    path("findings/remind/", reminders.finding_remind, name="finding_remind"),
    path("findings/<int:pk>/", finding.finding, name="finding"),
    path("findings/<int:pk>/accept/", finding_steps.accept, name="finding_accept"),
    path("findings/<int:pk>/plan/", finding_steps.send_plan, name="finding_send_plan"),
    path("findings/<int:pk>/plan/sign/", finding_steps.sign_plan, name="finding_sign_plan"),
    path(
        "findings/<int:pk>/plan/hand-back/",
        finding_steps.hand_back_plan,
        name="finding_hand_back_plan",
    ),
    path("findings/<int:pk>/date/", finding_steps.agree_date, name="finding_agree_date"),
    path(
        "findings/<int:pk>/plan/decline/", finding_steps.decline_plan, name="finding_decline_plan"
    ),
    path("findings/<int:pk>/measure/", finding_steps.send_measure, name="finding_send_measure"),
    path(
        "findings/<int:pk>/measure/sign/", finding_steps.sign_measure, name="finding_sign_measure"
    ),
    path(
        "findings/<int:pk>/evidence/add/", finding_steps.add_evidence, name="finding_add_evidence"
    ),
    path(
        "findings/<int:pk>/evidence/remove/",
        finding_steps.remove_evidence,
        name="finding_remove_evidence",
    ),
    path("findings/<int:pk>/evidence/", finding_steps.send_evidence, name="finding_send_evidence"),
    path(
        "findings/<int:pk>/evidence/sign/",
        finding_steps.sign_evidence,
        name="finding_sign_evidence",
    ),
    path(
        "findings/<int:pk>/evidence/hand-back/",
        finding_steps.hand_back_evidence,
        name="finding_hand_back_evidence",
    ),
    path("findings/<int:pk>/verify/", finding_steps.verify, name="finding_verify"),
    path("findings/<int:pk>/send-back/", finding_steps.send_back, name="finding_send_back"),
    path("findings/<int:pk>/close/", finding_steps.close, name="finding_close"),
    path(
        "findings/<int:pk>/verify-again/", finding_steps.verify_again, name="finding_verify_again"
    ),
    path("findings/<int:pk>/extension/", finding_steps.ask_extension, name="finding_ask_extension"),
    path(
        "findings/<int:pk>/extension/review/",
        finding_steps.review_extension,
        name="finding_review_extension",
    ),
    path(
        "findings/<int:pk>/extension/decide/",
        finding_steps.decide_extension,
        name="finding_decide_extension",
    ),
    path("evidence/<int:pk>/file/", finding_steps.evidence_file, name="evidence_file"),
]
