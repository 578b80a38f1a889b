"""Pages of the register: list, entry, queue, counts, import."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.permissions import Role
from branches.models import MemberImport, PartyMember
from branches.views import members as member_views
from common.imports.batches import BatchState
from tests.branches.members.conftest import NOW
from tests.common.hostile import HOSTILE
from tests.factories import make_actor, make_society
from tests.factories.members import make_import, make_member, workbook

pytestmark = pytest.mark.django_db
ZHOU = ("周某某", "1971-09", "1999-12", "2000-12", "本学会")


def url(name, *args):
    return reverse(f"branches:{name}", args=args)


def typed(client, address, **values):
    """What the page's form would send, with some values typed into it."""
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    shown["organisation"] = getattr(shown.get("organisation"), "pk", shown.get("organisation"))
    return {n: "" if v is None else v for n, v in shown.items() if n != "file"} | values


def book(response):
    data = b"".join(response.streaming_content)
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.values]


@pytest.fixture
def filer(client, register):
    client.force_login(register.filer.user)
    return client


@pytest.fixture
def secretary(client, register):
    client.force_login(register.secretary.user)
    return client


PERSON = {"name": "周某某", "joined_month": "1999年12月", "full_since": "2000.12"}


@pytest.mark.parametrize("month", ["1978-03", "1978.3", "1978年3月", "１９７８/３", "19780315"])
def test_entry_takes_months_as_typed(filer, month):
    address = url("member_enter")
    response = filer.post(address, typed(filer, address, **PERSON, birth_month=month))
    member = PartyMember.objects.get()
    assert response.url == url("member", member.pk)
    assert member.birth_month == date(1978, 3, 1) and member.full_since == date(2000, 12, 1)
    assert "待确认" in filer.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("1978.13", "没有 13 月"),
        ("78.3", "四位年份"),
        ("三月", "不是年月"),
        ("2031-01", "晚于今天"),
    ],
)
def test_bad_months_come_back_as_typed(filer, month, said):
    address = url("member_enter")
    sent = typed(filer, address, **PERSON, birth_month=month)
    response = filer.post(address, sent)
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    assert f'value="{month}"' in page and 'value="1999年12月"' in page
    assert not PartyMember.objects.exists()


def test_the_question_comes_up_and_is_answered(filer, register):
    address = url("member_enter")
    sent = typed(filer, address, **PERSON, birth_month="1971-09")
    filer.post(address, sent)
    again = typed(filer, address, **PERSON, birth_month="1971-09")
    page = filer.post(address, again)
    assert page.status_code == 422 and "不是同一人" in page.content.decode()
    assert filer.post(address, again | {"answer": "other"}).status_code == 302
    assert PartyMember.objects.count() == 2


def test_double_click_files_once(filer):
    """R10."""
    address = url("member_enter")
    sent = typed(filer, address, **PERSON, birth_month="1971-09")
    assert len({filer.post(address, sent).url for _ in range(2)}) == 1
    assert PartyMember.objects.count() == 1


def test_the_secretary_confirms_several_at_once(secretary, register):
    first, second = make_member(register.branch), make_member(register.other)
    page = secretary.get(url("member_queue"))
    assert first.name in page.content.decode() and "新登记" in page.content.decode()
    sent = {
        "form_token": page.context["token"],
        "member": [f"{m.pk}:{m.row_version}" for m in (first, second)],
    }
    assert secretary.post(url("member_confirm"), sent).url == url("member_queue")
    assert PartyMember.objects.counted().count() == 2
    assert secretary.post(url("member_confirm"), sent).status_code == 302  # R10
    assert PartyMember.objects.get(pk=first.pk).row_version == first.row_version + 1


@pytest.mark.parametrize("chosen", [[], ["x"], ["1"], ["9999:1"], ["1:1:1"], ["-1:1"]])
def test_nothing_sensible_ticked_confirms_nothing(secretary, register, chosen):
    make_member(register.branch)
    token = secretary.get(url("member_queue")).context["token"]
    response = secretary.post(url("member_confirm"), {"form_token": token, "member": chosen})
    assert response.url == url("member_queue")
    assert not PartyMember.objects.counted().exists()


