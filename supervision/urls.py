"""Addresses of supervision. One address per action."""

from django.urls import path

from supervision.views import batches, pairs, prints, steps

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
    path("batches/<int:pk>/pairs/", pairs.pair, name="batch_pair"),
    path("batches/<int:pk>/pairs/propose/", pairs.propose, name="batch_propose"),
    path("batches/<int:pk>/notify/", steps.notify, name="batch_notify"),
    path("batches/<int:pk>/close/", steps.close, name="batch_close"),
    path("seats/<int:pk>/replace/", pairs.replace, name="seat_replace"),
]
