"""S5 at the door for photos, and how a photo is handed out, as a browser asks for it."""

import json
import resource
import subprocess
import sys
import time
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.permissions import Role
from common.errors import ActionRefused
from societies.access import ScopedQuerySet
from supervision import photos
from supervision.models import Answer, AnswerPhoto
from tests.factories import make_actor
from tests.factories.checks import ON_SITE, declared, signed
from tests.supervision.browsing import browser
from tests.supervision.photo_files import CARRYING, HOSTILE, SCRIPT, picture

# Sizes at the bounds of what comes in, each with all that a decoder may need for it.
LARGEST = {
    "JPEG": {"size": (7740, 7740), "mode": "RGB"},
    "progressive": {"size": (3640, 2740), "mode": "CMYK", "progressive": True},
    "PNG": {"size": (4000, 3000), "mode": "RGBA"},
    "WEBP": {"size": (2640, 2640), "mode": "RGBA", "lossless": True, "method": 0},
}
# The peak of the process itself: what getrusage says of a child begins at its parent's.
MEASURE = """
import json, re, sys
from supervision import photos
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
data = sys.stdin.buffer.read()
before = peak()
kept = photos.rewritten(data)
print(json.dumps([len(kept), peak() - before]))
"""


def test_there_are_enough():
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_stay_out(what):
    data = HOSTILE[what]()
    before, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ActionRefused) as refused:
        photos.rewritten(data)
    assert time.process_time() - before < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 150 * 1024
    assert any(way in str(refused.value) for way in ("请", "只接受")), refused.value


@pytest.mark.parametrize("what", CARRYING)
def test_what_a_photo_carries_along_stays_out(what):
    data = CARRYING[what]()
    assert SCRIPT in data
    kept = photos.rewritten(data)
    assert SCRIPT not in kept
    assert Image.open(BytesIO(kept)).size == (40, 20)


@pytest.mark.slow
@pytest.mark.parametrize("what", LARGEST)
def test_the_largest_photos_need_little_memory(what):
    """Measured in a process of its own: no more than 150 MB above what it had."""
    options = dict(LARGEST[what])
    data = picture("JPEG" if what == "progressive" else what, **options)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=data, capture_output=True, check=True
    )
    kept, grown = json.loads(done.stdout)
    assert kept > 1000
    assert grown < 150 * 1024


@pytest.mark.slow
def test_a_door_without_bounds_would_need_much(monkeypatch):
    """Negative control: the same measure sees a picture above the bounds."""
    data = picture("PNG", size=(9000, 6000), mode="RGBA")
    with pytest.raises(ActionRefused, match="过大"):
        photos.rewritten(data)
    lifted = MEASURE.replace("data =", "photos.MOST_POINTS['PNG'] = 10**9; data =")
    done = subprocess.run(
        [sys.executable, "-c", lifted], input=data, capture_output=True, check=True
    )
    assert json.loads(done.stdout)[1] > 150 * 1024


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)
    return declared()


def send(world, name="现场.jpg", data=None, by=None, content_type="image/jpeg"):
    """A photo sent by a page; its answer as a script gets it."""
    url = reverse("supervision:photo_add", args=[world.answer("2.6").pk])
    upload = SimpleUploadedFile(name, picture() if data is None else data, content_type)
    sent = {"key": str(uuid4()), "photo": upload}
    return browser(by or world.first).post(url, sent, headers={"accept": "application/json"})


def kept_pk():
    return AnswerPhoto.objects.get().pk


def test_a_photo_is_handed_out_harmless(world):
    """Its type by our own writing; nosniff; a sandbox; never kept by a proxy."""
    said = send(world, "../../etc/现场.html", content_type="text/html").json()
    answer = browser(world.first).get(said["url"])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"] == f'inline; filename="photo-{kept_pk()}.jpg"'
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")


NAMES = (
    "a.jpg.html",
    "a.svg",
    "a\x00.html",
    "..\\..\\a.php",
    "a" * 300 + ".jpg",
    "con",
    "a.jpg;.sh",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_nothing(world, name):
    """No name is kept: not in the row, not in the answer's head."""
    said = send(world, name, content_type="application/x-sh").json()
    head = browser(world.first).get(said["url"]).headers
    assert head["Content-Disposition"].endswith(f'"photo-{kept_pk()}.jpg"')
    assert head["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("what", ["html", "svg", "heic", "too large", "nothing"])
def test_a_refused_photo_is_told_in_words(world, what):
    answer = send(world, data=HOSTILE[what]())
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not AnswerPhoto.objects.exists()


def test_who_does_not_read_the_answer_does_not_read_its_photo(world):
    """404 out of scope, before signing also for the society itself."""
    url = send(world).json()["url"]
    other = world.batch.checks()[1]
    federation = world.check.federation
    strangers = [
        make_actor(Role.SOCIETY_SECRETARY, other.society),
        make_actor(Role.INSPECTION_LEAD, federation),
        make_actor(Role.INSPECTOR, world.check.society),
        world.batch.inspector(world.batch.seats(other)[0].user, ON_SITE.date()),
    ]
    mine = {world.first.user.pk, world.second.user.pk}
    strangers = [actor for actor in strangers if actor.user.pk not in mine]
    assert len(strangers) >= 3
    for by in (*strangers, world.secretary):
        assert browser(by).get(url).status_code == 404
    for by in (world.second, world.batch.cast.lead, world.batch.cast.reviewer):
        assert browser(by).get(url).status_code == 200
    supervisor = make_actor(Role.SUPERVISOR_READER, world.check.society)
    assert browser(supervisor).get(url).status_code == 403


def test_the_society_reads_photos_once_signed(world, monkeypatch):
    """And nobody's rows by the way around the scope: the negative control."""
    url = send(world).json()["url"]
    other = make_actor(Role.SOCIETY_SECRETARY, world.batch.checks()[1].society)
    for row in Answer.objects.filter(spot_check=world.check).select_related("item"):
        world.save(row.item.code, client=uuid4())
    signed(world)
    assert browser(world.secretary).get(url).status_code == 200
    assert browser(other).get(url).status_code == 404
    monkeypatch.setattr(ScopedQuerySet, "within", lambda rows, scope: rows.all())
    assert browser(other).get(url).status_code == 200