def test_the_list_filters_sorts_and_exports(secretary, register):
    full = make_member(register.branch, name="阿某", confirmed_by=register.secretary)
    make_member(register.other, name="周某", full_since=None)
    page = secretary.get(url("members"), {"kind": "probationary"}).content.decode()
    assert "周某" in page and "阿某" not in page
    chosen = {"organisation": register.branch.pk, "sort": "-joined", "place": "here"}
    page = secretary.get(url("members"), chosen).content.decode()
    assert "阿某" in page and "周某" not in page
    assert "阿某" in secretary.get(url("members"), {"q": "am"}).content.decode()
    rows = book(secretary.get(url("members_export"), {"state": "confirmed"}))
    assert rows[-1][:4] == [full.name, "1978-03", "2001-07", "2002-07"]
    assert any("导出：" in str(row[0]) for row in rows)


PREFIXES = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_name_becomes_a_formula(secretary, register, prefix):
    """S6: in the register's export and in the error workbook."""
    name = f"{prefix}cmd某"
    member = make_member(register.branch)
    PartyMember.objects.filter(pk=member.pk).update(name=name)
    response = secretary.get(url("members_export"))
    data = b"".join(response.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_more_than_a_hundred_persons_are_not_exported(secretary, register, monkeypatch):
    monkeypatch.setattr(member_views, "MOST_EXPORTED", 1)
    for _ in range(2):
        make_member(register.branch)
    response = secretary.get(url("members_export"), {"state": "filed"})
    assert response.url == f"{url('members')}?state=filed"


def test_the_committee_sees_numbers_and_no_names(client, register):
    """roles.md §2.9."""
    names = {
        make_member(register.branch, confirmed_by=register.secretary).name,
        make_member(
            register.branch, confirmed_by=register.secretary, place="other", full_since=None
        ).name,
        make_member(register.other).name,
    }
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, register.society.federation)
    client.force_login(reviewer.user)
    page = client.get(url("member_counts"))
    (row,) = page.context["page"].object_list
    counts = row.members
    assert (counts.full, counts.probationary, counts.taking_part, counts.waiting) == (1, 0, 1, 1)
    assert not any(name in page.content.decode() for name in names)
    assert book(client.get(url("member_counts_export")))[-1] == ["示例力学学会", 1, 0, 1, 1, 1]
    for name in ("members", "members_export", "member_enter", "import_start", "member_queue"):
        assert client.get(url(name)).status_code == 403


def test_counts_ask_a_constant_number_of_statements(
    client, register, django_assert_max_num_queries
):

    for _ in range(5):
        make_society(register.society.federation)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, register.society.federation)
    client.force_login(reviewer.user)
    client.get(url("member_counts"))
    with django_assert_max_num_queries(14):
        client.get(url("member_counts"))


def send(client, data, name="名册.xlsx"):
    address = url("import_start")
    sent = typed(client, address, file=SimpleUploadedFile(name, data))
    return client.post(address, sent)


def press(client, batch, name, *args, **values):
    token = client.get(url("import", batch.pk)).context["token"]
    return client.post(url(name, batch.pk, *args), {"form_token": token} | values)


def test_import_from_template_to_rolled_back(filer, register):
    assert book(filer.get(url("import_template")))[0][:2] == ["姓名", "出生年月"]
    bad = ("陈某某", "1978-03", "2031-07", "", "本学会")
    response = send(filer, workbook([ZHOU, bad, ZHOU]))
    batch = MemberImport.objects.get()
    assert response.url == url("import", batch.pk)
    page = filer.get(response.url).content.decode()
    assert "C3 入党年月晚于今天" in page and "导入其余 1 行（新增 1、更新 0）" in page
    assert "与第 2 行姓名" in page and "下载错误工作簿（2 行）" in page
    rows = book(filer.get(url("import_errors", batch.pk)))
    assert rows[0][-1] == "问题与改法" and rows[1][0] == "陈某某" and "晚于今天" in rows[1][-1]
    press(filer, batch, "import_answer", 4, said="same")
    press(filer, batch, "import_confirm")
    assert "已导入 1 行" in filer.get(response.url).content.decode()
    assert PartyMember.objects.get().name == "周某某"
    press(filer, batch, "import_roll_back")
    assert "已整批撤回" in filer.get(response.url).content.decode()
    assert not PartyMember.objects.exists()


