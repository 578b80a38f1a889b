"""S5 for evidence files, how they are handed out, and S6 for the workbook of findings."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused
from supervision import actions, evidence_files
from supervision.models import FindingEvidence, FindingState
from tests.factories import make_actor, make_finding
from tests.factories.findings import ISSUED, PDF, PNG, take, walk

pytestmark = pytest.mark.django_db
KEY = "8f1b1f4e-6c0f-4b1e-9d55-2f7c1f0f3c11"
BACKEND = "django.contrib.auth.backends.ModelBackend"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20 + b"\xff\xd9"


def office(main, **parts):
    """A zip as Word or Excel writes it, as far as the door looks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, content in {"[Content_Types].xml": "<Types/>", main: "<x/>"}.items():
            book.writestr(name, content)
        for name, content in parts.items():
            book.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
GOOD = (
    ("报告.pdf", PDF),
    ("报告.docx", DOCX),
    ("台账.xlsx", XLSX),
    ("照片.JPG", JPEG),
    ("截图.png", PNG),
)
BAD = (
    ("网页.html", b"<script>alert(1)</script>", "只接受"),
    ("图.svg", b"<svg onload='alert(1)'/>", "只接受"),
    ("网页.pdf", b"<script>alert(1)</script>", "文件内容不是 pdf"),
    ("程序.docx", b"MZ\x90\x00" + b"\x00" * 64, "文件内容不是 docx"),
    ("改名.png", PDF, "文件内容不是 png"),
    ("改名.docx", XLSX, "文件内容不是 docx"),
    ("宏.docx", office("word/document.xml", word__vbaProject_dot_bin="x"), "宏"),
    ("脚本.pdf", PDF + b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "脚本"),
    ("坏.xlsx", b"PK\x03\x04" + b"\x00" * 40, "损坏"),
    ("空.pdf", b"", "空的"),
    ("大.pdf", PDF + b"0" * (10 * 1024 * 1024), "超过 10 MB"),
    ("名字.pdf\x00.html", PDF, "只接受"),
)


@pytest.mark.parametrize(("name", "data"), GOOD, ids=[name for name, _ in GOOD])
def test_what_comes_in(name, data):
    kept, content_type = evidence_files.judge(f"C:\\Users\\某\\{name}", data)
    assert kept == name
    assert content_type == evidence_files.TYPES[name.rsplit(".", 1)[1].lower()]


@pytest.mark.parametrize(("name", "data", "words"), BAD)
def test_what_stays_outside(name, data, words):
    """S5: by content, never by name; nothing active."""
    with pytest.raises(ActionRefused, match=words) as refused:
        evidence_files.judge(name, data)
    assert list(refused.value.errors) == ["file"]


def test_a_door_that_trusts_names_would_let_a_page_in(monkeypatch):
    """Negative control."""
    monkeypatch.setattr(evidence_files, "type_of", lambda data: evidence_files.PDF)
    assert evidence_files.judge("网页.pdf", b"<script>alert(1)</script>")


def browser(actor):
    client = Client()
    client.force_login(actor.user, BACKEND)
    return client


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    return walk(make_finding(), FindingState.RECTIFYING)


def upload(world, name, data):
    url = reverse("supervision:finding_add_evidence", args=[world.finding.pk])
    sent = {"form_token": KEY, "row_version": world.fresh().row_version}
    return browser(world.cast.clerk).post(url, sent | {"file": SimpleUploadedFile(name, data)})


def test_a_file_is_only_ever_downloaded(world):
    """Attachment, its type by content, nosniff, sandbox; whatever the name says."""
    assert upload(world, "报告.pdf", PDF).status_code == 302
    row = FindingEvidence.objects.get()
    url = reverse("supervision:evidence_file", args=[row.pk])
    answer = browser(world.cast.verifier).get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    stranger = make_actor(Role.COMMITTEE_REVIEWER, make_finding().finding.federation)
    assert browser(stranger).get(url).status_code == 404


def test_a_refused_file_says_so_at_the_field(world):
    answer = upload(world, "网页.html", b"<script>alert(1)</script>")
    assert answer.status_code == 422
    assert "只接受 pdf、docx、xlsx、jpg、png 文件" in answer.content.decode()
    too_large = upload(world, "大.pdf", PDF + b"0" * (10 * 1024 * 1024))
    assert too_large.status_code == 422
    assert "文件超过 10 MB" in too_large.content.decode()
    assert not FindingEvidence.objects.exists()


def test_the_same_page_sent_with_another_file_is_no_replay(world):
    """R10: the first answer again for the same file; another file is told, not swallowed."""
    version = world.fresh().row_version
    for data, status in ((PDF, 302), (PDF, 302), (PNG, 422)):
        url = reverse("supervision:finding_add_evidence", args=[world.finding.pk])
        name = "图.png" if data is PNG else "报告.pdf"
        sent = {"form_token": KEY, "row_version": version}
        sent["file"] = SimpleUploadedFile(name, data)
        assert browser(world.cast.clerk).post(url, sent).status_code == status
    assert FindingEvidence.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/no/such/page/", "/a\\b"],
)
def test_a_link_stays_in_the_portal(world, path):
    with pytest.raises(ActionRefused) as refused:
        take(world, actions.add_evidence, world.cast.clerk, title="记录", path=path)
    assert "path" in refused.value.errors


def test_an_address_copied_whole_loses_the_own_host(world):
    url = reverse("supervision:finding_add_evidence", args=[world.finding.pk])
    sent = {"form_token": KEY, "row_version": world.fresh().row_version, "title": "台账"}
    answer = browser(world.cast.clerk).post(url, sent | {"path": "http://testserver/ledgers/"})
    assert answer.status_code == 302
    assert FindingEvidence.objects.get().path == "/ledgers/"


def test_the_workbook_writes_no_formula(monkeypatch):
    """S6: what people typed stays text; dates are dates, numbers numbers."""
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    evil = '=HYPERLINK("http://evil.example","x")'
    world = make_finding(title=evil, facts="+1+1", requirement="@SUM(A1)")
    answer = browser(world.cast.author).get(reverse("supervision:finding_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    for text in (evil, "+1+1", "@SUM(A1)"):
        assert cells[text].data_type == "s"
    assert not [cell for cell in cells.values() if cell.data_type == "f"]
    assert cells["ZG-2026-0001"].row > 1
    assert world.finding.plan_due.isoformat() in {str(value)[:10] for value in cells}
