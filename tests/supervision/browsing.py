"""A browser that acts under one appointment, and what an answer tells."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.sessions import ACTING_KEY
from societies.access import Actor
from tests.access.crawl import text_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(actor: Actor) -> Client:
    """Signed in as the actor's user, acting under the actor's appointment."""
    client = Client()
    client.force_login(actor.user, BACKEND)
    session = client.session
    session[ACTING_KEY] = actor.appointment.pk
    session.save()
    return client


def told(answer: Any) -> str:
    """Everything a page or a download tells; a workbook cell by cell."""
    return text_of(answer)
