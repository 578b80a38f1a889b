"""static/vendor holds exactly what its manifest says."""

import json
import shutil

import pytest
from django.core.management import call_command

from tools import vendor


def test_files_match_the_manifest():
    assert vendor.check() == []


def test_versions_are_exact():
    pinned = {package.name: package.version for package in vendor.PACKAGES}
    assert pinned == {
        "@tabler/core": "1.6.1",
        "echarts": "6.1.0",
        "htmx.org": "2.0.11",
        "@tabler/icons": "3.51.0",
    }


def test_every_package_carries_its_licence():
    folders = {package.folder for package in vendor.PACKAGES}
    assert {f for f in folders if (vendor.VENDOR / f / "LICENSE").stat().st_size > 300} == folders


@pytest.mark.parametrize("harm", ["change", "remove", "add"])
def test_a_tampered_file_is_noticed(tmp_path, harm):
    """Negative control: each way of differing gives one sentence."""
    copy = tmp_path / "vendor"
    shutil.copytree(vendor.VENDOR, copy)
    victim = copy / "htmx" / "htmx.min.js"
    if harm == "change":
        victim.write_bytes(victim.read_bytes() + b" ")
    elif harm == "remove":
        victim.unlink()
    else:
        (copy / "htmx" / "extra.js").write_text("1")
    assert len(vendor.check(copy)) == 1


def test_no_source_map_is_named():
    """Hashed static storage refuses a file that names a map which is not there."""
    found = [p.name for p in vendor.VENDOR.rglob("*.*s") if b"sourceMappingURL" in p.read_bytes()]
    assert found == []


def test_hashed_storage_takes_every_file(tmp_path, settings):
    """Production names each file by its content; a reference to a missing file would stop it."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text("utf-8"))["paths"]
    assert {"css/portal.css", "js/shell.js", "vendor/icons/sprite.svg"} <= named.keys()
    assert (tmp_path / named["vendor/icons/sprite.svg"]).is_file()
