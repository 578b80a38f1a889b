"""Addresses of this room."""

from django.urls import path

from branches.views import (
    filing_steps,
    filings,
    lists,
    organisations,
    party_groups,
    postings,
    services,
    terms,
)

app_name = "branches"
_TERMS = [
    path("terms/", terms.TermList.as_view(), name="terms"),
    path("terms/export/", terms.TermExport.as_view(), name="terms_export"),
    path("<int:pk>/re-election/", filings.re_elect, name="re_elect"),
    path("<int:pk>/by-election/", filings.by_elect, name="by_elect"),
    path("<int:pk>/removal/", filings.remove, name="remove"),
    path("<int:pk>/extension/", filings.extend, name="extend"),
    path("filings/", terms.FilingList.as_view(), name="filings"),
    path("filings/<int:pk>/", filing_steps.filing, name="filing"),
    path("filings/<int:pk>/edit/", filings.filing_edit, name="filing_edit"),
    path("filings/<int:pk>/send/", filing_steps.filing_send, name="filing_send"),
    path("filings/<int:pk>/withdraw/", filing_steps.filing_withdraw, name="filing_withdraw"),
    path("filings/<int:pk>/sign/", filing_steps.filing_sign, name="filing_sign"),
    path("filings/<int:pk>/hand-back/", filing_steps.filing_hand_back, name="filing_hand_back"),
    path("filings/<int:pk>/accept/", filing_steps.filing_accept, name="filing_accept"),
    path("filings/<int:pk>/forward/", filing_steps.filing_forward, name="filing_forward"),
    path("filings/<int:pk>/return/", filing_steps.filing_return, name="filing_return"),
    path("filings/<int:pk>/agree/", filing_steps.filing_agree, name="filing_agree"),
    path("filings/<int:pk>/disagree/", filing_steps.filing_disagree, name="filing_disagree"),
    path("<int:pk>/groups/enter/", party_groups.group_enter, name="group_enter"),
    path("groups/<int:pk>/change/", party_groups.group_change, name="group_change"),
    path("groups/<int:pk>/end/", party_groups.group_end, name="group_end"),
]
urlpatterns = [
    *_TERMS,
    path("", lists.OrganisationList.as_view(), name="list"),
    path("export/", lists.OrganisationExport.as_view(), name="export"),
    path("own/", lists.own_tiers, name="own"),
    path("society/<int:pk>/", lists.society_tiers, name="society"),
    path("society/<int:pk>/enter/", organisations.organisation_enter, name="enter"),
    path("society/<int:pk>/post/", postings.posting_enter, name="posting_enter"),
    path("society/<int:pk>/open-unit/", postings.unit_open, name="unit_open"),
    path("<int:pk>/", organisations.organisation_detail, name="detail"),
    path("<int:pk>/change/", organisations.organisation_change, name="change"),
    path("<int:pk>/dissolve/", organisations.organisation_dissolve, name="dissolve"),
    path("<int:pk>/suspend/", services.organisation_suspend, name="suspend"),
    path("<int:pk>/resume/", services.organisation_resume, name="resume"),
    path("<int:pk>/serve/", services.organisation_serve, name="serve"),
    path("services/<int:pk>/stop/", services.service_stop, name="service_stop"),
    path("postings/<int:pk>/change/", postings.posting_change, name="posting_change"),
    path("postings/<int:pk>/end/", postings.posting_end, name="posting_end"),
    path("units/<int:pk>/close/", postings.unit_close, name="unit_close"),
]
