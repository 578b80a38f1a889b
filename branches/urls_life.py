"""Addresses of organisation life and of visits."""

from django.urls import path

from branches.views import life_filing, life_matrix, life_pages, life_society, visits

urlpatterns = [
    path("life/", life_pages.LifeList.as_view(), name="life_list"),
    path("life/export/", life_pages.LifeExport.as_view(), name="life_export"),
    path("life/own/", life_pages.life_own, name="life_own"),
    path("life/matrix/", life_matrix.LifeMatrix.as_view(), name="life_matrix"),
    path("life/matrix/export/", life_matrix.LifeMatrixExport.as_view(), name="life_matrix_export"),
    path("life/society/<int:pk>/", life_society.life_society, name="life_society"),
    path("life/<int:pk>/", life_pages.life_record, name="life_record"),
    path("life/<int:pk>/correct/", life_filing.life_correct, name="life_correct"),
    path("life/<int:pk>/withdraw/", life_filing.life_withdraw, name="life_withdraw"),
    path("life/<int:pk>/return/", life_filing.life_return, name="life_return"),
    path("<int:pk>/life/", life_pages.life_calendar, name="life_calendar"),
    path("<int:pk>/life/file/", life_filing.life_file, name="life_file"),
    path("<int:pk>/life/draft/", life_filing.life_draft, name="life_draft"),
    path("<int:pk>/life/discard/", life_filing.life_discard, name="life_discard"),
    path("visits/", visits.VisitList.as_view(), name="visit_list"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/comment/", visits.visit_comment, name="visit_comment"),
    path("visits/<int:pk>/withdraw/", visits.visit_withdraw, name="visit_withdraw"),
    path("society/<int:pk>/visit/", visits.visit_file, name="visit_file"),
]
