"""The pytest plug-in, in a small test project of its own run by a second pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import pytest_plugin
from tests.stack.helpers import ROOT, fresh_environment

pytestmark = pytest.mark.xdist_group("stack")

SETTINGS = """
import os
from django.conf import global_settings
folder, name = os.environ["DATABASE_URL"].removeprefix("postgres://portal@/").rsplit("/", 1)
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql",
    "HOST": folder, "USER": "portal", "NAME": name}}
INSTALLED_APPS = ["django.contrib.contenttypes"]
USE_TZ = True
"""
TESTS = """
import os, pytest, redis
from django.contrib.contenttypes.models import ContentType
@pytest.mark.django_db
def test_database():
    assert ContentType.objects.count() == 1 and os.environ["PORTAL_ENV"] == "test"
def test_broker_stopped(valkey):
    valkey.stop()
    assert not valkey.answers()
def test_broker_back():
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
@pytest.mark.slow
def test_slow():
    assert True
@pytest.mark.browser
def test_browser(chromium_path):
    assert chromium_path
"""
INI = """
[pytest]
addopts = -p devstack.pytest_plugin -p no:valkey -p no:cacheprovider --strict-markers
markers =
    slow: slow
    browser: browser
DJANGO_SETTINGS_MODULE = small_settings
pythonpath = .
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "small_settings.py").write_text(SETTINGS)
    (tmp_path / "test_small.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(INI)
    return tmp_path


def run(project: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=project,
        env=fresh_environment(PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
    )


def without_chromium(folder: Path) -> str:
    """A PATH on which nothing can be found."""
    (folder / "empty").mkdir()
    return str(folder / "empty")


def test_slow_tests_wait_for_all(project):
    done = run(project, "-rs")
    assert done.returncode == 0, done.stdout
    assert "1 deselected" in done.stdout


def test_workers_share_postgres_and_own_their_broker(project):
    done = run(project, "--all", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert "deselected" not in done.stdout


def test_missing_chromium_skips_and_the_last_line_tells_how_to_get_one(project):
    done = run(project, "-k", "browser", PATH=without_chromium(project))
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    assert done.stdout.splitlines()[-1] == pytest_plugin.CHROMIUM_HINT


def test_given_servers_are_used_and_left_alone(project):
    """With DATABASE_URL set nothing is started, so the fixture has no broker to stop."""
    done = run(
        project, "-k", "broker_stopped",
        DATABASE_URL=os.environ["DATABASE_URL"], REDIS_URL=os.environ["REDIS_URL"],
    )  # fmt: skip
    assert "1 skipped" in done.stdout, done.stdout
