"""Addresses of the rating round. One address per action."""

from django.urls import path

from starrating.views import assigning, committee, entry, places, prints, rounds, society, vetoes

app_name = "starrating"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("open/", rounds.round_open, name="round_open"),
    path("<int:pk>/", rounds.RoundQueue.as_view(), name="round"),
    path("<int:pk>/export/", rounds.RoundExport.as_view(), name="round_export"),
    path("<int:pk>/assign/", assigning.assign, name="assign"),
    path("<int:pk>/list/", rounds.public, name="public"),
    path("<int:pk>/places/", places.places, name="places"),
    path("<int:pk>/post/", places.post, name="post"),
    path("<int:pk>/finalise/", places.finalise, name="finalise"),
    path("entries/<int:pk>/", entry.entry, name="entry"),
    path("entries/<int:pk>/print/", prints.entry_print, name="print"),
    path("entries/<int:pk>/apply/", society.apply, name="apply"),
    path("entries/<int:pk>/apply/sign/", society.apply_sign, name="apply_sign"),
    path("entries/<int:pk>/self/", society.assess_self, name="assess_self"),
    path("entries/<int:pk>/self/sign/", society.self_sign, name="self_sign"),
    path("entries/<int:pk>/hand-back/", society.hand_back, name="hand_back"),
    path("entries/<int:pk>/assess/", committee.assess, name="assess"),
    path("entries/<int:pk>/assess/submit/", committee.assess_submit, name="assess_submit"),
    path("entries/<int:pk>/give-back/", committee.give_back, name="give_back"),
    path("entries/<int:pk>/agree/", committee.agree, name="agree"),
    path("entries/<int:pk>/refer-back/", committee.refer_back, name="refer_back"),
    path("entries/<int:pk>/choose/", places.choose, name="choose"),
    path("entries/<int:pk>/object/", society.object_to, name="object"),
    path("entries/<int:pk>/re-examine/", committee.re_examine, name="re_examine"),
    path("entries/<int:pk>/veto/", vetoes.veto_enter, name="veto_enter"),
    path("vetoes/", vetoes.vetoes, name="vetoes"),
    path("vetoes/<int:pk>/", vetoes.veto, name="veto"),
    path("vetoes/<int:pk>/state/", vetoes.veto_state, name="veto_state"),
    path("vetoes/<int:pk>/confirm/", vetoes.veto_confirm, name="veto_confirm"),
    path("vetoes/<int:pk>/second/", vetoes.veto_second, name="veto_second"),
    path("vetoes/<int:pk>/close/", vetoes.veto_close, name="veto_close"),
    path("vetoes/<int:pk>/lift/", vetoes.veto_lift, name="veto_lift"),
    path("vetoes/<int:pk>/lift/second/", vetoes.veto_lift_second, name="veto_lift_second"),
]
