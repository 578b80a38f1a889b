"""Error pages: the right status, a plain explanation, a way on."""

import logging

import pytest
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig
from django.http import Http404

from accounts.permissions import Role
from dashboards import errors
from tests.ui.conftest import make_actor

BODY = "示例生物医学工程学会"


@pytest.fixture
def request_(visit):
    """A clerk's request that came from another page of the portal."""
    headers = {"HTTP_REFERER": "http://testserver/ledgers/", "HTTP_HOST": "testserver"}
    return visit("/", make_actor(Role.SOCIETY_CLERK, BODY), **headers)


@pytest.mark.parametrize(
    ("handler", "exception", "status", "words"),
    [
        (errors.bad_request, Exception(), 400, "请求无法识别"),
        (errors.bad_request, RequestDataTooBig(), 413, "文件太大，没有上传"),
        (errors.forbidden, PermissionDenied(), 403, "当前身份不能办理这件事"),
        (errors.not_found, Http404("No Society matches"), 404, "不在当前身份的范围内"),
    ],
)
def test_page_and_status(request_, handler, exception, status, words):
    response = handler(request_, exception)
    html = response.content.decode()
    assert response.status_code == status and words in html
    assert 'href="/ledgers/"' in html and "五个清台账" in html


def test_forbidden_names_the_identity_and_the_reason(request_):
    html = errors.forbidden(request_, PermissionDenied("审签由<b>书记</b>办理")).content.decode()
    assert f"当前身份是“{BODY} · 填报人”" in html
    assert "审签由&lt;b&gt;书记&lt;/b&gt;办理。" in html


def test_not_found_does_not_tell_what_exists(request_):
    assert b"No Society" not in errors.not_found(request_, Http404("No Society")).content


def test_lost_token_is_explained(request_):
    response = errors.csrf_failure(request_, "CSRF token missing")
    assert response.status_code == 403 and "页面已过期" in response.content.decode()
    assert b"CSRF token" not in response.content


@pytest.mark.parametrize("status", [409, 429])
def test_pages_for_views(request_, status):
    response = errors.page(request_, status, reason="请先核对")
    assert response.status_code == status and "请先核对" in response.content.decode()


@pytest.mark.parametrize("referer", ["https://evil.example/x", "javascript:alert(1)", "//evil", ""])
def test_back_leads_only_to_this_portal(rf, referer):
    assert errors.back(rf.get("/", HTTP_REFERER=referer, HTTP_HOST="testserver")) == ""


def test_a_refused_host_still_gets_its_page(rf, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]
    request = rf.get("/", HTTP_HOST="evil.example", HTTP_REFERER="http://evil.example/x")
    response = errors.bad_request(request, DisallowedHost())
    assert response.status_code == 400 and b"evil.example" not in response.content


def test_server_error_needs_no_context(rf, caplog):
    """No database (blocked in this test), no actor, no session; the number is in the log."""
    with caplog.at_level(logging.ERROR):
        response = errors.server_error(rf.get("/x"))
    html = response.content.decode()
    number = html.partition('pp-mono">')[2].partition("<")[0]
    assert response.status_code == 500 and number.startswith("E-20") and number in caplog.text


def test_server_error_survives_a_broken_error_page(rf, monkeypatch):
    """Negative control of the plain page: the template fails, the answer still comes."""

    def broken(*args, **kwargs):
        raise ValueError("no manifest")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = errors.server_error(rf.get("/x"))
    assert response.status_code == 500 and "系统出错" in response.content.decode()
