"""Pictures among the evidence keep what they show, not where they were taken (S5, D-8)."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from common.errors import ActionRefused
from common.models import StoredFile
from supervision import actions, evidence_files, photos
from supervision.models import FindingState
from tests.factories import make_finding
from tests.factories.findings import PDF, take, walk
from tests.supervision.photo_files import picture
from tests.supervision.test_finding_door import DOCX, XLSX

GPS, ORIENTATION = 0x8825, 0x0112
# 39° 54′ 20″ N, 116° 23′ 29″ E.
PLACE = {1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)}


def exif():
    """Where and how a phone took it."""
    tags = Image.Exif()
    tags[ORIENTATION] = 6
    tags[0x010F] = "SECRET-CAMERA"
    tags.get_ifd(GPS).update(PLACE)
    return tags


def png():
    """A PNG that says the same in its own ways."""
    text = PngInfo()
    text.add_text("Comment", "SECRET-COMMENT")
    text.add_itxt("XML:com.adobe.xmp", "<x>SECRET-XMP</x>")
    return picture("PNG", exif=exif(), pnginfo=text)


def jpeg():
    """As a phone writes it, with a second picture behind the first."""
    first = picture(exif=exif(), comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")
    return first + picture(comment=b"SECRET-SECOND")


PICTURES = (("照片.jpg", jpeg, "JPEG"), ("截图.png", png, "PNG"))


def tells(data):
    """What the bytes say beside the picture."""
    image = Image.open(BytesIO(data))
    image.load()
    said = dict(image.getexif()) | dict(image.getexif().get_ifd(GPS))
    return bool(said) or b"SECRET" in data or "comment" in image.info


@pytest.fixture
def world(db):
    return walk(make_finding(), FindingState.RECTIFYING)


def kept(world, name, data):
    """The bytes that the portal keeps of an upload."""
    row = take(world, actions.add_evidence, world.cast.clerk, upload=(name, data))
    return bytes(StoredFile.objects.get(pk=row.file_id).content)


@pytest.mark.parametrize(("name", "make", "kind"), PICTURES)
def test_where_it_was_taken_is_not_kept(world, name, make, kind):
    assert tells(make())
    data = kept(world, name, make())
    assert not tells(data)
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == (kind, (20, 40)), "of its kind, and upright"
    assert data == bytes(StoredFile.objects.get().content)
    assert evidence_files.judge(name, data)[1] == StoredFile.objects.get().content_type


@pytest.mark.parametrize(("name", "make", "kind"), PICTURES)
def test_without_the_cleaning_it_would_be(world, monkeypatch, name, make, kind):
    """Negative control."""
    monkeypatch.setattr(photos, "cleaned", lambda data: data)
    assert tells(kept(world, name, make()))


@pytest.mark.parametrize(
    ("name", "data"), [("报告.pdf", PDF), ("报告.docx", DOCX), ("台账.xlsx", XLSX)]
)
def test_other_files_stay_as_they_came(world, name, data):
    assert kept(world, name, data) == data


@pytest.mark.parametrize(
    ("size", "expected"),
    [((500, 9000), (500, 9000)), ((4000, 3000), (3265, 2449))],
    ids=["long screenshot", "photo"],
)
def test_a_long_screenshot_stays_legible(size, expected):
    """Only the number of points is bounded, and a photo is made smaller by it."""
    assert Image.open(BytesIO(photos.cleaned(picture(size=size)))).size == expected


@pytest.mark.parametrize("data", [picture()[:300] + b"\xff\xd9", picture("PNG")[:60]])
def test_a_broken_picture_is_refused_at_the_field(world, data):
    """What cannot be opened cannot be cleaned either."""
    name = "照片.png" if data.startswith(b"\x89PNG") else "照片.jpg"
    with pytest.raises(ActionRefused, match="打不开") as refused:
        kept(world, name, data)
    assert list(refused.value.errors) == ["file"]
    assert not StoredFile.objects.exists()