def test_the_error_workbook_comes_back_corrected(filer):
    send(filer, workbook([ZHOU, ("陈某某", "1978-03", "2031-07", "", "本学会")]))
    batch = MemberImport.objects.get()
    press(filer, batch, "import_confirm")
    rows = book(filer.get(url("import_errors", batch.pk)))
    rows[1][2] = "2011-07"
    send(filer, workbook([["" if cell is None else cell for cell in rows[1]]], rows[0]))
    second = MemberImport.objects.latest("pk")
    press(filer, second, "import_confirm")
    assert sorted(PartyMember.objects.values_list("name", flat=True)) == ["周某某", "陈某某"]


def test_a_double_click_imports_once(filer, register):
    """R10: the second answer is the first."""
    batch = make_import(register.branch, [ZHOU], by=register.filer, now=NOW)
    sent = {"form_token": filer.get(url("import", batch.pk)).context["token"]}
    answers = {filer.post(url("import_confirm", batch.pk), sent).url for _ in range(2)}
    assert answers == {url("import", batch.pk)}
    assert PartyMember.objects.count() == 1


@pytest.mark.parametrize("what", ["html named xlsx", "vba project", "bomb, declared", "formula"])
def test_hostile_files_are_answered_at_the_field(filer, what):
    name, make = HOSTILE[what]
    response = send(filer, make(), name)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not MemberImport.objects.exists() and not PartyMember.objects.exists()


def test_a_body_past_the_limit_is_not_kept(filer, monkeypatch):
    monkeypatch.setattr("common.imports.uploads.MAX_BYTES", 1000)
    response = send(filer, b"x" * 200_000)
    assert response.status_code == 422 and "文件超过" in response.content.decode()


def test_scripts_in_cells_are_only_text(filer, register):
    """S7: what stands in a cell is shown as it stands."""
    batch = make_import(
        register.branch, [("<script>alert(1)</script>", *ZHOU[1:])], by=register.filer, now=NOW
    )
    page = filer.get(url("import", batch.pk)).content.decode()
    assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_columns_are_placed_by_hand(filer, register):
    send(filer, workbook([ZHOU], ("甲", "乙", "丙", "丁", "戊")))
    batch = MemberImport.objects.get()
    assert "调整对应关系" in filer.get(url("import", batch.pk)).content.decode()
    address = url("import_columns", batch.pk)
    places = {"name": "0", "birth_month": "1", "joined_month": "2", "full_since": "3", "place": "4"}
    sent = typed(filer, address, **places) | {"organisation": ""}
    assert filer.post(address, sent | {"birth_month": "0"}).status_code == 422
    assert filer.post(address, sent).url == url("import", batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING


def test_progress_is_shown_and_leads_on(filer, register):
    batch = make_import(register.branch, [ZHOU], by=register.filer, now=NOW)
    MemberImport.objects.filter(pk=batch.pk).update(state="checking", total=200, done=50)
    page = filer.get(url("import", batch.pk)).content.decode()
    assert "已核对 50 / 200 行" in page and 'hx-trigger="every 2s"' in page
    MemberImport.objects.filter(pk=batch.pk).update(state="checked")
    headers = {"HX-Request": "true"}
    assert filer.get(url("import", batch.pk), headers=headers).headers["HX-Refresh"] == "true"


def test_desks(filer, register, client):
    assert "登记示例力学学会办事机构党支部的党员名册" in filer.get("/").content.decode()
    make_import(register.branch, [ZHOU], by=register.filer, now=NOW)
    assert "核对并导入“名册.xlsx”" in filer.get("/").content.decode()
    member = make_member(register.branch, by=register.filer)
    client.force_login(register.secretary.user)
    assert "确认党员记录 1 条" in client.get("/").content.decode()
    sent = typed(client, url("member_return", member.pk), reason="入党年月不符")
    assert client.post(url("member_return", member.pk), sent).status_code == 302
    assert "确认党员记录" not in client.get("/").content.decode()
    client.force_login(register.filer.user)
    page = client.get("/").content.decode()
    assert "更正被退回的党员记录 1 条" in page and "入党年月不符" in page
