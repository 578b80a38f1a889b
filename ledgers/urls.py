"""Addresses of the ledger. One address per action."""

from django.urls import path

from ledgers.views import bulk, filing, locks, periods, proposals, queue, review, rows, section

app_name = "ledgers"
urlpatterns = [
    path("", filing.listing, name="list"),
    path("periods/<int:period_pk>/open/", filing.open_draft, name="open"),
    path("<int:pk>/sections/<int:number>/", section.section, name="section"),
    path("<int:pk>/sections/<int:number>/resolve/", section.resolve, name="resolve"),
    path("<int:pk>/sections/<int:number>/send/", filing.send, name="send"),
    path("<int:pk>/sections/<int:number>/rows/<int:row>/add/", rows.add, name="row_add"),
    path("<int:pk>/sections/<int:number>/rows/<int:row>/copy/", rows.copy, name="row_copy"),
    path("<int:pk>/sections/<int:number>/rows/<int:row>/up/", rows.move_up, name="row_up"),
    path("<int:pk>/sections/<int:number>/rows/<int:row>/down/", rows.move_down, name="row_down"),
    path("<int:pk>/sections/<int:number>/rows/<int:row>/remove/", rows.remove, name="row_remove"),
    path(
        "<int:pk>/sections/<int:number>/rows/<int:row>/restore/", rows.restore, name="row_restore"
    ),
    path("<int:pk>/measures/<int:row>/remove/", rows.remove_measure, name="measure_remove"),
    path("<int:pk>/measures/<int:row>/restore/", rows.restore_measure, name="measure_restore"),
    path("<int:pk>/branches/", rows.branch_reasons, name="branch_reasons"),
    path("<int:pk>/sign/", filing.sign, name="sign"),
    path("<int:pk>/hand-back/", filing.hand_back, name="hand_back"),
    path("<int:pk>/restate/", filing.restate, name="restate"),
    path("<int:pk>/abandon/", filing.abandon, name="abandon"),
    path("review/", queue.ReviewQueue.as_view(), name="review_queue"),
    path("review/together/", bulk.accept_many, name="accept_many"),
    path("guidance/<int:pk>/", bulk.follow_up, name="follow_up"),
    path("<int:pk>/review/", review.review, name="review"),
    path("<int:pk>/review/keep/", review.keep, name="review_keep"),
    path("<int:pk>/accept/", review.accept, name="accept"),
    path("<int:pk>/return/", review.send_back, name="return"),
    path("<int:pk>/agree/", review.agree, name="agree"),
    path("<int:pk>/disagree/", review.disagree, name="disagree"),
    path("periods/", periods.periods, name="periods"),
    path("periods/<int:pk>/", periods.period, name="period"),
    path("periods/<int:pk>/propose/", proposals.propose, name="period_propose"),
    path("periods/<int:pk>/withdraw/", proposals.withdraw, name="period_withdraw"),
    path("periods/<int:pk>/close/", proposals.close, name="period_close"),
    path("periods/<int:pk>/refuse/", proposals.refuse, name="period_refuse"),
    path("expected/<int:pk>/exempt/", proposals.exempt, name="exempt"),
    path("expected/<int:pk>/withdraw/", proposals.withdraw_exemption, name="exemption_withdraw"),
    path("expected/<int:pk>/decide/", proposals.decide_exemption, name="exemption_decide"),
    path("expected/<int:pk>/refuse/", proposals.refuse_exemption, name="exemption_refuse"),
    path("locks/request/", locks.request_lock, name="lock_request"),
    path("locks/<int:pk>/", locks.lock, name="lock"),
    path("locks/<int:pk>/countersign/", locks.countersign, name="lock_countersign"),
    path("locks/<int:pk>/review/", locks.review, name="lock_review"),
    path("locks/<int:pk>/grant/", locks.grant, name="lock_grant"),
    path("locks/<int:pk>/refuse/", locks.refuse, name="lock_refuse"),
]
