"""Models and migrations say the same."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing():
    assert call_command("makemigrations", "--check", "--dry-run", verbosity=0) is None
