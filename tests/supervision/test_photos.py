"""The door for photos (S5): what comes in, what is kept of it, who sees it (R-SUP-04)."""

from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from common.errors import ActionRefused, NotAllowed
from supervision import actions, photos
from supervision.models import AnswerPhoto
from tests.factories.checks import ON_SITE, answered, declared, signed
from tests.supervision.photo_files import picture

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def tagged():
    """A JPEG that lies on its side and says where and with what it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "SECRET-CAMERA"
    exif.get_ifd(GPS)[1] = "N"
    return picture(exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")


def opened(data):
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_written_anew_as_jpeg(kind):
    image = opened(photos.rewritten(picture(kind)))
    assert (image.format, image.size) == ("JPEG", (40, 20))


def test_nothing_but_pixels_is_kept():
    """Place, camera, comment and embedded text are gone; the picture stands upright."""
    before = tagged()
    assert b"SECRET-CAMERA" in before
    assert b"SECRET-XMP" in before
    after = photos.rewritten(before)
    assert b"SECRET" not in after
    image = opened(after)
    assert not dict(image.getexif())
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
    assert image.size == (20, 40)


def test_the_check_on_metadata_sees_it_where_it_is():
    """Negative control: the bytes of an untouched photo fail the same check."""
    image = opened(tagged())
    assert dict(image.getexif())
    assert {"exif", "comment"} & set(image.info)


def test_text_in_a_png_goes():
    text = PngInfo()
    text.add_text("Comment", "SECRET")
    assert b"SECRET" not in photos.rewritten(picture("PNG", pnginfo=text))


def test_transparency_becomes_white():
    data = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(data, "PNG")
    assert opened(photos.rewritten(data.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def test_large_photos_are_made_smaller():
    image = opened(photos.rewritten(picture(size=(4200, 2100))))
    assert max(image.size) == photos.MOST_SIDE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024), "10 MB"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"GIF89a" + b"\x00" * 40, "只接受"),
        (b"%PDF-1.7 ...", "只接受"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只接受"),
        (b"\xff\xd8\xff\xe0 no picture at all", "损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "损坏"),
        (picture()[:300], "损坏"),
    ],
)
def test_what_is_no_photo_stays_outside(data, words):
    """S5: by content, in words that say what to do."""
    with pytest.raises(ActionRefused, match=words) as refused:
        photos.rewritten(data)
    assert photos.FIELD in refused.value.errors


def test_the_header_is_judged_before_anything_is_decoded(monkeypatch):
    """A file of a few kilobytes that claims a giant picture (decompression bomb)."""
    bomb = picture("PNG", size=(300, 300))
    monkeypatch.setitem(photos.MOST_POINTS, "PNG", 300 * 300 - 1)
    monkeypatch.setattr(
        "PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded before judged")
    )
    with pytest.raises(ActionRefused, match="过大"):
        photos.rewritten(bomb)


def add(world, code="2.6", by=None, key=None, data=None):
    return actions.add_photo(
        answer=world.answer(code),
        key=key or uuid4(),
        data=data or tagged(),
        by=by or world.first,
        now=ON_SITE,
    )


@pytest.mark.django_db
def test_a_photo_sent_twice_is_one():
    world, key = declared(), uuid4()
    first = add(world, key=key)
    assert add(world, key=key).pk == first.pk
    assert AnswerPhoto.objects.count() == 1
    assert b"SECRET" not in bytes(first.file.content)


@pytest.mark.django_db
def test_only_inspectors_of_the_check_add_and_remove(monkeypatch):
    world = declared()
    photo = add(world)
    monkeypatch.setattr(photos, "rewritten", lambda data: pytest.fail("decoded for a stranger"))
    for by in (world.secretary, world.batch.cast.lead, world.batch.cast.reviewer):
        with pytest.raises(NotAllowed):
            add(world, by=by)
        with pytest.raises(NotAllowed):
            actions.remove_photo(photo=photo, by=by, now=ON_SITE)
    actions.remove_photo(photo=photo, by=world.second, now=ON_SITE)
    assert not AnswerPhoto.objects.exists()


@pytest.mark.django_db
def test_signed_photos_stay():
    world = answered()
    photo = add(world)
    assert AnswerPhoto.objects.visible_to(world.first).count() == 1
    assert AnswerPhoto.objects.visible_to(world.secretary).count() == 0
    signed(world)
    assert AnswerPhoto.objects.visible_to(world.secretary).count() == 1
    with pytest.raises(ActionRefused, match="状态"):
        add(world)
    with pytest.raises(ActionRefused, match="状态"):
        actions.remove_photo(photo=photo, by=world.first, now=ON_SITE)
    assert AnswerPhoto.objects.filter(pk=photo.pk).exists()
